"""Refuses data that no plan could make sense of, saying where (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scheduler.model.problem import (
        Caregiver,
        Load,
        MealPoint,
        Mode,
        Precedence,
        Problem,
        Shift,
        Task,
    )

ABSURD: Final = 10**11
"""No time, length or price is as large as this, in whatever unit."""

_seen: Final[WeakValueDictionary[int, NDArray[np.int32]]] = WeakValueDictionary()
"""Matrices found good: they are read-only and shared by every version of a day's problem."""


class InvalidProblem(ValueError):  # noqa: N818 - a statement about the data, not a failure
    """The data contradict themselves; the message says where."""


def check(problem: "Problem") -> None:
    """Refuse a problem that no plan could make sense of.

    What merely cannot be kept (a visit nobody can reach, gaps that contradict each other) is no
    fault: the plan leaves it out and says why.

    Raises:
        InvalidProblem: with the first fault found.
    """
    tasks = _unique([task.id for task in problem.tasks], "task")
    people = _unique([person.id for person in problem.caregivers], "caregiver")
    points = _unique([point.id for point in problem.meal_points], "meal point")
    size = _matrix_size(problem.travel)
    for task in problem.tasks:
        _check_task(task, size, people, points)
    for person in problem.caregivers:
        _check_caregiver(person, size, points, problem.travel)
    for point in problem.meal_points:
        _check_point(point, size)
    for rule in problem.precedences:
        _check_precedence(rule, tasks)
    for field in fields(problem.weights):
        _require(getattr(problem.weights, field.name) >= 0, f"weight {field.name} is negative")


def _require(holds: bool, message: str) -> None:  # noqa: FBT001 - reads as an assertion
    if not holds:
        raise InvalidProblem(message)


def _unique(ids: Sequence[str], what: str) -> frozenset[str]:
    found = frozenset(ids)
    _require(len(found) == len(ids), f"two of the {what} ids are the same")
    return found


def _matrix_size(travel: "Mapping[Mode, NDArray[np.int32]]") -> int:
    sizes = {matrix.shape for matrix in travel.values()}
    _require(len(sizes) == 1, "travel matrices are missing or differ in size")
    rows, columns = sizes.pop()
    _require(rows == columns, "a travel matrix is not square")
    for mode, matrix in travel.items():
        known: object = matrix  # of a large centre only the legs asked for are ever known
        if isinstance(known, np.ndarray) and _seen.get(id(known)) is not known:
            _require(known.size == 0 or int(known.min()) >= 0, f"travel by {mode} is negative")
            _seen[id(known)] = known
    return int(rows)


def _check_task(task: "Task", size: int, people: frozenset[str], points: frozenset[str]) -> None:
    where = f"task {task.id}"
    _require(0 <= task.location < size, f"{where}: no such location")
    _require(task.duration >= 0 and task.price >= 0, f"{where}: negative duration or price")
    _require(task.window.start <= task.window.end, f"{where}: its window is empty")
    _require(
        max(abs(task.window.start), abs(task.window.end), task.duration) < ABSURD,
        f"{where}: a time beyond all days",
    )
    _require(task.urgency >= 0, f"{where}: negative urgency")
    _require(task.max_ride is None or task.max_ride >= 0, f"{where}: negative time in the box")
    _require(_is_load(task.load), f"{where}: fewer boxes than none")
    _require(
        all(0 <= share <= 100 for share in task.familiar.values()),
        f"{where}: a share of visits is no percentage",
    )
    _require(task.staff in {1, 2}, f"{where}: staff must be 1 or 2")
    _require(points >= task.meal_points, f"{where}: unknown meal point")
    if task.pin is not None:
        pin = task.pin
        _require(people.issuperset(pin.caregivers), f"{where}: pinned to somebody unknown")
        _require(
            len(pin.caregivers) in {0, task.staff}, f"{where}: pinned to the wrong number of people"
        )
        _require(
            len(set(pin.caregivers)) == len(pin.caregivers), f"{where}: pinned to one person twice"
        )
        _require(not pin.started or pin.start is not None, f"{where}: started but no start")


def _is_load(load: "Load") -> bool:
    return load.hot >= 0 and load.cold >= 0


def _check_caregiver(
    person: "Caregiver",
    size: int,
    points: frozenset[str],
    travel: "Mapping[Mode, NDArray[np.int32]]",
) -> None:
    where = f"caregiver {person.id}"
    _require(travel.keys() >= person.modes, f"{where}: no travel times for the mode")
    _require(points >= person.meal_points, f"{where}: unknown meal point")
    _require(_is_load(person.capacity), f"{where}: room for fewer boxes than none")
    _require(person.max_trips >= 0 and person.loading >= 0, f"{where}: negative trips or loading")
    limits = (person.max_work, person.max_overtime, person.max_riding)
    _require(all(limit is None or limit >= 0 for limit in limits), f"{where}: negative limit")
    free = None
    for shift in person.shifts:
        ends = (shift.origin,) if shift.destination is None else (shift.origin, shift.destination)
        _require(all(0 <= end < size for end in ends), f"{where}: no such location")
        _require(shift.window.start <= shift.window.end, f"{where}: a shift is empty")
        _require(free is None or free <= shift.window.start, f"{where}: shifts overlap")
        _check_breaks(shift, where)
        free = shift.window.end


def _check_breaks(shift: "Shift", where: str) -> None:
    begun = None
    for rest in shift.breaks:
        _require(rest.window.start <= rest.window.end, f"{where}: a break's window is empty")
        _require(rest.duration >= 0, f"{where}: a break of negative length")
        _require(begun is None or begun <= rest.window.start, f"{where}: breaks out of order")
        begun = rest.window.start


def _check_point(point: "MealPoint", size: int) -> None:
    where = f"meal point {point.id}"
    _require(0 <= point.location < size, f"{where}: no such location")
    _require(point.ready <= point.closes, f"{where}: closes before it opens")
    _require(point.per_half_hour is None or point.per_half_hour >= 0, f"{where}: negative limit")


def _check_precedence(rule: "Precedence", tasks: frozenset[str]) -> None:
    where = f"{rule.first} before {rule.then}"
    _require({rule.first, rule.then} <= tasks, f"{where}: unknown")
    _require(rule.first != rule.then, f"{rule.first} cannot precede itself")
    _require(rule.most is None or rule.least <= rule.most, f"{where}: least gap over most gap")
    _require(abs(rule.least) < ABSURD, f"{where}: a gap beyond all days")
