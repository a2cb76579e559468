"""A synthetic city: districts of centres, each with a day of its own, side by side."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bench.schedule_days import visits_of
from kernel.geo import Position
from scheduler.city.model import METRES_A_DEGREE, AreaPath, City
from scheduler.model.problem import EBIKE, Caregiver, CaregiverId, Precedence, Problem, Task, TaskId
from scheduler.travel.builtin import travel_times
from scheduler.travel.legs import lazily

CENTRE_VISITS = 1_000
STREET_M = 4_500.0
COMMUNITY_M = 1_100.0
SOUTH_WEST = (31.7, 119.8)
STREETS_IN_A_DISTRICT = 3
"""Along each axis."""


def visit_city(visits: int, caregivers: int, *, seed: int = 1) -> City:
    """A day of so many visits; streets differ in size, and every other one has a tenth less staff.

    Args:
        visits: in the whole city.
        caregivers: likewise.
        seed: of everything.
    """
    rng = np.random.default_rng(seed)
    streets = max(1, round(visits / CENTRE_VISITS))
    wide = int(np.ceil(np.sqrt(streets)))
    share = rng.uniform(0.6, 1.4, streets)
    staffed = share * np.where(np.arange(streets) % 2, 0.9, 1.1)
    tasks: list[Task] = []
    people: list[Caregiver] = []
    rules: list[Precedence] = []
    places: list[tuple[float, float]] = []
    areas: dict[TaskId, AreaPath] = {}
    for n, (some, who) in enumerate(
        zip(_dealt(visits, share), _dealt(caregivers, staffed), strict=True)
    ):
        found, mine, ours, gaps = visits_of(some, who, seed=seed * 1_000 + n, side=STREET_M)
        column, row = n % wide, n // wide
        first = len(places)
        places += [(x + column * STREET_M, y + row * STREET_M) for x, y in found.tolist()]
        tasks += [_task(task, n, first) for task in mine]
        people += [_person(person, n, first) for person in ours]
        rules += [
            replace(gap, first=_task_id(gap.first, n), then=_task_id(gap.then, n)) for gap in gaps
        ]
        for task in mine:
            x, y = found[task.location]
            areas[_task_id(task.id, n)] = (
                "city",
                f"d{row // STREETS_IN_A_DISTRICT:02d}{column // STREETS_IN_A_DISTRICT:02d}",
                f"s{n:03d}",
                f"s{n:03d}c{int(x / COMMUNITY_M)}{int(y / COMMUNITY_M)}",
            )
    positions = [_position(x, y) for x, y in places]
    return City(
        problem=Problem(
            tasks=tuple(tasks),
            caregivers=tuple(people),
            travel=lazily(travel_times)(positions, frozenset({EBIKE})),
            precedences=tuple(rules),
        ),
        positions=positions,
        areas=areas,
    )


def _dealt(total: int, share: NDArray[np.float64]) -> list[int]:
    ends = np.rint(np.cumsum(share) / share.sum() * total).astype(int)
    return [int(n) for n in np.diff(ends, prepend=0)]


def _position(x: float, y: float) -> Position:
    south, west = SOUTH_WEST
    wide = METRES_A_DEGREE * np.cos(np.radians(south))
    return Position(round(south + y / METRES_A_DEGREE, 6), round(west + x / wide, 6))


def _task_id(task: str, n: int) -> TaskId:
    return TaskId(f"s{n:03d}{task}")


def _who(person: str, n: int) -> CaregiverId:
    return CaregiverId(f"s{n:03d}{person}")


def _task(task: Task, n: int, first: int) -> Task:
    return replace(
        task,
        id=_task_id(task.id, n),
        location=first + task.location,
        familiar={_who(who, n): share for who, share in task.familiar.items()},
    )


def _person(person: Caregiver, n: int, first: int) -> Caregiver:
    return replace(
        person,
        id=_who(person.id, n),
        shifts=tuple(
            replace(
                shift,
                origin=first + shift.origin,
                destination=None if shift.destination is None else first + shift.destination,
            )
            for shift in person.shifts
        ),
    )
