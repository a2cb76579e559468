"""A day as loaded: what is asked for and who is there to do it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kernel.geo import Position
from scheduler.care.model import Visit
from scheduler.centre.localtime import midnight
from scheduler.centre.model import Centre, Kind
from scheduler.meals.model import Boxes, Kitchen, Order
from scheduler.rulebook.strictness import Setting
from scheduler.travel.model import Closure


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A caregiver or courier at work that day.

    Attributes:
        shifts: from, to; in order, apart from each other; absences are taken out.
        boxes: for couriers.
        languages: spoken.
        keys: homes whose key this caregiver holds.
        longest_s: seconds of work that contract and week leave of the day. None: no limit.
    """

    id: UUID
    skills: frozenset[str]
    mode: str
    base: Position
    shifts: tuple[tuple[datetime, datetime], ...]
    boxes: Boxes | None = None
    gender: str = "unknown"
    languages: frozenset[str] = frozenset()
    keys: frozenset[UUID] = frozenset()
    longest_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PullOut:
    """An alarm that takes somebody away from the plan.

    Attributes:
        until: estimate, or when it really ended.
        at: where; the next journey starts there. None: unknown.
    """

    assignment_id: UUID
    caregiver_id: UUID
    starts_at: datetime
    until: datetime
    at: Position | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedDelay:
    """Somebody reaches a visit later than planned.

    Attributes:
        starts_at: what comes before the visit is over then; since then they are on the way.
        until: they are there, no sooner.
    """

    id: UUID
    visit_id: UUID
    caregiver_id: UUID
    starts_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """All that a plan of one kind is made from.

    Attributes:
        orders: of a meal run; of visits, those that a visit may bring.
        rules: how the centre wants rules kept, where it has said so.
        closures: roads closed at some time of the day.
    """

    centre: Centre
    day: date
    kind: Kind
    workers: tuple[Worker, ...]
    visits: tuple[Visit, ...] = ()
    orders: tuple[Order, ...] = ()
    kitchens: tuple[Kitchen, ...] = ()
    pull_outs: tuple[PullOut, ...] = ()
    delays: tuple[ReportedDelay, ...] = ()
    rules: tuple[Setting, ...] = ()
    closures: tuple[Closure, ...] = ()

    @property
    def midnight(self) -> datetime:
        """Second 0 of the problem."""
        return midnight(self.day, self.centre.zone)
