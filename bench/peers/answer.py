"""What a peer answers, and its routes as a plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scheduler.model.plan import Plan, Reason, Route, Stop, StopKind, Unplaced
from scheduler.model.problem import Caregiver, Matrix, Problem, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A peer's plan.

    Attributes:
        plan: None: see `note`.
        seconds: wall time of its search.
        note: why there is no plan, or what its model leaves out.
    """

    plan: Plan | None
    seconds: float
    note: str = ""


def is_plain(problem: Problem) -> bool:
    """Whether it is vehicle routing with hard windows: one shift each, no pairs, nothing soft."""
    return (
        not problem.precedences
        and not problem.meal_points
        and all(task.staff == 1 and task.latest_wanted == task.window.end for task in problem.tasks)
        and all(len(person.shifts) == 1 for person in problem.caregivers)
        and not any(task.skills or task.refused or task.pin for task in problem.tasks)
    )


def plan_of(
    problem: Problem,
    chains: Sequence[tuple[Caregiver, int, Sequence[int]]],
    starts: Mapping[tuple[int, int], int] | None = None,
) -> Plan:
    """Write routes out with times.

    Args:
        problem: what was solved.
        chains: person, number of the shift, numbers of tasks in order.
        starts: by (number of the chain, place in it); None: as early as can be, then as late as
            the last stop allows, so that days are short.
    """
    stops: dict[str, list[Stop]] = {person.id: [] for person in problem.caregivers}
    placed: set[int] = set()
    for n, (person, number, tasks) in enumerate(chains):
        if not tasks:
            continue
        placed.update(tasks)
        row = [problem.tasks[k] for k in tasks]
        travel = problem.travel[person.mode]
        given = (
            _times(person, number, row, travel)
            if starts is None
            else [starts[n, k] for k in range(len(row))]
        )
        stops[person.id] += _stops(person, number, row, given, travel)
    return Plan(
        routes=tuple(
            Route(caregiver=person.id, stops=tuple(sorted(stops[person.id], key=lambda s: s.shift)))
            for person in problem.caregivers
        ),
        unplaced=tuple(
            Unplaced(task=task.id, reason=Reason.DAY_IS_FULL)
            for k, task in enumerate(problem.tasks)
            if k not in placed
        ),
    )


def _times(person: Caregiver, number: int, row: Sequence[Task], travel: Matrix) -> list[int]:
    shift = person.shifts[number]
    here, free = shift.origin, shift.window.start
    times = []
    for task in row:
        times.append(max(free + int(travel[here, task.location]), task.window.start))
        here, free = task.location, times[-1] + task.duration
    for k in range(len(row) - 2, -1, -1):
        way = int(travel[row[k].location, row[k + 1].location])
        times[k] = max(times[k], min(row[k].window.end, times[k + 1] - way - row[k].duration))
    return times


def _stops(
    person: Caregiver, number: int, row: Sequence[Task], starts: Sequence[int], travel: Matrix
) -> list[Stop]:
    shift = person.shifts[number]
    leave = max(shift.window.start, starts[0] - int(travel[shift.origin, row[0].location]))
    stops = [_stop(StopKind.DEPART, number, shift.origin, leave, leave, leave)]
    for task, start in zip(row, starts, strict=True):
        arrival = stops[-1].end + int(travel[stops[-1].location, task.location])
        end = start + task.duration
        stops.append(
            _stop(StopKind.TASK, number, task.location, min(arrival, start), start, end, task)
        )
    end_at = row[-1].location if shift.destination is None else shift.destination
    back = stops[-1].end + int(travel[row[-1].location, end_at])
    return [*stops, _stop(StopKind.RETURN, number, end_at, back, back, back)]


def _stop(
    kind: StopKind,
    shift: int,
    location: int,
    arrival: int,
    start: int,
    end: int,
    task: Task | None = None,
) -> Stop:
    return Stop(
        kind=kind,
        shift=shift,
        location=location,
        arrival=arrival,
        start=start,
        end=end,
        task=None if task is None else task.id,
    )
