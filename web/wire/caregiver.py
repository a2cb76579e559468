"""A caregiver's day, on the phone."""

import datetime as dt
from typing import Literal
from uuid import UUID

from pydantic import Field

from web.wire.base import (
    Asked,
    Bilingual,
    FieldWrite,
    Fix,
    MealState,
    Named,
    Priority,
    Shown,
    Span,
    Time,
    VisitState,
    Whole,
)
from web.wire.incident import Assignment


class VisitResident(Named):
    """Whom the visit is for."""

    age: int | None
    phone: str | None


class Task(Shown):
    """One thing to do in a visit."""

    id: str
    zh: str
    en: str
    done: bool | None = Field(description="null: not said yet")
    reason: str | None


class Visit(Shown):
    """A visit on today's list."""

    id: UUID
    start_at: Time
    end_at: Time
    window: Span
    service: Bilingual
    resident: VisitResident
    address: str
    lat: float
    lon: float
    way_in: str | None
    staff: int
    names: list[str] = Field(alias="with", serialization_alias="with", description="Who comes too")
    state: VisitState
    checked_in_at: Time | None
    checked_out_at: Time | None
    tasks: list[Task]
    late_s: int


class MealResident(Named):
    """Who gets the meal."""

    phone: str | None


class MealStop(Shown):
    """A delivery on today's run."""

    order_id: UUID
    meal_point: Named | None = Field(description="null: it was on board already")
    trip: int
    position: int
    eta_at: Time
    window: Span
    meal: Bilingual
    diet: str
    resident: MealResident
    address: str
    lat: float
    lon: float
    state: MealState
    late_s: int


class JobIncident(Shown):
    """The incident a job is for."""

    id: UUID
    number: int
    kind: str
    priority: Priority


class AlarmJob(Assignment):
    """An alarm job, offered or under way."""

    incident: JobIncident
    resident: VisitResident | None
    address: str | None
    lat: float | None
    lon: float | None
    way_in: str | None
    distance_m: Whole | None


class StaffMember(Named):
    """The caregiver or courier who asks."""

    kind: Literal["caregiver", "courier"]


class Today(Shown):
    """All that a phone needs for the day, also when it goes offline."""

    now: Time
    day: dt.date
    caregiver: StaffMember
    plan_version: int | None
    job: AlarmJob | None
    visits: list[Visit]
    meals: list[MealStop]


class CheckIn(FieldWrite):
    """At the door."""

    method: Literal["qr", "gps", "code", "manual"]
    location: Fix | None = None
    reason: str = Field("", max_length=500, description="Needed for manual")


class CheckOut(FieldWrite):
    """Leaving."""

    location: Fix | None = None


class TaskDone(FieldWrite):
    """A task is done, or not."""

    done: bool
    reason: str = Field("", max_length=500)


class Report(FieldWrite):
    """A step of a delivery or job."""

    reason: str = Field("", max_length=500)


class PositionReport(Asked):
    """Where the caregiver is."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    acc: float | None = Field(None, ge=0, le=100_000, description="Radius in metres")
    crs: Literal["wgs84", "gcj02", "bd09"] = "wgs84"
    at: Time
