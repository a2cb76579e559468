"""Repairs of a plan on the wire."""

import datetime as dt
from typing import Literal
from uuid import UUID

from pydantic import Field

from web.wire.base import Asked, Bilingual, Named, Shown, Time, Write

Cause = Literal["absence", "cancelled", "new_visit", "late", "road_closed", "pull_out"]
Why = Literal["no_plan", "too_large", "nothing_found"]
RepairState = Literal["asked", "offered", "published", "outdated", "dismissed", "unanswered"]


class AbsenceIn(Asked):
    """Somebody cannot work for some time."""

    caregiver_id: UUID
    starts_at: Time
    ends_at: Time


class NewVisitIn(Asked):
    """A visit no care plan asks for; the window is for its start."""

    resident_id: UUID
    service: str = Field(max_length=32)
    window_from: Time
    window_to: Time
    minutes: int | None = Field(
        None, ge=5, le=480, description="Absent: as usual for the service and the care level"
    )


class LateIn(Asked):
    """When whoever is expected will be there; one of the two."""

    minutes: int | None = Field(None, ge=1, le=480, description="After the planned start")
    expected_at: Time | None = Field(None, description="Instead of minutes")


class AskRepair(Write):
    """Say what happened; it is recorded, and ways to go on are looked for."""

    cause: Cause
    absence: AbsenceIn | None = Field(None, description="With `absence`")
    new_visit: NewVisitIn | None = Field(None, description="With `new_visit`")
    visit_id: UUID | None = Field(None, description="With `cancelled` and `late`")
    late: LateIn | None = Field(None, description="With `late`")


class AskAgain(Write):
    """Ask the same about the day as it is now; what happened is not recorded again."""


class PublishRepair(Write):
    """Put one alternative in force."""

    alternative: int = Field(ge=1, description="Its number")


class DismissRepair(Write):
    """Leave the plan as it is."""


class Seat(Shown):
    """Who comes, and when."""

    caregivers: list[Named]
    start_at: Time


class VisitChange(Shown):
    """A visit that changes."""

    visit_id: UUID
    resident: Named
    service: Bilingual
    effect: Literal["same_time", "waits", "earlier", "left_out", "gained"]
    before: Seat | None
    after: Seat | None
    delay_s: int = Field(description="It begins so much later; negative: earlier")
    late_s: int = Field(description="It then begins so long after it is wanted")
    other_person: bool


class Alternative(Shown):
    """One way to go on."""

    number: int
    reach: Literal["only_displaced", "nearby", "whole_day"]
    total: int = Field(description="All points of `cost`")
    cost: dict[str, int] = Field(description="Points by rule; changes have their price")
    waiting_s: int = Field(description="What people wait longer, all together")
    changes: list[VisitChange] = Field(description="Left out first, then who waits longest")
    unplaced: int = Field(description="Visits left out")
    seconds: float = Field(description="From the question until it was there")


class Repair(Shown):
    """A repair and what it offers so far."""

    id: UUID
    day: dt.date
    cause: Cause
    subject: UUID | None = Field(description="The caregiver or visit it is about")
    created_at: Time
    state: RepairState
    why: Why | None = Field(description="With `unanswered`")
    job_id: UUID | None = Field(description="With `too_large`: it plans the day anew")
    plan_id: UUID | None = Field(description="The plan that was published of it")
    done: bool = Field(description="Whether all alternatives are there")
    alternatives: list[Alternative]


class Services(Shown):
    """What a visit may be for."""

    items: list[Bilingual]


class Repairs(Shown):
    """Repairs that wait for a decision, oldest first."""

    items: list[Repair]
