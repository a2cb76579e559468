"""A plan as rows and rows as a plan (pure)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from scheduler.care.demand import task_id as visit_task
from scheduler.day.assembling import alarm_id, subject
from scheduler.meals.demand import kitchen_of
from scheduler.meals.demand import task_id as meal_task
from scheduler.model.plan import Plan, Route, Stop, StopKind, Unplaced
from scheduler.model.problem import (
    Caregiver,
    CaregiverId,
    MealPoint,
    MealPointId,
    Problem,
    Task,
    TaskId,
)
from scheduler.plans.store import StopRow, UnplacedRow


def stop_rows(problem: Problem, plan: Plan, midnight: datetime) -> list[StopRow]:
    """Return the lines of everybody's day, as they are stored."""
    people = {person.id: person for person in problem.caregivers}
    return [
        row
        for route in plan.routes
        for row in _route_rows(problem, people[route.caregiver], route, midnight)
    ]


def _route_rows(
    problem: Problem, person: Caregiver, route: Route, midnight: datetime
) -> list[StopRow]:
    rows: list[StopRow] = []
    trip = 0 if person.max_trips else None  # what is on board at first counts as a trip
    busy = False
    before: Stop | None = None
    for position, stop in enumerate(route.stops):
        if trip is not None and stop.kind == StopKind.LOAD:
            trip += busy
        busy = busy or stop.kind in {StopKind.LOAD, StopKind.TASK}
        kind, about = ("", None) if stop.task is None else subject(stop.task)
        moved = before is not None and before.shift == stop.shift
        rows.append(
            StopRow(
                caregiver_id=UUID(route.caregiver),
                position=position,
                kind=stop.kind,
                shift=stop.shift,
                trip=trip,
                visit_id=about if kind == "visit" else None,
                order_id=about if kind == "meal" else None,
                assignment_id=about if kind == "alarm" else None,
                meal_point_id=None if stop.meal_point is None else kitchen_of(stop.meal_point),
                arrive_at=midnight + timedelta(seconds=stop.arrival),
                start_at=midnight + timedelta(seconds=stop.start),
                end_at=midnight + timedelta(seconds=stop.end),
                travel_s=_way(problem, person, before, stop) if moved and before is not None else 0,
            )
        )
        before = stop
    return rows


def _way(problem: Problem, person: Caregiver, before: Stop, after: Stop) -> int:
    mode = person.mode_in(person.shifts[after.shift])
    return int(problem.travel[mode][before.location, after.location])


def unplaced_rows(plan: Plan) -> list[UnplacedRow]:
    """Return what is left out, as it is stored."""
    return [_unplaced_row(item) for item in plan.unplaced]


def _unplaced_row(item: Unplaced) -> UnplacedRow:
    kind, about = subject(item.task)
    remedy = item.remedy
    return UnplacedRow(
        task=item.task,
        visit_id=about if kind == "visit" else None,
        order_id=about if kind == "meal" else None,
        reason=item.reason,
        data=dict(item.data),
        remedy=None
        if remedy is None
        else {
            "caregiver": remedy.caregiver,
            "start": remedy.start,
            "relaxations": {str(name): size for name, size in remedy.relaxations.items()},
        },
    )


def revive(problem: Problem, rows: Sequence[StopRow], midnight: datetime) -> Plan:
    """Return a stored plan in the terms of `problem`.

    Stops of people and tasks that the problem no longer has are left out; so the plan need not
    keep its rules, and no task counts as left out by decision.
    """
    places = _Places(tasks={task.id: task for task in problem.tasks}, points=problem.meal_points)
    by_person: defaultdict[CaregiverId, list[StopRow]] = defaultdict(list)
    for row in rows:
        by_person[CaregiverId(str(row.caregiver_id))].append(row)
    return Plan(
        routes=tuple(
            _route(person, by_person[person.id], places, midnight) for person in problem.caregivers
        )
    )


def promised(rows: Sequence[StopRow], midnight: datetime) -> Plan:
    """Return who was to do what and when by a stored plan, to compare another with.

    Unlike `revive` it has people who no longer work that day and tasks that are no more: they
    have lost something. It knows no places, so it is no plan to start from.
    """
    by_person: defaultdict[UUID, list[Stop]] = defaultdict(list)
    for row in rows:
        if StopKind(row.kind) == StopKind.TASK:
            by_person[row.caregiver_id].append(
                Stop(
                    kind=StopKind.TASK,
                    shift=row.shift,
                    location=0,
                    arrival=_seconds(midnight, row.arrive_at),
                    start=_seconds(midnight, row.start_at),
                    end=_seconds(midnight, row.end_at),
                    task=_task(row),
                )
            )
    return Plan(
        routes=tuple(
            Route(caregiver=CaregiverId(str(who)), stops=tuple(stops))
            for who, stops in by_person.items()
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Places:
    tasks: Mapping[TaskId, Task]
    points: Sequence[MealPoint]

    def point(self, kitchen: UUID, start: int) -> MealPoint | None:
        """A kitchen is one meal point for each meal; its hours tell which was meant."""
        mine = [point for point in self.points if kitchen_of(point.id) == kitchen]
        return min(
            mine, key=lambda point: max(point.ready - start, start - point.closes, 0), default=None
        )


def _route(
    person: Caregiver, rows: Sequence[StopRow], places: _Places, midnight: datetime
) -> Route:
    stops: list[Stop] = []
    for row in rows:
        if row.shift >= len(person.shifts):
            continue
        stop = _stop(person, row, places, midnight, stops[-1] if stops else None)
        if stop is not None:
            stops.append(stop)
    if not any(stop.kind == StopKind.TASK for stop in stops):
        return Route(caregiver=person.id)
    return Route(caregiver=person.id, stops=tuple(stops))


def _stop(
    person: Caregiver, row: StopRow, places: _Places, midnight: datetime, before: Stop | None
) -> Stop | None:
    shift, start = person.shifts[row.shift], _seconds(midnight, row.start_at)
    here = shift.origin if before is None else before.location
    location: int | None = here
    task = meal_point = None
    match StopKind(row.kind):
        case StopKind.TASK:
            task = _task(row)
            location = places.tasks[task].location if task in places.tasks else None
        case StopKind.LOAD:
            point = None if row.meal_point_id is None else places.point(row.meal_point_id, start)
            location = None if point is None else point.location
            meal_point = None if point is None else MealPointId(point.id)
        case StopKind.DEPART:
            location = shift.origin
        case StopKind.RETURN if shift.destination is not None:
            location = shift.destination
    if location is None:
        return None
    return Stop(
        kind=StopKind(row.kind),
        shift=row.shift,
        location=location,
        arrival=_seconds(midnight, row.arrive_at),
        start=start,
        end=_seconds(midnight, row.end_at),
        task=task,
        meal_point=meal_point,
    )


def _task(row: StopRow) -> TaskId:
    if row.visit_id is not None:
        return visit_task(row.visit_id)
    if row.order_id is not None:
        return meal_task(row.order_id)
    if row.assignment_id is None:
        raise ValueError("a stop about nothing")
    return alarm_id(row.assignment_id)


def _seconds(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds())
