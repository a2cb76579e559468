"""Plans and planning jobs."""

import datetime as dt
from typing import Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from web.wire.base import Bilingual, MealState, Named, Shown, Span, Time, VisitState, Write

PlanKind = Literal["visits", "meals"]
JobState = Literal["queued", "running", "done", "failed"]


class TravelSource(Shown):
    """Where a plan's travel times came from."""

    model_config = ConfigDict(extra="ignore")

    provider: Literal["builtin", "osrm", "valhalla"]
    router: Literal["none", "up", "down", "late"] = Field(
        description="How it answered; `late`: not all of it in time"
    )
    pairs: int = Field(description="Ways asked about; 0 without a router")
    estimated: int = Field(description="Of them, ways that had to be estimated for the router")
    closures: list[UUID] = Field(description="Closed roads the plan knows of")


class Summary(Shown):
    """What a plan achieves."""

    model_config = ConfigDict(extra="ignore")  # the planner may count more than we show

    visits: int = Field(description="Visits or meals asked for")
    placed: int
    unplaced: int
    reasons: dict[str, int] = Field(description="How many are left out, by reason")
    travel_s: int
    paid_travel_s: int | None = Field(
        None, description="Between stops; absent in plans made before it was counted"
    )
    late_s: int
    late: int
    continuity: int | None = Field(description="Percent of visits by a caregiver who came before")
    busy: int = Field(description="Caregivers with something to do")
    cost: int
    travel: TravelSource | None = Field(
        None, description="Absent in plans made before it was noted"
    )


class PlanBrief(Shown):
    """One version of a day's plan."""

    id: UUID
    day: dt.date
    kind: PlanKind
    version: int
    cause: str
    published_at: Time | None
    summary: Summary


class Stop(Shown):
    """A bar of the day's chart: a visit or a delivery."""

    visit_id: UUID | None
    order_id: UUID | None
    start_at: Time
    end_at: Time
    travel_s: int
    service: Bilingual
    resident: Named
    state: VisitState | MealState
    late_s: int


class Route(Shown):
    """One caregiver's day."""

    id: UUID
    name: str
    shifts: list[Span]
    stops: list[Stop]


class Reason(Shown):
    """Why a visit could not be placed, in words."""

    code: str
    zh: str
    en: str


class Unplaced(Shown):
    """A visit without a caregiver."""

    visit_id: UUID | None
    order_id: UUID | None
    resident: Named
    service: Bilingual
    window: Span
    reason: Reason


class CurrentPlan(Shown):
    """The plan in force."""

    plan: PlanBrief | None
    caregivers: list[Route]
    unplaced: list[Unplaced]


class Plans(Shown):
    """Versions of a day's plan, newest first."""

    items: list[PlanBrief]


class Progress(Shown):
    """A point of the falling cost curve."""

    seconds: float
    cost: int
    unplaced: int
    parts: int | None = Field(
        None,
        description="Of a large centre planned in parts: parts solved and borders traded so far",
    )
    of: int | None = Field(None, description="Of how many, as far as is known")


class PlanningJob(Shown):
    """A planning job."""

    id: UUID
    day: dt.date
    kind: PlanKind
    state: JobState
    progress: list[Progress]
    plan_id: UUID | None
    error: str | None


class MakePlan(Write):
    """Ask for a plan."""

    day: dt.date
    kind: PlanKind
    seconds: int = Field(30, ge=1, le=600, description="How long the solver may search")


class StopPlanning(Write):
    """End a search with the best plan found so far."""
