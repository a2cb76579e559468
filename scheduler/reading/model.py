"""What is shown of plans, visits and meals."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from scheduler.centre.model import Kind
from scheduler.named import Named, Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A resident as the person who comes sees them."""

    id: UUID
    name: str
    born: date | None
    phone: str | None
    home_id: UUID
    address: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    """A task to tick off; `done` is None until it was reported on."""

    id: str
    zh: str
    en: str
    done: bool | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TodayVisit:
    """A visit on the phone of whoever is sent to it.

    Attributes:
        start_at: estimate, like `end_at`.
        planned_start_at: as published.
        companions: who else is sent, by name.
        checked_in_at: by this caregiver, like `checked_out_at`.
        late_s: seconds the estimate is after the plan.
    """

    id: UUID
    start_at: datetime
    end_at: datetime
    planned_start_at: datetime
    window_from: datetime
    window_to: datetime
    service: Service
    resident: Client
    staff: int
    companions: tuple[str, ...]
    state: str
    checked_in_at: datetime | None
    checked_out_at: datetime | None
    tasks: tuple[TaskLine, ...]
    late_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MealStop:
    """An order on a courier's phone.

    Attributes:
        meal_point: where it is or was loaded; None if no plan ever said.
        trip: number of the run, counted from 0.
        position: of the stop in the courier's day.
        eta_at: estimate.
    """

    order_id: UUID
    meal_point: Named | None
    trip: int
    position: int
    eta_at: datetime
    window_from: datetime
    window_to: datetime
    meal: Service
    diet: str
    resident: Client
    state: str
    late_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaregiverToday:
    """A caregiver's or courier's day.

    Attributes:
        plan_version: the newest of the plans it comes from; None before any was published.
    """

    day: date
    plan_version: int | None
    visits: tuple[TodayVisit, ...]
    meals: tuple[MealStop, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyVisit:
    """A visit as families see it; estimates, once a plan has it."""

    id: UUID
    start_at: datetime
    end_at: datetime
    service: Service
    caregiver_name: str | None
    state: str
    late_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyMeal:
    """Today's next or last meal; `at` is when it was reported on."""

    meal: Service
    state: str
    eta_at: datetime | None
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentToday:
    """A resident's day for the family."""

    resident_id: UUID
    visits: tuple[FamilyVisit, ...]
    meal: FamilyMeal | None
    next_visit: FamilyVisit | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanVersion:
    """A version without its stops; `summary` is `scheduler.model.figures.Figures.summary`."""

    id: UUID
    area: str
    day: date
    kind: Kind
    version: int
    state: str
    parent: UUID | None
    cause: str
    created_at: datetime
    published_at: datetime | None
    summary: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class GanttStop:
    """A bar of the Gantt; one of `visit_id`, `order_id`, `assignment_id` is set."""

    visit_id: UUID | None
    order_id: UUID | None
    assignment_id: UUID | None
    start_at: datetime
    end_at: datetime
    travel_s: int
    service: Service | None
    resident: Named | None
    state: str
    late_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GanttRow:
    """One caregiver's day."""

    id: UUID
    name: str
    shifts: tuple[tuple[datetime, datetime], ...]
    stops: tuple[GanttStop, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordedReason:
    """Why a task was left out, in words."""

    code: str
    zh: str
    en: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A visit or order that the plan leaves out."""

    visit_id: UUID | None
    order_id: UUID | None
    resident: Named
    service: Service
    window_from: datetime
    window_to: datetime
    reason: WordedReason


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentPlan:
    """The plan in force, with names."""

    plan: PlanVersion | None
    caregivers: tuple[GanttRow, ...] = ()
    unplaced: tuple[LeftOut, ...] = ()
