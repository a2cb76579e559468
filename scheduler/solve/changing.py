"""What changed between two problems or plans, so that only that need be sent (pure).

Tasks, people and routes that are as before are named by their place, and travel times are sent
again only where they are new: a matrix of 2,000 places is 16 MB.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from scheduler.plan import Plan, Route, Solved, Unplaced
from scheduler.problem import (
    Caregiver,
    Matrix,
    MealPoint,
    Mode,
    Precedence,
    Problem,
    Task,
    Weights,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """The last rows and columns of a matrix that is otherwise as before."""

    rows: Matrix
    columns: Matrix


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemDelta:
    """A problem seen from the one before; an int is a place in that one.

    Attributes:
        travel: None: as before.
    """

    tasks: tuple[int | Task, ...]
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
    tasks = _named(before.tasks, after.tasks, _task_id)
    return ProblemDelta(
        tasks=tasks,
        caregivers=people,
        travel=_new_travel(before.travel, after.travel),
        precedences=after.precedences,
        meal_points=after.meal_points,
        weights=after.weights,
    )


def apply(before: Problem, delta: ProblemDelta) -> Problem:
    """The problem that `delta` was made for."""
    travel = before.travel
    if delta.travel is not None:
        travel = {
            mode: _grow(before.travel[mode], matrix) if isinstance(matrix, Grown) else matrix
            for mode, matrix in delta.travel.items()
        }
    return Problem(
        tasks=_filled(before.tasks, delta.tasks),
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


def _task_id(task: Task) -> Hashable:
    return task.id


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
