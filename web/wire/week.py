"""A week and the jobs that choose it."""

import datetime as dt
from typing import Literal
from uuid import UUID

from pydantic import Field

from web.wire.base import Bilingual, Named, Shown, Span, Time, Write
from web.wire.plan import JobState

WeekVisitState = Literal["chosen", "planned", "left_out", "started", "done", "missed", "cancelled"]


class WeekVisit(Shown):
    """One visit of the week."""

    day: dt.date
    state: WeekVisitState = Field(
        description="`chosen` before its day is planned; `left_out`: planned or over without it"
    )
    caregivers: list[Named] = Field(
        description="Who came, else whom the day's plan sends, else whom the week suggests"
    )
    window: Span = Field(description="In which it is to start")
    start_at: Time | None = Field(description="In the day's plan; null before there is one")
    end_at: Time | None


class WeekItem(Shown):
    """A service agreed so many times a week."""

    id: UUID
    resident: Named
    service: Bilingual
    per_week: int
    least_days_apart: int = Field(description="1: any days; 2: not two days running")
    staff: int
    visits: list[WeekVisit]


class WeekGap(Shown):
    """Visits without a place, why, and the smallest thing that would give them one, in words."""

    item: UUID
    resident: Named
    service: Bilingual
    fixed_days: bool = Field(
        description="No day was to be chosen; the plan of the day may still find a place"
    )
    visits: int
    reason: str
    remedy: str
    zh: str
    en: str


class WeekDay(Shown):
    """A day of the week."""

    day: dt.date
    holiday: bool
    free: bool = Field(description="May still be chosen: not past, and without a plan in force")


class WeekPerson(Named):
    """A caregiver."""

    at_work: list[dt.date] = Field(description="Days of the week with a shift")


class WeekRuleBroken(Shown):
    """A rule of a week in words."""

    rule: str
    zh: str
    en: str


class WeekProgress(Shown):
    """A better choice; costs of different stages do not compare."""

    stage: Literal["days", "people"]
    seconds: float
    cost: int


class WeekJob(Shown):
    """A job that chooses a week."""

    id: UUID
    monday: dt.date
    cause: Literal["evening", "manual"]
    seconds: float = Field(description="Time for the search")
    state: JobState
    progress: list[WeekProgress]
    error: str | None
    broken: list[WeekRuleBroken] = Field(
        description="Rules that its choice would have broken; it was not kept then"
    )
    created_at: Time
    finished_at: Time | None


class PlannedWeek(Shown):
    """A week of the centre: what is agreed so many times a week."""

    monday: dt.date
    planned_on: dt.date | None = Field(description="When it was last chosen; null: never")
    days: list[WeekDay]
    items: list[WeekItem]
    people: list[WeekPerson]
    missing: list[WeekGap]
    job: WeekJob | None = Field(description="The newest that was asked for")


class PlanWeek(Write):
    """Ask for a week to be chosen anew; days that are past or planned stay as they are."""

    day: dt.date | None = Field(None, description="Any day of the week; absent: this week")
    seconds: float = Field(5, ge=1, le=600, description="How long the solver may search")
