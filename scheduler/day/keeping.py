"""What a repair may not touch: promises within the hour, and people it is not about (pure).

A visit keeps its people unless one of them is in trouble, and nearly its time; a promise within the
hour keeps both. What can no longer be kept, since somebody runs late, is let go of step by step.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Final

from scheduler.model.plan import Placement, Plan, Route
from scheduler.model.problem import (
    Caregiver,
    CaregiverId,
    Pin,
    Problem,
    Task,
    TaskId,
    TaskKind,
    Window,
)

PROMISED_S: Final = 3_600
"""Who comes when within this time was told to people who are waiting."""
NEARLY_S: Final = 900
"""A visit further ahead may move by so much in a repair."""
RECENT_S: Final = 1_800
"""Whoever came back from an alarm so short ago is still a reason to move things."""


class Keep(StrEnum):
    """How much of the plan in force a new one keeps; each keeps less than the one before."""

    TIMES = "times"
    """People and times of everybody whom no alarm concerns."""
    PEOPLE = "people"
    """Their people, and nearly their times."""
    PROMISES = "promises"
    """Only what is promised within the hour."""


def keep(problem: Problem, previous: Plan, now: int, what: Keep) -> Problem:
    """Return `problem` with what is promised pinned.

    Args:
        problem: with facts pinned and nothing left to begin before now.
        previous: the plan in force.
        now: seconds from midnight.
        what: how much of it stays.
    """
    troubled = in_trouble(problem, now)
    placed = previous.placements()
    earliest = _earliest(problem, previous)

    def kept(task: Task) -> Task:
        there = placed.get(task.id)
        if task.kind != TaskKind.VISIT or task.pin is not None:
            return task  # a meal is promised for a window, whoever brings it
        if there is None or troubled & set(there.caregivers):
            return task
        level = Keep.TIMES if there.start <= now + PROMISED_S else what
        return _kept(task, there, earliest.get(task.id, task.window.end + 1), level)

    return replace(problem, tasks=tuple(kept(task) for task in problem.tasks))


def in_trouble(problem: Problem, now: int) -> frozenset[CaregiverId]:
    """Return who is away for an alarm or late, or was until just now."""
    return frozenset(
        who
        for task in problem.tasks
        if not task.kind.is_asked_for and task.pin is not None and task.pin.start is not None
        if task.pin.start + task.duration > now - RECENT_S
        for who in task.pin.caregivers
    )


def _kept(task: Task, placed: Placement, earliest: int, what: Keep) -> Task:
    lost = earliest > task.window.end or len(placed.caregivers) != task.staff
    if lost or what == Keep.PROMISES:
        return task
    pin = Pin(caregivers=placed.caregivers)
    if what == Keep.TIMES:
        on_time = earliest <= placed.start and _inside(task.window, placed.start)
        return replace(task, pin=replace(pin, start=placed.start) if on_time else pin)
    nearly = Window(
        start=max(task.window.start, placed.start - NEARLY_S),
        end=min(task.window.end, max(placed.start, earliest) + NEARLY_S),
    )
    if nearly.start > nearly.end:
        return task
    return replace(task, window=nearly, due=task.latest_wanted, pin=pin)


def _inside(window: Window, start: int) -> bool:
    return window.start <= start <= window.end


def _earliest(problem: Problem, previous: Plan) -> dict[TaskId, int]:
    """When each task could begin at the earliest, were everybody's order kept as it was."""
    people = {person.id: person for person in problem.caregivers}
    tasks = {task.id: task for task in problem.tasks}
    found: dict[TaskId, int] = {}
    for route in previous.routes:
        for task, start in _walk(problem, people[route.caregiver], route, tasks):
            found[task] = max(start, found.get(task, start))
    return found


def _walk(
    problem: Problem,
    person: Caregiver,
    route: Route,
    tasks: Mapping[TaskId, Task],
) -> Iterator[tuple[TaskId, int]]:
    """Go through somebody's facts, then through what is left of the route."""
    if not person.shifts:
        return
    here, free = person.shifts[0].origin, person.shifts[0].window.start
    for start, fact in _facts(person.id, tasks):
        here, free = fact.location, max(free, start + fact.duration)
    for stop in route.stops:
        if stop.task is None:
            continue
        name, task = stop.task, tasks[stop.task]
        if task.pin is not None and task.pin.started:
            continue
        mode = person.mode_in(person.shifts[min(stop.shift, len(person.shifts) - 1)])
        start = max(task.window.start, free + int(problem.travel[mode][here, task.location]))
        yield name, start
        here, free = task.location, start + task.duration


def _facts(who: CaregiverId, tasks: Mapping[TaskId, Task]) -> list[tuple[int, Task]]:
    found = [
        (task.pin.start, task)
        for task in tasks.values()
        if task.pin is not None
        and task.pin.started
        and task.pin.start is not None
        and who in task.pin.caregivers
    ]
    return sorted(found, key=lambda each: each[0])
