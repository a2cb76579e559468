"""What a plan in force says about the time until now, where nobody has reported (pure).

Nobody's phone has signal everywhere: that a visit was not reported is no sign that it did not
take place. What should be over or under way is taken as done as planned, unless its caregiver was
called away before; then it has yet to be done.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from scheduler.model.plan import Placement, Plan, StopKind
from scheduler.model.problem import CaregiverId, Load, Pin, Problem, Task, TaskId, TaskKind, Window

LATE_AT_MOST_S: Final = 3 * 3_600
"""A task whose time has passed while its caregiver was away may still begin so long from now."""


def presume(problem: Problem, previous: Plan, now: int) -> Problem:
    """Return `problem` with the past as planned, and nothing left to begin before `now`.

    Args:
        problem: with what was reported pinned as facts.
        previous: the plan in force.
        now: seconds from midnight.
    """
    placed = previous.placements()
    alarms = _alarms(problem, now)
    aboard = _aboard(previous, now)

    def presumed(task: Task) -> Task:
        if task.pin is not None and task.pin.started:
            return _joined(task, task.pin, placed.get(task.id), alarms, now)
        found = _presumed(task, placed.get(task.id), alarms, now)
        courier = aboard.get(task.id)
        if found.pin is None and courier is not None and task.load.boxes:
            found = replace(found, pin=Pin(caregivers=(courier,)))
        return carried(found) if found.pin is not None else found

    return replace(problem, tasks=tuple(presumed(task) for task in problem.tasks))


def carried(task: Task) -> Task:
    """Return a task whose boxes, if any, need no loading any more."""
    return replace(task, load=Load(), meal_points=frozenset(), max_ride=None)


def _aboard(previous: Plan, now: int) -> dict[TaskId, CaregiverId]:
    """Who has which orders on board: of a trip that was to be loaded by now, all of them."""
    found: dict[TaskId, CaregiverId] = {}
    for route in previous.routes:
        loaded = False
        for stop in route.stops:
            if stop.kind == StopKind.LOAD:
                loaded = stop.start <= now
            elif loaded and stop.task is not None:
                found[stop.task] = route.caregiver
    return found


def without_past_loads(previous: Plan, now: int) -> Plan:
    """Return a plan without the loading that is over: what is on board needs none."""
    return replace(
        previous,
        routes=tuple(
            replace(
                route,
                stops=tuple(
                    stop for stop in route.stops if stop.kind != StopKind.LOAD or stop.start > now
                ),
            )
            for route in previous.routes
        ),
    )


def _joined(
    task: Task,
    pin: Pin,
    placed: Placement | None,
    alarms: Mapping[CaregiverId, list[Window]],
    now: int,
) -> Task:
    """A visit for two that one has reported: the other is taken to be there as well."""
    if placed is None or len(pin.caregivers) != 1 or _was_away(placed, alarms, now):
        return task
    both = tuple(sorted({*pin.caregivers, *placed.caregivers}))
    if len(both) != 2 or len(placed.caregivers) != 2:
        return task
    return replace(task, staff=2, pin=replace(pin, caregivers=both))


def _alarms(problem: Problem, now: int) -> dict[CaregiverId, list[Window]]:
    """Who was or is away when; who was late is there by the time that was said."""
    found: dict[CaregiverId, list[Window]] = {}
    for task in problem.tasks:
        if not task.kind.is_asked_for and task.pin is not None and task.pin.start is not None:
            away = Window(start=task.pin.start, end=task.pin.start + task.duration)
            if task.kind == TaskKind.DELAY and away.end <= now:
                continue
            for who in task.pin.caregivers:
                found.setdefault(who, []).append(away)
    return found


def _presumed(
    task: Task,
    placed: Placement | None,
    alarms: Mapping[CaregiverId, list[Window]],
    now: int,
) -> Task:
    if placed is not None and placed.start <= now and not _was_away(placed, alarms, now):
        fact = Pin(caregivers=placed.caregivers, start=placed.start, started=True)
        return replace(task, pin=fact)
    if task.window.start >= now:
        return task
    end = task.window.end if task.window.end > now else now + LATE_AT_MOST_S
    return replace(task, window=Window(start=now, end=end), due=task.latest_wanted)


def _was_away(placed: Placement, alarms: Mapping[CaregiverId, list[Window]], now: int) -> bool:
    """Whether an alarm kept one of its people from doing it as planned."""
    return any(
        away.start < min(placed.end, now) and away.end > placed.start
        for who in placed.caregivers
        for away in alarms.get(who, ())
    )
