"""Who could do a task if there were nothing else to do (pure)."""

from collections.abc import Iterator, Sequence

from scheduler.model.problem import Caregiver, CaregiverId, Problem, Shift, Task
from scheduler.solve.columns import Candidates, Chain


def needs_point(task: Task) -> bool:
    """Whether something has to be loaded for it."""
    return bool(task.meal_points) and task.load.boxes > 0


def points_for(problem: Problem, task: Task, person: Caregiver) -> list[int]:
    """Locations of the meal points where this person may load what the task needs."""
    return [
        point.location
        for point in problem.meal_points
        if point.id in task.meal_points
        and (not person.meal_points or point.id in person.meal_points)
    ]


def reaches(problem: Problem, task: Task, chain: Chain) -> bool:
    """Whether somebody with nothing else to do gets there and back in time."""
    if task.pin is not None and task.pin.started:
        return True
    travel = problem.travel[chain.mode]
    shift: Shift = chain.shift
    arrival = shift.window.start + int(travel[shift.origin, task.location])
    if needs_point(task):
        arrival = min(
            (
                max(shift.window.start + int(travel[shift.origin, point.location]), point.ready)
                + chain.person.loading
                + int(travel[point.location, task.location])
                for point in problem.meal_points
                if point.location in points_for(problem, task, chain.person)
            ),
            default=arrival,
        )
    start = max(arrival, task.window.start)
    home = 0
    if shift.destination is not None:
        home = int(travel[task.location, shift.destination])
    return start <= task.window.end and start + task.duration + home <= chain.end_late


def can_meet(
    problem: Problem,
    chains: Sequence[Chain],
    can: Candidates,
    first: tuple[int, Task],
    then: tuple[int, Task],
) -> bool:
    """Whether two different people could do these two ops (with their tasks), one each."""
    ones, others = (set(_two(problem, chains, can, *each)) for each in (first, then))
    return bool(ones and others) and len(ones | others) > 1


def _two(
    problem: Problem, chains: Sequence[Chain], can: Candidates, o: int, task: Task
) -> Iterator[CaregiverId]:
    """The first two people who could."""
    found: set[CaregiverId] = set()
    for c in can.chain[can.at[o] : can.at[o + 1]]:
        person = chains[c].person.id
        if person not in found and reaches(problem, task, chains[c]):
            found.add(person)
            yield person
        if len(found) > 1:
            return
