"""A part of a city as a problem of its own, and its plan back in the city (pure)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from scheduler.city.model import City, Part, Piece
from scheduler.model.plan import Plan, Route, Unplaced
from scheduler.model.problem import Caregiver, CaregiverId, Problem, Shift, Task, TaskId, modes_of
from scheduler.travel.model import TravelTimes


@dataclass(slots=True)
class _Rows:
    """Locations of the piece, numbered as they are met."""

    rows: dict[int, int] = field(default_factory=dict)

    def of(self, place: int) -> int:
        return self.rows.setdefault(place, len(self.rows))

    def shift(self, shift: Shift) -> Shift:
        end = shift.destination
        return replace(
            shift, origin=self.of(shift.origin), destination=None if end is None else self.of(end)
        )


def piece(
    city: City,
    tasks: Collection[Task],
    caregivers: Collection[Caregiver],
    *,
    initial: Plan | None = None,
    previous: Plan | None = None,
) -> Piece:
    """Return a problem about these tasks and people, with locations of its own.

    Args:
        city: gives places, gaps and weights; a gap is kept when both its tasks are there, with
            as many people as the city wants.
        tasks: of the city, or changed ones in their place.
        caregivers: of the city.
        initial: a plan of the city to start from.
        previous: the plan in force, of the city.
    """
    rows = _Rows()
    ours = tuple(
        replace(person, shifts=tuple(rows.shift(shift) for shift in person.shifts))
        for person in caregivers
    )
    todo = tuple(replace(task, location=rows.of(task.location)) for task in tasks)
    points = tuple(
        replace(point, location=rows.of(point.location)) for point in city.problem.meal_points
    )
    wanted = {task.id: task.staff for task in city.problem.tasks}
    whole = {task.id for task in todo if task.staff == wanted[task.id]}
    return Piece(
        tasks=todo,
        caregivers=ours,
        positions=tuple(city.positions[place] for place in rows.rows),
        places=tuple(rows.rows),
        precedences=tuple(
            rule for rule in city.problem.precedences if {rule.first, rule.then} <= whole
        ),
        meal_points=points,
        weights=city.problem.weights,
        closed={mode: city.closed[mode] for mode in modes_of(ours) if mode in city.closed},
        initial=_within(initial, ours, todo, rows.rows),
        previous=_within(previous, ours, todo, rows.rows),
    )


def piece_of(city: City, part: Part, previous: Plan | None = None) -> Piece:
    """Return a part as a piece; what is in force is where its search begins."""
    tasks, people = frozenset(part.tasks), frozenset(part.caregivers)
    return piece(
        city,
        [task for task in city.problem.tasks if task.id in tasks],
        [person for person in city.problem.caregivers if person.id in people],
        initial=previous,
        previous=previous,
    )


def _within(
    plan: Plan | None,
    caregivers: Sequence[Caregiver],
    tasks: Sequence[Task],
    rows: Mapping[int, int],
) -> Plan | None:
    """The plan's routes of these people, without stops for what is not in the piece.

    A place that only such a stop had becomes the first: nobody looks at where a break was.
    """
    if plan is None:
        return None
    known, routes = {task.id for task in tasks}, {route.caregiver: route for route in plan.routes}
    return Plan(
        routes=tuple(
            Route(
                caregiver=person.id,
                stops=tuple(
                    replace(stop, location=rows.get(stop.location, 0))
                    for stop in routes.get(person.id, Route(caregiver=person.id)).stops
                    if stop.task is None or stop.task in known
                ),
            )
            for person in caregivers
        ),
        unplaced=tuple(item for item in plan.unplaced if item.task in known),
    )


def problem_of(given: Piece, travel: TravelTimes) -> Problem:
    """Return the piece as a problem, with the travel times of its people's modes."""
    modes = modes_of(given.caregivers)
    return Problem(
        tasks=given.tasks,
        caregivers=given.caregivers,
        travel=travel(given.positions, modes, given.closed),
        precedences=given.precedences,
        meal_points=given.meal_points,
        weights=given.weights,
    )


def placed_back(given: Piece, plan: Plan) -> Plan:
    """Return a plan of the piece in the city's locations."""
    return Plan(
        routes=tuple(
            Route(
                caregiver=route.caregiver,
                stops=tuple(
                    replace(stop, location=given.places[stop.location]) for stop in route.stops
                ),
            )
            for route in plan.routes
        ),
        unplaced=plan.unplaced,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceResult:
    """What a piece came to: the tasks it was about, and its plan in the city's locations."""

    tasks: frozenset[TaskId]
    plan: Plan


def merged(city: City, outcomes: Sequence[PieceResult]) -> Plan:
    """Return the plan of the city; what a later piece decided about somebody or a task counts."""
    routes: dict[CaregiverId, Route] = {}
    out: dict[TaskId, Unplaced] = {}
    for outcome in outcomes:
        routes |= {route.caregiver: route for route in outcome.plan.routes}
        for task in outcome.tasks:
            out.pop(task, None)
        out |= {item.task: item for item in outcome.plan.unplaced}
    order = (person.id for person in city.problem.caregivers)
    return Plan(
        routes=tuple(routes.get(who, Route(caregiver=who)) for who in order),
        unplaced=tuple(out[task.id] for task in city.problem.tasks if task.id in out),
    )
