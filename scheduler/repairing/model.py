"""What a repair is (pure)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from scheduler.centre.model import Kind


class Cause(StrEnum):
    """Why a plan no longer fits; the first four are recorded when a repair is asked for."""

    ABSENCE = "absence"
    CANCELLED = "cancelled"
    NEW_VISIT = "new_visit"
    LATE = "late"
    ROAD_CLOSED = "road_closed"
    PULL_OUT = "pull_out"


class RepairState(StrEnum):
    """How far a repair is."""

    ASKED = "asked"
    OFFERED = "offered"
    PUBLISHED = "published"
    OUTDATED = "outdated"
    DISMISSED = "dismissed"
    UNANSWERED = "unanswered"


class NothingOffered(StrEnum):
    """Why a repair offers nothing; each has another next step."""

    NO_PLAN = "no_plan"
    """The day has no plan yet: it can be planned."""
    TOO_LARGE = "too_large"
    """A day in parts is not repaired at once: a job plans it anew."""
    NOTHING_FOUND = "nothing_found"
    """Of repairs asked for before a day without anybody was offered as what is left out then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Somebody cannot work for some time."""

    caregiver_id: UUID
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVisit:
    """A visit no care plan asks for.

    Attributes:
        window_from: it begins not before.
        window_to: it begins not after.
        minutes: it lasts; None: as the service usually does at the resident's care level.
    """

    resident_id: UUID
    service: str
    window_from: datetime
    window_to: datetime
    minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """When whoever is expected at a visit will be there; one of the two is said.

    Attributes:
        minutes: after the planned start.
    """

    minutes: int | None = None
    expected_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What happened, as told at the console.

    Attributes:
        visit_id: of what is cancelled or late.
    """

    cause: Cause
    absence: Absence | None = None
    new_visit: NewVisit | None = None
    visit_id: UUID | None = None
    late: Late | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """A question and how far it is.

    Attributes:
        subject: the caregiver or visit it is about.
        of_plan: the plan in force its alternatives start from.
        plan_id: the plan that was published of it.
        done_at: when all alternatives were there.
        why: it offers nothing.
        job_id: of what plans the day instead.
    """

    id: UUID
    area: str
    day: date
    kind: Kind
    cause: Cause
    subject: UUID | None
    state: RepairState
    of_plan: UUID | None
    plan_id: UUID | None
    publish_event: UUID | None
    created_at: datetime
    done_at: datetime | None
    why: NothingOffered | None = None
    job_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfit:
    """A plan in force that counts on people who will be absent."""

    plan_id: UUID
    day: date
    kind: Kind
    absences: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An alternative as kept, without its plan.

    Attributes:
        cost: points by rule.
        changes: see `scheduler.repairing.compare.ChangedVisit`, as JSON.
        seconds: from the question until it was there.
    """

    number: int
    reach: str
    cost: dict[str, int]
    changes: list[dict[str, Any]]
    unplaced: int
    seconds: float
