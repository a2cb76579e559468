"""Whether all of some tasks can be placed: every assignment and order tried, exactly.

For problems of two or three tasks without anything to carry, in which nobody with a split shift
has a limit on the day's work or riding (both are counted by shift here). Knows no solver and shares
no code with one: for a given order of stops all rules on times are differences, so the earliest
times follow from the longest path.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from scheduler.model.problem import Break, Caregiver, Problem, Shift, Task, TaskId

_Edge: TypeAlias = tuple[object, object, int]
"""(from, to, gap): the time of `to` is at least `gap` after that of `from`."""
_ZERO: Final = "midnight"


@dataclass(frozen=True, slots=True)
class _Chain:
    person: Caregiver
    shift: Shift
    number: int


def can_place(problem: Problem, tasks: Sequence[Task]) -> bool:
    """Whether some plan places all of `tasks` and keeps every rule."""
    chains = [
        _Chain(person, shift, number)
        for person in problem.caregivers
        for number, shift in enumerate(person.shifts)
    ]
    choices = [list(_seats(task, chains)) for task in tasks]
    return any(
        _orders_fit(problem, tasks, chosen)
        for chosen in itertools.product(*choices)
        if _keeps_people(problem, tasks, chosen)
    )


def _seats(task: Task, chains: Sequence[_Chain]) -> Iterator[tuple[_Chain, ...]]:
    able = [
        chain
        for chain in chains
        if task.skills <= chain.person.skills
        and chain.person.id not in task.refused
        and (task.pin is None or not task.pin.caregivers or chain.person.id in task.pin.caregivers)
    ]
    for seats in itertools.combinations(able, task.staff):
        if len({seat.person.id for seat in seats}) == task.staff:
            yield seats


def _keeps_people(
    problem: Problem, tasks: Sequence[Task], chosen: Sequence[tuple[_Chain, ...]]
) -> bool:
    who = {
        task.id: {seat.person.id for seat in seats}
        for task, seats in zip(tasks, chosen, strict=True)
    }
    return not any(
        rule.different_caregivers and who.get(rule.first, set()) & who.get(rule.then, set())
        for rule in problem.precedences
    )


def _orders_fit(
    problem: Problem, tasks: Sequence[Task], chosen: Sequence[tuple[_Chain, ...]]
) -> bool:
    work: dict[tuple[str, int], tuple[_Chain, list[Task]]] = {}
    for task, seats in zip(tasks, chosen, strict=True):
        for seat in seats:
            work.setdefault((seat.person.id, seat.number), (seat, []))[1].append(task)
    common = [*_windows(tasks), *_gaps(problem, {task.id for task in tasks})]
    days = [list(_days(problem, chain, todo)) for chain, todo in work.values()]
    return any(
        _has_times([*common, *(edge for part in day for edge in part)])
        for day in itertools.product(*days)
    )


def _windows(tasks: Sequence[Task]) -> Iterator[_Edge]:
    for task in tasks:
        low, high = task.window.start, task.window.end
        if task.pin is not None and task.pin.start is not None:
            low, high = max(low, task.pin.start), min(high, task.pin.start)
        yield (_ZERO, task.id, low)
        yield (task.id, _ZERO, -high)


def _gaps(problem: Problem, placed: set[TaskId]) -> Iterator[_Edge]:
    for rule in problem.precedences:
        if {rule.first, rule.then} <= placed:
            yield (rule.first, rule.then, rule.least)
            if rule.most is not None:
                yield (rule.then, rule.first, -rule.most)


def _days(problem: Problem, chain: _Chain, todo: Sequence[Task]) -> Iterator[list[_Edge]]:
    """The times of each order of a shift's stops, its breaks taken, before it or after it."""
    for order in itertools.permutations(todo):
        if _rides_too_long(problem, chain, order):
            continue
        for places in itertools.product(range(-1, len(order) + 2), repeat=len(chain.shift.breaks)):
            yield list(_edges(problem, chain, order, places))


def _rides_too_long(problem: Problem, chain: _Chain, order: Sequence[Task]) -> bool:
    return (
        chain.person.max_riding is not None
        and _ride(problem, chain, order) > chain.person.max_riding
    )


def _ride(problem: Problem, chain: _Chain, order: Sequence[Task]) -> int:
    travel = problem.travel[chain.person.mode_in(chain.shift)]
    end = chain.shift.destination
    stops = [
        chain.shift.origin,
        *(task.location for task in order),
        *([] if end is None else [end]),
    ]
    return sum(int(travel[a, b]) for a, b in itertools.pairwise(stops))


def _edges(
    problem: Problem, chain: _Chain, order: Sequence[Task], places: Sequence[int]
) -> Iterator[_Edge]:
    """Place -1: over before leaving; n: before the nth stop; one more than stops: after the end."""
    shift, person = chain.shift, chain.person
    travel = problem.travel[person.mode_in(shift)]
    leave, back = ("leave", person.id, chain.number), ("back", person.id, chain.number)
    yield (_ZERO, leave, shift.window.start)
    yield (back, _ZERO, -(shift.window.end + person.max_overtime))
    if person.max_work is not None:
        yield (back, leave, -person.max_work)
    names: list[object] = [leave, *(task.id for task in order), back]
    length = [0, *(task.duration for task in order), 0]
    last = order[-1].location if shift.destination is None else shift.destination
    where = [shift.origin, *(task.location for task in order), last]
    for n, (before, after) in enumerate(itertools.pairwise(names)):
        way = int(travel[where[n], where[n + 1]])
        if n == len(order) and shift.destination is None:
            way = 0
        here = [rest for rest, place in zip(shift.breaks, places, strict=True) if place == n]
        previous, busy = before, length[n]
        for rest in here:
            name = ("break", person.id, chain.number, rest.window.start)
            yield (previous, name, busy)
            yield (_ZERO, name, rest.window.start)
            yield (name, _ZERO, -rest.window.end)
            previous, busy = name, rest.duration
        yield (previous, after, busy + way)
    for rest, place in zip(shift.breaks, places, strict=True):
        yield from _off_duty(rest, place, len(order) + 1, leave, back)


def _off_duty(rest: Break, place: int, after: int, leave: object, back: object) -> Iterator[_Edge]:
    if place == -1:
        yield (_ZERO, leave, rest.window.start + rest.duration)
    if place == after:
        yield (back, _ZERO, -rest.window.end)


def _has_times(edges: Sequence[_Edge]) -> bool:
    """Whether times exist that keep all differences: no cycle of positive length."""
    time: dict[object, int] = {}
    for source, target, _ in edges:
        time[source] = time[target] = 0
    for _ in range(len(time) + 1):
        moved = False
        for source, target, gap in edges:
            if time[source] + gap > time[target]:
                time[target] = time[source] + gap
                moved = True
        if not moved:
            return True
    return False


def fewest_left_out(problem: Problem) -> int:
    """Points of the cheapest set of tasks without which all others can be placed."""
    return min(
        sum(task.price for task in problem.tasks if task not in kept)
        for size in range(len(problem.tasks) + 1)
        for kept in itertools.combinations(problem.tasks, size)
        if not kept or can_place(problem, kept)
    )
