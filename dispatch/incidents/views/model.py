"""What screens show of incidents: read models, named as the wire names them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from people.residents.store import Contact

Gender = Literal["female", "male", "unknown"]


class Tab(StrEnum):
    """The lists of the queue."""

    WAITING = "waiting"
    """Nobody owns them: the most urgent first, then the longest waiting."""
    MINE = "mine"
    OPEN = "open"
    CLOSED = "closed"
    """The last closed first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Somebody and what people call them."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaregiverContact:
    """Somebody at work who can be called."""

    id: UUID
    name: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentBrief:
    """Who it is about; of several residents of the home the eldest. The age is at the opening."""

    id: UUID
    name: str
    age: int | None
    gender: Gender


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentView:
    """A job and who has it; times as in `assignments.model.Assignment`."""

    id: UUID
    incident_id: UUID
    caregiver: CaregiverContact
    state: str
    offered_at: datetime
    accepted_at: datetime | None
    en_route_at: datetime | None
    on_scene_at: datetime | None
    done_at: datetime | None
    reason: str | None
    eta_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
    """A row of the queue; fields as in `incidents.model.Incident`.

    Attributes:
        place: names of the areas from the city down.
        waiting_since: since when nobody owns it; None while somebody does.
        assignment: the job that is offered, under way or done; not one that came to nothing.
    """

    id: UUID
    number: int
    area: str
    place: tuple[str, ...]
    home_id: UUID | None
    terminal_id: str | None
    category: str
    kind: str
    priority: int
    state: str
    presses: int
    opened_at: datetime
    last_signal_at: datetime
    waiting_since: datetime | None
    claimed_by: Named | None
    claimed_at: datetime | None
    level: int
    step_due_at: datetime | None
    cleared: bool
    test: bool
    disposition: str | None
    note: str | None
    closed_at: datetime | None
    resident: ResidentBrief | None
    address: str | None
    lat: float | None
    lon: float | None
    assignment: AssignmentView | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentView:
    """A resident as the one who answers needs them; `conditions` is health data."""

    id: UUID
    name: str
    age: int | None
    gender: Gender
    lives_alone: bool
    care_level: int
    conditions: tuple[str, ...]
    languages: tuple[str, ...]
    phone: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineView:
    """A line of the timeline; types and data are those of `incidents.events`."""

    id: UUID
    at: datetime
    type: str
    by: Named | None
    data: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmView:
    """An alarm of the incident."""

    id: UUID
    kind: str
    received_at: datetime
    device_at: datetime | None
    clock_suspect: bool
    battery: int | None
    test: bool
    location: dict[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalView:
    """The terminal that spoke."""

    id: str
    condition: str
    battery: int | None
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentDetail:
    """The screen pop. `way_in` is how to get in without the door code."""

    incident: IncidentView
    residents: list[ResidentView]
    contacts: list[Contact]
    way_in: str | None
    has_door_code: bool
    timeline: list[TimelineView]
    alarms: list[AlarmView]
    other: list[IncidentView]
    terminal: TerminalView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobIncident:
    """What the job is for."""

    id: UUID
    number: int
    kind: str
    priority: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobResident:
    """Whom the job is for."""

    id: UUID
    name: str
    age: int | None
    phone: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """A job as its caregiver's phone shows it; `distance_m` is from the last fix, straight."""

    id: UUID
    incident_id: UUID
    caregiver: CaregiverContact
    state: str
    offered_at: datetime
    accepted_at: datetime | None
    en_route_at: datetime | None
    on_scene_at: datetime | None
    done_at: datetime | None
    reason: str | None
    eta_at: datetime | None
    incident: JobIncident
    resident: JobResident | None
    address: str | None
    lat: float | None
    lon: float | None
    way_in: str | None
    distance_m: float | None


StageName = Literal["received", "answered", "help_coming", "arrived", "safe"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A step of an alert; `at` is None until it is reached, or when it was never needed."""

    stage: StageName
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """An incident as a relative follows it, like a parcel.

    Attributes:
        stage: the furthest stage reached.
        seen_at: when this relative said to have seen it.
        going_at: when this relative said to be going.
    """

    id: UUID
    home_id: UUID
    category: str
    kind: str
    priority: int
    test: bool
    state: str
    stages: tuple[Stage, ...]
    responder_name: str | None
    eta_at: datetime | None
    seen_at: datetime | None
    going_at: datetime | None

    @property
    def stage(self) -> StageName:
        """The furthest stage reached."""
        return [stage.stage for stage in self.stages if stage.at is not None][-1]
