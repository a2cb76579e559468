"""What changed between two problems or plans, so that only that need be sent (pure).

Tasks, people and routes that are as before are named by their place, and travel times are sent
again only where they are new: a matrix of 2,000 places is 16 MB. As a day goes on hundreds of
tasks begin, are promised or must begin later; of those only when, how long and by whom is sent.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, Final, TypeVar

import numpy as np

from scheduler.model.plan import Plan, Route, Solved, Unplaced
from scheduler.model.problem import (
    Caregiver,
    CaregiverId,
    Matrix,
    MealPoint,
    Mode,
    Pin,
    Precedence,
    Problem,
    Task,
    Weights,
    Window,
)

T = TypeVar("T")

_MOVES: Final = frozenset({"window", "duration", "pin"})
"""What a day that goes on changes about tasks."""
_STAYS: Final = tuple(field.name for field in fields(Task) if field.name not in _MOVES)
_what_stays: Final[Callable[[Task], tuple[Any, ...]]] = attrgetter(*_STAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """The last rows and columns of a matrix that is otherwise as before."""

    rows: Matrix
    columns: Matrix


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Tasks as before but for window, duration and pin, in columns: those are quick to send.

    Attributes:
        at: their places among the tasks after.
        pinned_to: None: no pin.
    """

    at: tuple[int, ...]
    begins: tuple[int, ...]
    ends: tuple[int, ...]
    durations: tuple[int, ...]
    pinned_to: tuple[tuple[CaregiverId, ...] | None, ...]
    pinned_at: tuple[int | None, ...]
    started: tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemDelta:
    """A problem seen from the one before; an int is a place in that one.

    Attributes:
        moved: of the tasks named by their place, those that differ all the same.
        travel: None: as before.
    """

    tasks: tuple[int | Task, ...]
    moved: Moved
    caregivers: tuple[int | Caregiver, ...]
    travel: Mapping[Mode, Matrix | Grown] | None
    precedences: tuple[Precedence, ...]
    meal_points: tuple[MealPoint, ...]
    weights: Weights


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDelta:
    """A plan seen from another; an int is the place of a route there."""

    routes: tuple[int | Route, ...]
    unplaced: tuple[Unplaced, ...]
    solved: Solved | None


def changed(before: Problem, after: Problem) -> ProblemDelta:
    """What `apply` needs to make `after` of `before`."""
    people = _named(before.caregivers, after.caregivers, _person_id)
    tasks, moved = _named_tasks(before.tasks, after.tasks)
    return ProblemDelta(
        tasks=tasks,
        moved=moved,
        caregivers=people,
        travel=_new_travel(before.travel, after.travel),
        precedences=after.precedences,
        meal_points=after.meal_points,
        weights=after.weights,
    )


def apply(before: Problem, delta: ProblemDelta) -> Problem:
    """The problem that `delta` was made for; it was checked where it was made, and is not again."""
    travel = before.travel
    if delta.travel is not None:
        travel = {
            mode: _grow(before.travel[mode], matrix) if isinstance(matrix, Grown) else matrix
            for mode, matrix in delta.travel.items()
        }
    return _unchecked(
        tasks=_with_moved(_filled(before.tasks, delta.tasks), delta.moved),
        caregivers=_filled(before.caregivers, delta.caregivers),
        travel=travel,
        precedences=delta.precedences,
        meal_points=delta.meal_points,
        weights=delta.weights,
    )


def changed_plan(before: Plan, after: Plan) -> PlanDelta:
    """What `apply_plan` needs to make `after` of `before`."""
    routes = _named(before.routes, after.routes, _route_id)
    return PlanDelta(
        routes=routes,
        unplaced=after.unplaced,
        solved=after.solved,
    )


def apply_plan(before: Plan, delta: PlanDelta) -> Plan:
    """The plan that `delta` was made for."""
    return Plan(
        routes=_filled(before.routes, delta.routes), unplaced=delta.unplaced, solved=delta.solved
    )


