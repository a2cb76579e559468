"""Every rule and the cost restated in plain code; it alone lets a plan be published.

Knows no solver and shares no code with one. Units as in `scheduler.model.problem`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

from scheduler.model.cost import Cost, cost
from scheduler.model.plan import Plan, Route, Stop, StopKind
from scheduler.model.problem import (
    HALF_HOUR,
    Break,
    Caregiver,
    CaregiverId,
    Load,
    Matrix,
    MealPointId,
    Problem,
    Shift,
    Task,
    TaskId,
)
from scheduler.model.rules import Rule

__all__ = [
    "Cost",
    "Trip",
    "Violation",
    "between",
    "cost",
    "coverage",
    "half_hours",
    "is_fact",
    "of_day",
    "of_meals",
    "of_visit",
    "seats_of",
    "shape",
    "trips",
    "violations",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A broken hard rule; `data` says by how much (seconds, boxes) or with whom."""

    rule: Rule
    task: TaskId | None = None
    caregiver: CaregiverId | None = None
    data: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """What was loaded once, and handed over until the next load or the end of the shift."""

    load: Stop | None
    deliveries: tuple[Stop, ...]


Seats: TypeAlias = dict[TaskId, list[tuple[CaregiverId, Stop]]]


def violations(problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """All broken hard rules; a plan with none may be published."""
    return tuple(_all(problem, plan))


def _all(problem: Problem, plan: Plan) -> Iterator[Violation]:
    people = {person.id: person for person in problem.caregivers}
    tasks = {task.id: task for task in problem.tasks}
    ids = [route.caregiver for route in plan.routes]
    if len(set(ids)) != len(ids) or not people.keys() >= set(ids):
        yield Violation(rule=Rule.SHAPE, data={"why": "routes"})
        return
    for route in plan.routes:
        broken = shape(people[route.caregiver], route, tasks)
        if broken is not None:
            yield Violation(rule=Rule.SHAPE, caregiver=route.caregiver, data={"why": broken})
            return
    seats = seats_of(plan)
    yield from coverage(problem, plan, seats)
    for route in plan.routes:
        person = people[route.caregiver]
        yield from of_day(problem, person, route, tasks)
        for stop in route.stops:
            if stop.task is not None:
                yield from of_visit(person, stop, tasks[stop.task])
        yield from of_meals(problem, person, route, tasks)
    yield from between(problem, seats, tasks)
    yield from half_hours(problem, plan, tasks)


def shape(person: Caregiver, route: Route, tasks: Mapping[TaskId, Task]) -> str | None:
    """What makes the route unreadable, if anything does; of tasks it reads the location."""
    faults = {
        "ends": not all(_has_ends(shift) for shift in _shifts(route)),
        "unknown shift": any(not 0 <= stop.shift < len(person.shifts) for stop in route.stops),
        "order": any(before.shift > after.shift for before, after in pairwise(route.stops)),
        "stop": not all(_is_readable(stop, tasks) for stop in route.stops),
    }
    return next((why for why, found in faults.items() if found), None)


def _has_ends(shift: tuple[Stop, ...]) -> bool:
    kinds = [stop.kind for stop in shift]
    return (
        len(kinds) >= 2
        and [n for n, kind in enumerate(kinds) if kind == StopKind.DEPART] == [0]
        and [n for n, kind in enumerate(kinds) if kind == StopKind.RETURN] == [len(kinds) - 1]
    )


def _is_readable(stop: Stop, tasks: Mapping[TaskId, Task]) -> bool:
    if (stop.kind == StopKind.TASK) != (stop.task is not None):
        return False
    if (stop.kind == StopKind.LOAD) != (stop.meal_point is not None):
        return False
    if stop.task is None:
        return True
    return stop.task in tasks and stop.location == tasks[stop.task].location


def _shifts(route: Route) -> list[tuple[Stop, ...]]:
    groups: dict[int, list[Stop]] = {}
    for stop in route.stops:
        groups.setdefault(stop.shift, []).append(stop)
    return [tuple(stops) for stops in groups.values()]


def seats_of(plan: Plan) -> Seats:
    """Who is at each task, with their stops."""
    seats: Seats = {}
    for route in plan.routes:
        for stop in route.stops:
            if stop.task is not None:
                seats.setdefault(stop.task, []).append((route.caregiver, stop))
    return seats


def coverage(problem: Problem, plan: Plan, seats: Seats) -> Iterator[Violation]:
    """Tasks that are neither done by as many as they need nor left out once."""
    out = [item.task for item in plan.unplaced]
    for task in problem.tasks:
        placed = len(seats.get(task.id, ()))
        wanted = 0 if task.id in out else task.staff
        if placed != wanted or out.count(task.id) > 1:
            yield Violation(
                rule=Rule.COVERED, task=task.id, data={"placed": placed, "wanted": wanted}
            )


def is_fact(task: Task | None) -> bool:
    """Whether it has begun."""
    return task is not None and task.pin is not None and task.pin.started


def of_day(
    problem: Problem, person: Caregiver, route: Route, tasks: Mapping[TaskId, Task]
) -> Iterator[Violation]:
    """Ways, shifts, breaks and limits of a readable route; of tasks it reads which are facts."""
    who = person.id
    worked = riding = 0
    for stops in _shifts(route):
        shift = person.shifts[stops[0].shift]
        travel = problem.travel[person.mode_in(shift)]
        yield from _legs(travel, person, stops, tasks)
        yield from _shift_ends(person, shift, stops)
        for rest in shift.breaks:
            if not _rested(rest, stops):
                yield Violation(rule=Rule.BREAK, caregiver=who, data={"from": rest.window.start})
        worked += stops[-1].end - stops[0].end
        riding += _riding(travel, shift, stops)
    if person.max_work is not None and worked > person.max_work:
        yield Violation(
            rule=Rule.LONGEST_DAY, caregiver=who, data={"over": worked - person.max_work}
        )
    if person.max_riding is not None and riding > person.max_riding:
        yield Violation(rule=Rule.RIDING, caregiver=who, data={"over": riding - person.max_riding})


def _legs(
    travel: Matrix, person: Caregiver, stops: tuple[Stop, ...], tasks: Mapping[TaskId, Task]
) -> Iterator[Violation]:
    for stop in stops:
        if not stop.arrival <= stop.start <= stop.end:
            yield Violation(rule=Rule.TRAVEL, task=stop.task, caregiver=person.id)
    for before, after in pairwise(stops):
        if after.task is not None and is_fact(tasks[after.task]):
            continue
        early = before.end + int(travel[before.location, after.location]) - after.arrival
        if early > 0:
            yield Violation(
                rule=Rule.TRAVEL, task=after.task, caregiver=person.id, data={"early": early}
            )


def _shift_ends(person: Caregiver, shift: Shift, stops: tuple[Stop, ...]) -> Iterator[Violation]:
    early = shift.window.start - stops[0].end
    late = stops[-1].end - shift.window.end - person.max_overtime
    if early > 0 or late > 0:
        yield Violation(
            rule=Rule.SHIFT,
            caregiver=person.id,
            data={"early": max(0, early), "late": max(0, late)},
        )
    end = stops[-2].location if shift.destination is None else shift.destination
    if stops[0].location != shift.origin or stops[-1].location != end:
        yield Violation(rule=Rule.SHIFT, caregiver=person.id, data={"why": "place"})


def _rested(rest: Break, stops: tuple[Stop, ...]) -> bool:
    """Whether the break was taken on the way, before leaving, or fell after the return."""
    if stops[-1].end <= rest.window.end or stops[0].end >= rest.window.start + rest.duration:
        return True
    return any(
        stop.kind == StopKind.BREAK
        and rest.window.start <= stop.start <= rest.window.end
        and stop.end - stop.start >= rest.duration
        and stop.location == before.location
        for before, stop in pairwise(stops)
    )


def _riding(travel: Matrix, shift: Shift, stops: tuple[Stop, ...]) -> int:
    legs = list(pairwise(stops))
    if shift.destination is None:
        legs = legs[:-1]
    return sum(int(travel[before.location, after.location]) for before, after in legs)


def of_visit(person: Caregiver, stop: Stop, task: Task) -> Iterator[Violation]:
    """What is wrong with one person doing one task at one stop."""
    pin = task.pin
    if pin is not None and (
        (pin.caregivers and person.id not in pin.caregivers)
        or (pin.start is not None and stop.start != pin.start)
    ):
        yield Violation(rule=Rule.PINNED, task=task.id, caregiver=person.id)
    if stop.end - stop.start < task.duration:
        yield Violation(rule=Rule.DURATION, task=task.id, caregiver=person.id)
    if is_fact(task):
        return
    if not task.window.start <= stop.start <= task.window.end:
        yield Violation(
            rule=Rule.WINDOW, task=task.id, caregiver=person.id, data={"start": stop.start}
        )
    missing = task.skills - person.skills
    if missing:
        yield Violation(
            rule=Rule.SKILL,
            task=task.id,
            caregiver=person.id,
            data={"missing": ", ".join(sorted(missing))},
        )
    if person.id in task.refused:
        yield Violation(rule=Rule.REFUSED, task=task.id, caregiver=person.id)


def trips(stops: tuple[Stop, ...]) -> list[Trip]:
    """Cut a shift at its LOAD stops; what comes before the first has `load` None."""
    found: list[Trip] = []
    load: Stop | None = None
    handed: list[Stop] = []
    for stop in stops:
        if stop.kind == StopKind.LOAD:
            found.append(Trip(load=load, deliveries=tuple(handed)))
            load, handed = stop, []
        elif stop.kind == StopKind.TASK:
            handed.append(stop)
    found.append(Trip(load=load, deliveries=tuple(handed)))
    return found


def of_meals(
    problem: Problem, person: Caregiver, route: Route, tasks: Mapping[TaskId, Task]
) -> Iterator[Violation]:
    """Loads and boxes of a readable route; reads what tasks say of loads, points and rides."""
    for stops in _shifts(route):
        yield from _meals(problem, person, stops, tasks)


def _meals(
    problem: Problem, person: Caregiver, stops: tuple[Stop, ...], tasks: Mapping[TaskId, Task]
) -> Iterator[Violation]:
    points = {point.id: point for point in problem.meal_points}
    loads = [stop for stop in stops if stop.meal_point is not None]
    if len(loads) > person.max_trips:
        yield Violation(rule=Rule.TRIPS, caregiver=person.id, data={"trips": len(loads)})
    for stop in loads:
        point = None if stop.meal_point is None else points.get(stop.meal_point)
        if point is None or stop.location != point.location:
            yield Violation(rule=Rule.MEAL_POINT, caregiver=person.id)
        elif not point.ready <= stop.start <= point.closes:
            yield Violation(rule=Rule.MEAL_POINT_HOURS, caregiver=person.id)
        if person.meal_points and stop.meal_point not in person.meal_points:
            yield Violation(rule=Rule.MEAL_POINT, caregiver=person.id)
        if stop.end - stop.start < person.loading:
            yield Violation(rule=Rule.DURATION, caregiver=person.id)
    for trip in trips(stops):
        yield from _trip(person, trip, tasks)


def _trip(person: Caregiver, trip: Trip, tasks: Mapping[TaskId, Task]) -> Iterator[Violation]:
    total = Load()
    for stop in trip.deliveries:
        if stop.task is None:
            continue
        task = tasks[stop.task]
        total += task.load
        if task.load.boxes == 0:
            continue
        source = None if trip.load is None else trip.load.meal_point
        if source not in task.meal_points and (trip.load is not None or task.meal_points):
            yield Violation(rule=Rule.MEAL_POINT, task=task.id, caregiver=person.id)
        if task.max_ride is not None and trip.load is not None:
            over = stop.start - trip.load.end - task.max_ride
            if over > 0:
                yield Violation(
                    rule=Rule.TIME_IN_THE_BOX,
                    task=task.id,
                    caregiver=person.id,
                    data={"over": over},
                )
    if total.hot > person.capacity.hot or total.cold > person.capacity.cold:
        yield Violation(
            rule=Rule.CAPACITY,
            caregiver=person.id,
            data={"hot": total.hot, "cold": total.cold},
        )


def between(problem: Problem, seats: Seats, tasks: Mapping[TaskId, Task]) -> Iterator[Violation]:
    """Rules between the people of one task, and between tasks."""
    for task_id, places in seats.items():
        who = {caregiver for caregiver, _ in places}
        starts = {stop.start for _, stop in places}
        if len(places) > 1 and (len(who) != len(places) or len(starts) != 1):
            yield Violation(rule=Rule.TOGETHER, task=task_id)
    for rule in problem.precedences:
        first, then = seats.get(rule.first), seats.get(rule.then)
        if not first or not then:
            continue
        gap = then[0][1].start - first[0][1].start
        facts = is_fact(tasks[rule.first]) and is_fact(tasks[rule.then])
        if not facts and (gap < rule.least or (rule.most is not None and gap > rule.most)):
            yield Violation(rule=Rule.GAP, task=rule.then, data={"gap": gap, "other": rule.first})
        same = {caregiver for caregiver, _ in first} & {caregiver for caregiver, _ in then}
        if rule.different_caregivers and same:
            yield Violation(rule=Rule.DIFFERENT, task=rule.then, data={"other": rule.first})


def half_hours(problem: Problem, plan: Plan, tasks: Mapping[TaskId, Task]) -> Iterator[Violation]:
    """Meal points that hand out more than they can; days without a load do not count."""
    out: dict[tuple[MealPointId, int], int] = {}
    for route in plan.routes:
        for stops in _shifts(route):
            for trip in trips(stops):
                if trip.load is None or trip.load.meal_point is None:
                    continue
                slot = (trip.load.meal_point, trip.load.end // HALF_HOUR)
                boxes = sum(
                    tasks[stop.task].load.boxes for stop in trip.deliveries if stop.task is not None
                )
                out[slot] = out.get(slot, 0) + boxes
    limits = {point.id: point.per_half_hour for point in problem.meal_points}
    for (place, number), boxes in out.items():
        limit = limits.get(place)
        if limit is not None and boxes > limit:
            yield Violation(
                rule=Rule.MEAL_POINT_CAPACITY,
                data={"meal_point": place, "from": number * HALF_HOUR, "boxes": boxes},
            )
