"""A responder's job for an incident (pure)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from dispatch.ids import AssignmentId, IncidentId
from kernel.errors import ConflictError
from people.ids import AccountId, CaregiverId


class JobState(StrEnum):
    """Where a job stands."""

    OFFERED = "offered"
    """The phone rings; the offer has a deadline."""
    ACCEPTED = "accepted"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    DONE = "done"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    """Taken back by the desk, or ended because the incident was closed."""
    EXPIRED = "expired"
    """Nobody answered the offer."""


ACTIVE = frozenset({JobState.OFFERED, JobState.ACCEPTED, JobState.EN_ROUTE, JobState.ON_SCENE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A job as it stands.

    Attributes:
        due_at: until when the offer stands; None once it is answered.
        eta_at: when the responder is expected there.
        ended_at: when it was done, declined, withdrawn or expired.
        reason: why it was declined or withdrawn, or the responder's closing words.
    """

    id: AssignmentId
    incident_id: IncidentId
    caregiver_id: CaregiverId
    state: JobState
    offered_at: datetime
    offered_by: AccountId
    due_at: datetime | None
    accepted_at: datetime | None = None
    en_route_at: datetime | None = None
    on_scene_at: datetime | None = None
    ended_at: datetime | None = None
    eta_at: datetime | None = None
    reason: str = ""


class AssignmentStateError(ConflictError):
    """The job is not in a state that allows this event."""

    code: ClassVar[str] = "assignment-state"


class CaregiverBusyError(ConflictError):
    """The caregiver has another job already."""

    code: ClassVar[str] = "caregiver-busy"
