"""What can happen to a job (pure). The same event moves the job and its incident."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.ids import AssignmentId
from people.ids import AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What every event has: its id, which makes a retry change nothing, and its time."""

    id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfJob(Happened):
    assignment_id: AssignmentId
    device_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn(_OfJob):
    """The desk takes the job back."""

    by: AccountId
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted(_OfJob):
    """The caregiver takes the job."""

    by: AccountId
    eta_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined(_OfJob):
    """The caregiver cannot, or can no longer, go."""

    by: AccountId
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferExpired(_OfJob):
    """The caregiver did not answer in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOut(_OfJob):
    """The caregiver is on the way."""

    by: AccountId
    eta_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived(_OfJob):
    """The caregiver is at the door."""

    by: AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished(_OfJob):
    """The caregiver has done what there was to do; the desk closes the incident."""

    by: AccountId
    reason: str = ""


OfJob = Withdrawn | Accepted | Declined | OfferExpired | SetOut | Arrived | Finished

TYPES: Final[dict[type[Happened], str]] = {
    Withdrawn: "withdrawn",
    Accepted: "accepted",
    Declined: "declined",
    OfferExpired: "offer_expired",
    SetOut: "set_out",
    Arrived: "arrived",
    Finished: "finished",
}
"""What the timeline calls them."""
