"""A city as its pieces keep it: put together again from the parts, and what came of them (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kernel.geo import Position
from scheduler.city.borders import indexed, trade
from scheduler.city.model import City, Part, Piece
from scheduler.city.neighbours import Border, borders, rounds
from scheduler.city.pieces import PieceResult, merged, placed_back
from scheduler.model.plan import Plan
from scheduler.model.problem import Caregiver, Precedence, Problem, Task, Weights, modes_of
from scheduler.travel.legs import lazily
from scheduler.travel.model import TravelTimes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Snapshot:
    """A city as it was cut.

    Attributes:
        previous: the plan that was in force, if one was.
        outcomes: of parts and trades so far, in the order of rounds.
    """

    city: City
    parts: tuple[Part, ...]
    previous: Plan | None
    outcomes: tuple[PieceResult, ...]

    @property
    def plan(self) -> Plan:
        """The city's plan as it stands."""
        return merged(self.city, self.outcomes)


def snapshot(
    parts: Sequence[Piece],
    plans: Sequence[Plan | None],
    traded: Sequence[tuple[Piece, Plan]],
    travel: TravelTimes,
) -> Snapshot:
    """Put a city together.

    Args:
        parts: its pieces.
        plans: of each part; None while it is not solved.
        traded: pieces of later rounds that gained, in order, with their plans.
        travel: times of its legs.
    """
    positions = _positions(parts)
    tasks: list[Task] = []
    people: list[Caregiver] = []
    rules: list[Precedence] = []
    for part in parts:
        tasks += [replace(task, location=part.places[task.location]) for task in part.tasks]
        people += [_person(part, person) for person in part.caregivers]
        rules += part.precedences
    modes = modes_of(people)
    closed = {mode: circles for part in parts for mode, circles in part.closed.items()}
    city = City(
        problem=Problem(
            tasks=tuple(tasks),
            caregivers=tuple(people),
            travel=lazily(travel)(positions, modes, closed),
            precedences=tuple(rules),
            weights=parts[0].weights if parts else Weights(),
        ),
        positions=positions,
        areas={},
        closed=closed,
    )
    solved = [(part, plan) for part, plan in zip(parts, plans, strict=True) if plan is not None]
    return Snapshot(
        city=city,
        parts=tuple(
            Part(
                tasks=tuple(task.id for task in part.tasks),
                caregivers=tuple(person.id for person in part.caregivers),
            )
            for part in parts
        ),
        previous=_previous(parts),
        outcomes=tuple(
            PieceResult(
                tasks=frozenset(task.id for task in piece.tasks), plan=placed_back(piece, plan)
            )
            for piece, plan in (*solved, *traded)
        ),
    )


def _positions(parts: Sequence[Piece]) -> list[Position]:
    """Positions by the city's numbers; a number that no part has is one nobody goes to."""
    size = 1 + max((place for part in parts for place in part.places), default=-1)
    found = [parts[0].positions[0]] * size if size else []
    for part in parts:
        for place, position in zip(part.places, part.positions, strict=True):
            found[place] = position
    return found


def _person(part: Piece, person: Caregiver) -> Caregiver:
    return replace(
        person,
        shifts=tuple(
            replace(
                shift,
                origin=part.places[shift.origin],
                destination=None if shift.destination is None else part.places[shift.destination],
            )
            for shift in person.shifts
        ),
    )


def _previous(parts: Sequence[Piece]) -> Plan | None:
    plans = [placed_back(part, part.previous) for part in parts if part.previous is not None]
    if not plans:
        return None
    return Plan(
        routes=tuple(route for plan in plans for route in plan.routes),
        unplaced=tuple(item for plan in plans for item in plan.unplaced),
    )


def dealt(now: Snapshot) -> list[tuple[Border, ...]]:
    """Return the borders of a city in rounds of trades."""
    places = {task.id: task.location for task in now.city.problem.tasks}
    return rounds(borders(now.parts, now.city.points, places))


def trades(now: Snapshot, pairs: Sequence[Border]) -> list[Piece]:
    """Return what each of these pairs of parts may decide anew."""
    there = indexed(now.city, now.plan)
    found = (
        trade(there, now.parts[one], now.parts[other], previous=now.previous)
        for one, other in pairs
    )
    return [piece for piece in found if piece is not None]
