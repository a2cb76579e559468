"""One problem model for visits and meals: frozen, integers, units written down.

Times are whole seconds from local midnight of the planned day and may pass 86 400. Durations
and travel are whole seconds. Costs are points; one point is one second of travel at the default
weights. Locations are row numbers of the travel matrices. Nothing here knows a solver.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NewType

import numpy as np
from numpy.typing import NDArray

from scheduler.model.checking import InvalidProblem, check

__all__ = [
    "BUS",
    "CAR",
    "DAY",
    "EBIKE",
    "HALF_HOUR",
    "MANDATORY",
    "OPTIONAL",
    "WALK",
    "Break",
    "Caregiver",
    "CaregiverId",
    "InvalidProblem",
    "Load",
    "Matrix",
    "MealPoint",
    "MealPointId",
    "Mode",
    "Pin",
    "Precedence",
    "Problem",
    "Shift",
    "Task",
    "TaskId",
    "TaskKind",
    "Weights",
    "Window",
    "modes_of",
]

TaskId = NewType("TaskId", str)
CaregiverId = NewType("CaregiverId", str)
MealPointId = NewType("MealPointId", str)
Mode = NewType("Mode", str)
"""A travel mode, the key of a travel matrix: "walk", "ebike", "car", "bus", or finer.

A time of day is finer: "car@morning"; see `scheduler.travel.slots`.
"""

Matrix = NDArray[np.int32]
"""Seconds (or metres) from row to column; square, need not be symmetric."""

WALK: Final = Mode("walk")
EBIKE: Final = Mode("ebike")
CAR: Final = Mode("car")
BUS: Final = Mode("bus")

DAY: Final = 86_400
HALF_HOUR: Final = 1_800
OPTIONAL: Final = 20_000
"""Points for leaving out a task that may wait for another day."""
MANDATORY: Final = 10_000_000
"""Points for leaving out a task that must be done: no travel or lateness outweighs it."""


class TaskKind(StrEnum):
    """What a task is; the solver treats all alike, the words on screens differ."""

    VISIT = "visit"
    MEAL = "meal"
    ALARM = "alarm"
    DELAY = "delay"
    """Somebody is under way to a visit for longer than planned: a fact, not asked for."""

    @property
    def is_asked_for(self) -> bool:
        """Whether it is somebody's visit or meal, not what keeps people from those."""
        return self in {TaskKind.VISIT, TaskKind.MEAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A closed span of time, in seconds from midnight."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Boxes, each in its own compartment: hot and cold ones do not share room."""

    hot: int = 0
    cold: int = 0

    def __add__(self, other: "Load") -> "Load":
        return Load(hot=self.hot + other.hot, cold=self.cold + other.cold)

    @property
    def boxes(self) -> int:
        """Boxes of both kinds; what a meal point's half hour is counted in."""
        return self.hot + self.cold


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """What is no longer free about a task.

    Attributes:
        caregivers: who does it, one for each of its staff.
        start: the exact start, or None when only the person is fixed.
        started: it has begun: a fact, which no travel time can contradict. Needs `start`.
    """

    caregivers: tuple[CaregiverId, ...]
    start: int | None = None
    started: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A visit, a meal to hand over, or an alarm somebody answers.

    Attributes:
        location: row of the travel matrices.
        duration: seconds at the door and inside, for each of its staff.
        window: earliest and latest start; both hard.
        due: latest wanted start; each second after it is lateness. None: `window.end`.
        urgency: points for each second of lateness, times `Weights.lateness`.
        skills: all that whoever comes must have (certificates, language, gender, keys).
        staff: 1, or 2 different caregivers who start together.
        preferred: who is wanted; anyone else costs `Weights.preference`. Empty: no wish.
        refused: who must not come.
        familiar: share in percent of this resident's recent visits by each caregiver; being
            sent somebody at 0 costs the whole of `Weights.continuity`. Empty: no history.
        price: points for leaving it out.
        pin: what is fixed already.
        load: what is carried to it.
        meal_points: where its boxes can be had (diets); empty when nothing is carried.
        max_ride: longest time in the box: seconds from leaving the meal point to its start.
    """

    id: TaskId
    kind: TaskKind = TaskKind.VISIT
    location: int
    duration: int
    window: Window
    due: int | None = None
    urgency: int = 1
    skills: frozenset[str] = frozenset()
    staff: int = 1
    preferred: frozenset[CaregiverId] = frozenset()
    refused: frozenset[CaregiverId] = frozenset()
    familiar: Mapping[CaregiverId, int] = field(default_factory=dict)
    price: int = MANDATORY
    pin: Pin | None = None
    load: Load = Load()
    meal_points: frozenset[MealPointId] = frozenset()
    max_ride: int | None = None

    @property
    def latest_wanted(self) -> int:
        """Start after which it is late."""
        return self.window.end if self.due is None else min(self.due, self.window.end)

    @property
    def is_mandatory(self) -> bool:
        """Whether leaving it out is a last resort."""
        return self.price >= MANDATORY


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedence:
    """`then` starts between `least` and `most` seconds after the start of `first`.

    Holds when both are placed. `least == most == 0` means together.
    """

    first: TaskId
    then: TaskId
    least: int = 0
    most: int | None = None
    different_caregivers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A rest of `duration` seconds that starts inside `window`, between two tasks."""

    window: Window
    duration: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One stretch of work; a split shift is two of them.

    Attributes:
        window: leaves `origin` at the start at the earliest, is at `destination` at the end at
            the latest (later only as overtime).
        destination: None ends the shift at the last task.
        mode: key into `Problem.travel` for this shift, as at this time of day; None: the
            caregiver's.
        breaks: rests, in order of time, apart from each other.
    """

    window: Window
    origin: int
    destination: int | None
    breaks: tuple[Break, ...] = ()
    mode: Mode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caregiver:
    """Somebody who travels and does tasks: caregiver, courier or volunteer.

    Attributes:
        shifts: in order of time; empty: not at work.
        mode: key into `Problem.travel` for shifts that have none of their own.
        capacity: what one trip can carry.
        max_trips: times a courier may load in one shift; 0: carries nothing.
        meal_points: where this courier may load; empty: anywhere.
        loading: seconds spent at a meal point for each trip.
        max_work: longest day in seconds, from leaving the origin to the end, breaks included,
            added over shifts. None: the shifts are limit enough.
        max_overtime: seconds past the end of a shift that are possible at `Weights.overtime`.
        max_riding: longest time under way in a day, for a battery's range. None: no limit.
    """

    id: CaregiverId
    skills: frozenset[str] = frozenset()
    shifts: tuple[Shift, ...]
    mode: Mode = EBIKE
    capacity: Load = Load()
    max_trips: int = 0
    meal_points: frozenset[MealPointId] = frozenset()
    loading: int = 300
    max_work: int | None = None
    max_overtime: int = 0
    max_riding: int | None = None

    def mode_in(self, shift: Shift) -> Mode:
        """Return the key of the travel times that hold in one of the shifts."""
        return self.mode if shift.mode is None else shift.mode

    @property
    def modes(self) -> frozenset[Mode]:
        """Keys of all travel times this caregiver needs."""
        return frozenset(self.mode_in(shift) for shift in self.shifts)


def modes_of(caregivers: Iterable[Caregiver]) -> frozenset[Mode]:
    """Return the keys of all travel times these people need; never none."""
    return frozenset(mode for person in caregivers for mode in person.modes) or frozenset({EBIKE})


@dataclass(frozen=True, slots=True, kw_only=True)
class MealPoint:
    """A kitchen or counter where couriers load.

    Attributes:
        per_half_hour: boxes that can leave in each half hour of the clock. None: no limit.
        ready: first second at which a courier can start to load.
        closes: last second at which a courier can start to load.
    """

    id: MealPointId
    location: int
    per_half_hour: int | None = None
    ready: int = 0
    closes: int = 2 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Points for each weighted rule.

    Attributes:
        travel: each second under way.
        lateness: each second after `Task.due`, times `Task.urgency`.
        worst_lateness: each second of the largest lateness of the day.
        continuity: a visit by somebody who never came (in proportion to `Task.familiar`).
        preference: a visit by somebody else than a preferred caregiver.
        overtime: each second after a shift's end.
        fairness: each second of service above an even share of the day's service.
        changed_caregiver: a visit that goes to somebody else than in the previous plan.
        changed_time: each second a visit moves beyond `change_tolerance` from the previous plan.
        change_tolerance: seconds a visit may move before anybody minds.
    """

    travel: int = 1
    lateness: int = 2
    worst_lateness: int = 1
    continuity: int = 600
    preference: int = 300
    overtime: int = 3
    fairness: int = 0
    changed_caregiver: int = 1_800
    changed_time: int = 1
    change_tolerance: int = 300


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """A day to be planned.

    Attributes:
        travel: seconds between locations for each mode some caregiver uses; read-only arrays.
    """

    tasks: tuple[Task, ...]
    caregivers: tuple[Caregiver, ...]
    travel: Mapping[Mode, Matrix]
    precedences: tuple[Precedence, ...] = ()
    meal_points: tuple[MealPoint, ...] = ()
    weights: Weights = Weights()

    def __post_init__(self) -> None:
        """Refuse what no plan could make sense of.

        Raises:
            InvalidProblem: an id is used twice, a reference points nowhere, a span is empty, a
                number is negative that cannot be; the message says where.
        """
        check(self)