def _unchecked(**values: object) -> Problem:
    """A problem without the check of all its data, which takes as long as laying half of it out."""
    problem = object.__new__(Problem)
    for name in (field.name for field in fields(Problem)):
        object.__setattr__(problem, name, values[name])
    return problem


def _named_tasks(
    before: tuple[Task, ...], after: tuple[Task, ...]
) -> tuple[tuple[int | Task, ...], Moved]:
    places = {task.id: place for place, task in enumerate(before)}
    found: list[int | Task] = []
    moved: list[int] = []
    for number, task in enumerate(after):
        place = places.get(task.id)
        if place is None:
            found.append(task)
            continue
        old = before[place]
        if old is task or old == task:
            found.append(place)
        elif _what_stays(old) == _what_stays(task):
            found.append(place)
            moved.append(number)
        else:
            found.append(task)
    return tuple(found), _columns(after, moved)


def _columns(after: tuple[Task, ...], moved: Sequence[int]) -> Moved:
    tasks = [after[number] for number in moved]
    pins = [task.pin for task in tasks]
    return Moved(
        at=tuple(moved),
        begins=tuple([task.window.start for task in tasks]),
        ends=tuple([task.window.end for task in tasks]),
        durations=tuple([task.duration for task in tasks]),
        pinned_to=tuple([None if pin is None else pin.caregivers for pin in pins]),
        pinned_at=tuple([None if pin is None else pin.start for pin in pins]),
        started=tuple([pin is not None and pin.started for pin in pins]),
    )


def _with_moved(tasks: tuple[Task, ...], moved: Moved) -> tuple[Task, ...]:
    after = list(tasks)
    for number, begin, end, duration, who, start, started in zip(
        moved.at,
        moved.begins,
        moved.ends,
        moved.durations,
        moved.pinned_to,
        moved.pinned_at,
        moved.started,
        strict=True,
    ):
        pin = None if who is None else Pin(caregivers=who, start=start, started=started)
        after[number] = Task(
            **dict(zip(_STAYS, _what_stays(after[number]), strict=True)),
            window=Window(start=begin, end=end),
            duration=duration,
            pin=pin,
        )
    return tuple(after)


def _person_id(person: Caregiver) -> Hashable:
    return person.id


def _route_id(route: Route) -> Hashable:
    return route.caregiver


def _named(
    before: tuple[T, ...], after: tuple[T, ...], name: Callable[[T], Hashable]
) -> tuple[int | T, ...]:
    places = {name(item): place for place, item in enumerate(before)}
    found: list[int | T] = []
    for item in after:
        place = places.get(name(item))
        same = place is not None and (before[place] is item or before[place] == item)
        found.append(item if place is None or not same else place)
    return tuple(found)


def _filled(before: Sequence[T], items: Sequence[int | T]) -> tuple[T, ...]:
    return tuple(before[item] if isinstance(item, int) else item for item in items)


def _new_travel(
    before: Mapping[Mode, Matrix], after: Mapping[Mode, Matrix]
) -> Mapping[Mode, Matrix | Grown] | None:
    if after is before:
        return None
    found = {mode: _new_matrix(before.get(mode), matrix) for mode, matrix in after.items()}
    unchanged = before.keys() == after.keys() and all(
        isinstance(matrix, Grown) and len(matrix.rows) == 0 for matrix in found.values()
    )
    return None if unchanged else found


def _new_matrix(before: Matrix | None, after: Matrix) -> Matrix | Grown:
    if before is None or len(before) > len(after):
        return after
    size = len(before)
    if before is not after and not np.array_equal(before, after[:size, :size]):
        return after
    return Grown(rows=after[size:].copy(), columns=after[:size, size:].copy())


def _grow(before: Matrix, grown: Grown) -> Matrix:
    return np.vstack([np.hstack([before, grown.columns]), grown.rows])
