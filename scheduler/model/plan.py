"""A plan: who goes where and when, what was left out and why; and what changed between two.

Units as in `scheduler.model.problem`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from scheduler.model.problem import CaregiverId, MealPointId, TaskId


class StopKind(StrEnum):
    """What happens at a stop."""

    DEPART = "depart"
    TASK = "task"
    LOAD = "load"
    BREAK = "break"
    RETURN = "return"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One line of somebody's day; `arrival <= start <= end`.

    Attributes:
        task: for TASK stops.
        meal_point: for LOAD stops.
        shift: number of the shift it belongs to, counted from 0.
        location: a break is taken where the stop before it was.
    """

    kind: StopKind
    shift: int
    location: int
    arrival: int
    start: int
    end: int
    task: TaskId | None = None
    meal_point: MealPointId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One caregiver's day: for each used shift DEPART … RETURN, in order of time.

    A shift without a destination has a RETURN at its last stop's location. Unused shifts and
    caregivers with nothing to do have no stops.
    """

    caregiver: CaregiverId
    stops: tuple[Stop, ...] = ()

    @property
    def tasks(self) -> tuple[TaskId, ...]:
        """The tasks in order."""
        return tuple(stop.task for stop in self.stops if stop.task is not None)


class Reason(StrEnum):
    """Why a task was left out; the words are in `scheduler.model.reasons`."""

    NO_SKILL = "no_skill"
    ALL_REFUSED = "all_refused"
    NOBODY_AT_WORK = "nobody_at_work"
    TOO_FAR = "too_far"
    PINNED_AWAY = "pinned_away"
    NO_MEAL_POINT = "no_meal_point"
    TOO_LONG_IN_THE_BOX = "too_long_in_the_box"
    NO_CAPACITY = "no_capacity"
    NO_PAIR = "no_pair"
    GAP_IMPOSSIBLE = "gap_impossible"
    DAY_IS_FULL = "day_is_full"
    COSTS_MORE_THAN_IT_IS_WORTH = "costs_more_than_it_is_worth"


class Relaxation(StrEnum):
    """What could give way so that a task fits."""

    START_EARLIER = "start_earlier"
    START_LATER = "start_later"
    OVERTIME = "overtime"
    WAIVE_SKILL = "waive_skill"
    ANOTHER_CAREGIVER = "another_caregiver"
    MOVE_ANOTHER = "move_another"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """A smallest change that would place a task: each relaxation with its seconds (or 1)."""

    caregiver: CaregiverId | None
    start: int | None
    relaxations: Mapping[Relaxation, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplaced:
    """A task left out, with why and what would help."""

    task: TaskId
    reason: Reason
    data: Mapping[str, int | str] = field(default_factory=dict)
    remedy: Remedy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """How a plan came about, for the log and for the planner's page.

    Attributes:
        iterations: tries of the neighbourhood search, over all threads.
        merged: CP-SAT's verdict on merging the pool of routes: "optimal", "feasible", or
            "confirmed" when time was too short for more than the best plan found.
        bound: proven lower bound over that pool, points; None if none was found.
        merge_gain: points the merge took off.
        refused: units that the verifier refused and that were left out instead; none is expected.
    """

    seed: int
    iterations: int
    seconds: float
    merged: str
    pool: int
    bound: int | None = None
    merge_gain: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A day as decided: one route for every caregiver of the problem, in its order."""

    routes: tuple[Route, ...]
    unplaced: tuple[Unplaced, ...] = ()
    solved: Solved | None = None

    def route_of(self, caregiver: CaregiverId) -> Route:
        """That caregiver's route, empty if there is none."""
        for route in self.routes:
            if route.caregiver == caregiver:
                return route
        return Route(caregiver=caregiver)

    def placements(self) -> dict[TaskId, "Placement"]:
        """Who does each placed task, and when."""
        found: dict[TaskId, list[tuple[CaregiverId, Stop]]] = {}
        for route in self.routes:
            for stop in route.stops:
                if stop.task is not None:
                    found.setdefault(stop.task, []).append((route.caregiver, stop))
        return {
            task: Placement(caregivers=(seats[0][0],), start=seats[0][1].start, end=seats[0][1].end)
            if len(seats) == 1
            else _placement(seats)
            for task, seats in found.items()
        }


def moved_placements(
    old: Plan, placed: Mapping[TaskId, "Placement"], new: Plan
) -> dict[TaskId, "Placement"]:
    """As `new.placements()`, looking only at routes that are other objects than before.

    Args:
        old: a plan with routes of the same people in the same order, or everything is looked at.
        placed: its placements; those that are as before are the same objects after.
        new: the plan asked about.
    """
    if [route.caregiver for route in old.routes] != [route.caregiver for route in new.routes]:
        return new.placements()
    others = [
        (before, after)
        for before, after in zip(old.routes, new.routes, strict=True)
        if before is not after
    ]
    touched = {task for pair in others for route in pair for task in route.tasks}
    found = {task: there for task, there in placed.items() if task not in touched}
    people = {who for task in touched if task in placed for who in placed[task].caregivers}
    people |= {route.caregiver for _, route in others}
    some = [route for route in new.routes if route.caregiver in people]
    again = Plan(routes=tuple(some)).placements()
    return found | {task: there for task, there in again.items() if task in touched}


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Who does a task (sorted), from when to when."""

    caregivers: tuple[CaregiverId, ...]
    start: int
    end: int


def _placement(seats: list[tuple[CaregiverId, Stop]]) -> Placement:
    return Placement(
        caregivers=tuple(sorted(who for who, _ in seats)),
        start=min(stop.start for _, stop in seats),
        end=max(stop.end for _, stop in seats),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happened to one task between two plans; None on a side where it is not placed."""

    task: TaskId
    before: Placement | None
    after: Placement | None

    @property
    def delay(self) -> int:
        """Seconds it starts later (negative: earlier); 0 unless placed in both."""
        if self.before is None or self.after is None:
            return 0
        return self.after.start - self.before.start

    @property
    def changes_caregiver(self) -> bool:
        """Whether somebody else comes."""
        return (
            self.before is not None
            and self.after is not None
            and self.before.caregivers != self.after.caregivers
        )


def diff(old: Plan, new: Plan, *, tolerance: int = 0) -> tuple[Change, ...]:
    """Tasks placed differently, by id.

    Args:
        old: the plan in force.
        new: the plan proposed.
        tolerance: a start that moves by no more than this many seconds with the same
            caregivers is no change.
    """
    return differences(old.placements(), new.placements(), tolerance=tolerance)


def differences(
    before: Mapping[TaskId, Placement], after: Mapping[TaskId, Placement], *, tolerance: int = 0
) -> tuple[Change, ...]:
    """As `diff`, of placements that are at hand."""
    changes = []
    tasks = before.keys() | after.keys()
    for task in sorted([one for one in tasks if before.get(one) is not after.get(one)]):
        change = Change(task=task, before=before.get(task), after=after.get(task))
        lost_or_found = change.before is None or change.after is None
        if lost_or_found or change.changes_caregiver or abs(change.delay) > tolerance:
            changes.append(change)
    return tuple(changes)
