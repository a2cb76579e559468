"""The smallest relaxation that would place a visit: CP-SAT over one caregiver's shift at a time.

The order of what is there stays, its times may move inside their windows; the visit may start
outside its own, the shift may end later, a skill may be waived. What costs least is the remedy.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ortools.sat.python import cp_model

from scheduler.model.plan import Plan, Relaxation, Remedy, Stop, StopKind
from scheduler.model.problem import Caregiver, Problem, Shift, Task

MOST_CANDIDATES: Final = 6
MOST_STRETCH: Final = 3 * 3_600
"""Seconds a window or a shift may give way; more is no remedy."""
OVERTIME_WEIGHT: Final = 2
WAIVING: Final = 4 * 3_600
"""What waiving a skill weighs, in seconds of a stretched window."""
SECONDS_EACH: Final = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slot:
    """A shift as planned, to be tried."""

    person: Caregiver
    shift: Shift
    stops: tuple[Stop, ...]
    waives: bool


def remedy(problem: Problem, plan: Plan, task: Task) -> Remedy:
    """Find what would have to give way for `task`; failing all, another caregiver."""
    best: tuple[int, Remedy] | None = None
    if task.staff == 1 and task.load.boxes == 0 and task.pin is None:
        for slot in _slots(problem, plan, task):
            found = _try(problem, plan, task, slot)
            if found is not None and (best is None or found[0] < best[0]):
                best = found
    if best is None:
        return Remedy(caregiver=None, start=None, relaxations={Relaxation.ANOTHER_CAREGIVER: 1})
    return best[1]


def _slots(problem: Problem, plan: Plan, task: Task) -> list[_Slot]:
    """The likeliest shifts: skilled people first, then those who pass nearest."""
    slots = []
    for person in problem.caregivers:
        if person.id in task.refused:
            continue
        route = plan.route_of(person.id)
        for number, shift in enumerate(person.shifts):
            stops = tuple(stop for stop in route.stops if stop.shift == number)
            if any(stop.kind == StopKind.LOAD for stop in stops):
                continue
            slots.append(
                _Slot(
                    person=person,
                    shift=shift,
                    stops=stops or _empty(number, shift),
                    waives=not task.skills <= person.skills,
                )
            )

    def nearness(slot: _Slot) -> tuple[bool, int]:
        travel = problem.travel[slot.person.mode_in(slot.shift)]
        window = slot.shift.window
        missed = max(0, window.start - task.window.end, task.window.start - window.end)
        way = min(int(travel[stop.location, task.location]) for stop in slot.stops)
        return slot.waives, missed + way

    return sorted(slots, key=nearness)[:MOST_CANDIDATES]


def _empty(number: int, shift: Shift) -> tuple[Stop, ...]:
    end = shift.origin if shift.destination is None else shift.destination
    begin = shift.window.start
    return tuple(
        Stop(kind=kind, shift=number, location=place, arrival=begin, start=begin, end=begin)
        for kind, place in ((StopKind.DEPART, shift.origin), (StopKind.RETURN, end))
    )


def _try(problem: Problem, plan: Plan, task: Task, slot: _Slot) -> tuple[int, Remedy] | None:
    """Cost and remedy of putting the task into this shift."""
    model = cp_model.CpModel()
    travel = problem.travel[slot.person.mode_in(slot.shift)]
    low = max(0, task.window.start - MOST_STRETCH)
    start = model.new_int_var(low, task.window.end + MOST_STRETCH, "")
    over = model.new_int_var(0, MOST_STRETCH, "")
    early = model.new_int_var(0, MOST_STRETCH, "")
    late = model.new_int_var(0, MOST_STRETCH, "")
    model.add(early >= task.window.start - start)
    model.add(late >= start - task.window.end)
    for bound, sign in _bounds(problem, plan, task):
        model.add(sign * start >= sign * bound)
    times = [_time(model, problem, slot, stop) for stop in slot.stops]
    after = [model.new_bool_var("") for _ in slot.stops[:-1]]
    model.add_exactly_one(after)
    for k, here in enumerate(after):
        stop, following = slot.stops[k], slot.stops[k + 1]
        done = times[k] + (stop.end - stop.start)
        way = int(travel[stop.location, following.location])
        model.add(times[k + 1] >= done + way).only_enforce_if(~here)
        if following.kind == StopKind.BREAK:
            model.add(here == 0)
        there = int(travel[stop.location, task.location])
        back = 0
        if following.kind != StopKind.RETURN or slot.shift.destination is not None:
            back = int(travel[task.location, following.location])
        model.add(start >= done + there).only_enforce_if(here)
        model.add(times[k + 1] >= start + task.duration + back).only_enforce_if(here)
    model.add(times[-1] <= slot.shift.window.end + slot.person.max_overtime + over)
    model.minimize(early + late + OVERTIME_WEIGHT * over)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = SECONDS_EACH
    if solver.solve(model) not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return None
    given = {
        Relaxation.START_EARLIER: solver.value(early),
        Relaxation.START_LATER: solver.value(late),
        Relaxation.OVERTIME: solver.value(over),
        Relaxation.WAIVE_SKILL: int(slot.waives),
    }
    cost = round(solver.objective_value) + WAIVING * slot.waives
    return cost, Remedy(
        caregiver=slot.person.id,
        start=solver.value(start),
        relaxations={what: seconds for what, seconds in given.items() if seconds},
    )


def _time(model: cp_model.CpModel, problem: Problem, slot: _Slot, stop: Stop) -> cp_model.IntVar:
    """When a stop that is there may start: as planned if others hang on it, else in its window."""
    low, high = slot.shift.window.start, slot.shift.window.end + 2 * MOST_STRETCH
    if stop.kind == StopKind.BREAK:
        rests = [rest.window for rest in slot.shift.breaks]
        window = next((w for w in rests if w.start <= stop.start <= w.end), None)
        low, high = (stop.start, stop.start) if window is None else (window.start, window.end)
    elif stop.task is not None:
        task = next(each for each in problem.tasks if each.id == stop.task)
        tied = task.pin is not None or task.staff > 1 or _is_linked(problem, task)
        low, high = (stop.start, stop.start) if tied else (task.window.start, task.window.end)
    elif stop.kind == StopKind.DEPART:
        high = max(low, stop.start)
    return model.new_int_var(low, max(low, high), "")


def _is_linked(problem: Problem, task: Task) -> bool:
    return any(task.id in {rule.first, rule.then} for rule in problem.precedences)


def _bounds(problem: Problem, plan: Plan, task: Task) -> Iterator[tuple[int, int]]:
    """(bound, sign): sign * start >= sign * bound, from ordered services that are placed."""
    placed = plan.placements()
    for rule in problem.precedences:
        if rule.then == task.id and rule.first in placed:
            begun = placed[rule.first].start
            yield begun + rule.least, 1
            if rule.most is not None:
                yield begun + rule.most, -1
        if rule.first == task.id and rule.then in placed:
            begun = placed[rule.then].start
            yield begun - rule.least, -1
            if rule.most is not None:
                yield begun - rule.most, 1


def remedies(problem: Problem, plan: Plan, most: int) -> Sequence[Remedy | None]:
    """A remedy for each of the first `most` tasks left out, None for the others."""
    tasks = {task.id: task for task in problem.tasks}
    return [
        remedy(problem, plan, tasks[item.task]) if n < most else None
        for n, item in enumerate(plan.unplaced)
    ]
