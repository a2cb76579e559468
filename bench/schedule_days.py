"""Synthetic days of any size, seeded: visits with pairs and ordered services, and meal runs."""

import numpy as np
from numpy.typing import NDArray

from scheduler.model.problem import (
    EBIKE,
    Break,
    Caregiver,
    CaregiverId,
    Load,
    Matrix,
    MealPoint,
    MealPointId,
    Precedence,
    Problem,
    Shift,
    Task,
    TaskId,
    TaskKind,
    Window,
)

HOUR = 3_600
SKILLS = ("bath", "nursing", "meal", "cleaning")
METRES_PER_SECOND = 4.0
DETOUR = 1.35


def travel_between(places: NDArray[np.float64]) -> Matrix:
    """Seconds by e-bike between points given in metres; row by row, to hold no more than that."""
    seconds: Matrix = np.empty((len(places), len(places)), np.int32)
    for row, place in zip(seconds, places, strict=True):
        row[:] = np.rint(np.hypot(*(places - place).T) * DETOUR / METRES_PER_SECOND)
    return seconds


def visit_day(
    visits: int,
    caregivers: int,
    *,
    seed: int = 1,
    pairs: float = 0.08,
    ordered: float = 0.05,
    side: float = 6_000.0,
    breaks: bool = True,
) -> Problem:
    """A day of home visits around a few stations.

    Args:
        visits: how many.
        caregivers: how many, half on an early shift, some on a split one.
        seed: of everything.
        pairs: share of visits for two.
        ordered: share of visits that have a second service after a gap.
        side: of the square town, metres.
        breaks: whether full shifts have a lunch break.
    """
    places, tasks, people, rules = visits_of(
        visits, caregivers, seed=seed, pairs=pairs, ordered=ordered, side=side, breaks=breaks
    )
    return Problem(
        tasks=tasks, caregivers=people, travel={EBIKE: travel_between(places)}, precedences=rules
    )


def visits_of(
    visits: int,
    caregivers: int,
    *,
    seed: int,
    pairs: float = 0.08,
    ordered: float = 0.05,
    side: float = 6_000.0,
    breaks: bool = True,
) -> tuple[NDArray[np.float64], tuple[Task, ...], tuple[Caregiver, ...], tuple[Precedence, ...]]:
    """Places in metres, visits, people and gaps of a day; see `visit_day`."""
    rng = np.random.default_rng(seed)
    stations = rng.uniform(0.15 * side, 0.85 * side, (max(1, caregivers // 12), 2))
    homes = rng.uniform(0, side, (visits, 2))
    places = np.vstack([stations, homes])
    people = tuple(_caregiver(n, len(stations), rng, breaks=breaks) for n in range(caregivers))
    names = [person.id for person in people]
    tasks = []
    for n in range(visits):
        start = int(rng.choice([8, 8.5, 9, 10, 11, 13, 14, 15, 16]) * HOUR)
        width = int(rng.choice([1, 1.5, 2, 3]) * HOUR)
        usual = rng.choice(len(names), 2, replace=False)
        tasks.append(
            Task(
                id=TaskId(f"v{n:05d}"),
                location=len(stations) + n,
                duration=int(rng.choice([20, 30, 30, 45, 60])) * 60,
                window=Window(start=start, end=start + width),
                due=start + width // 2,
                skills=frozenset({str(rng.choice(SKILLS))}),
                staff=2 if rng.random() < pairs else 1,
                familiar={names[usual[0]]: 70, names[usual[1]]: 30},
            )
        )
    rules = []
    for n in range(0, visits - 1, 2):
        if rng.random() < ordered and tasks[n].staff == tasks[n + 1].staff == 1:
            first, then = tasks[n], tasks[n + 1]
            tasks[n + 1] = Task(
                id=then.id,
                location=first.location,
                duration=then.duration,
                window=Window(start=first.window.start, end=first.window.end + 2 * HOUR),
                due=first.window.end + HOUR,
                skills=then.skills,
            )
            rules.append(
                Precedence(
                    first=first.id,
                    then=then.id,
                    least=HOUR // 2,
                    most=2 * HOUR,
                    different_caregivers=True,
                )
            )
    return places, tuple(tasks), people, tuple(rules)


def _caregiver(n: int, stations: int, rng: np.random.Generator, *, breaks: bool) -> Caregiver:
    station = int(rng.integers(stations))
    skills = frozenset(str(s) for s in rng.choice(SKILLS, int(rng.integers(2, 5)), replace=False))
    kinds = (((7.5, 15.5),), ((9.5, 17.5),), ((7.5, 12.0), (14.0, 18.0)))
    spans: tuple[tuple[float, float], ...] = kinds[n % 3]
    lunch = Break(window=Window(start=int(11.5 * HOUR), end=int(13.5 * HOUR)), duration=HOUR // 2)
    shifts = tuple(
        Shift(
            window=Window(start=int(begin * HOUR), end=int(end * HOUR)),
            origin=station,
            destination=station,
            breaks=(lunch,) if breaks and end - begin > 6 else (),
        )
        for begin, end in spans
    )
    return Caregiver(id=CaregiverId(f"c{n:04d}"), skills=skills, shifts=shifts, max_overtime=1800)


def meal_day(
    meals: int, points: int, couriers: int, *, seed: int = 1, side: float = 6_000.0
) -> Problem:
    """A lunch: orders with diets, meal points with half hours, couriers with several trips."""
    rng = np.random.default_rng(seed)
    kitchens = rng.uniform(0.1 * side, 0.9 * side, (points, 2))
    homes = rng.uniform(0, side, (meals, 2))
    names = [MealPointId(f"m{n:02d}") for n in range(points)]
    diets = {
        "plain": frozenset(names),
        "soft": frozenset(names[: max(1, 2 * points // 3)]),
        "halal": frozenset(names[::3]),
    }
    tasks = []
    for n in range(meals):
        diet = str(rng.choice(["plain", "plain", "plain", "soft", "halal"]))
        tasks.append(
            Task(
                id=TaskId(f"o{n:05d}"),
                kind=TaskKind.MEAL,
                location=points + n,
                duration=120,
                window=Window(start=int(10.75 * HOUR), end=int(12.75 * HOUR)),
                due=int(12.25 * HOUR),
                load=Load(hot=1, cold=int(rng.random() < 0.3)),
                meal_points=diets[diet],
                max_ride=50 * 60,
            )
        )
    people = tuple(
        Caregiver(
            id=CaregiverId(f"k{n:03d}"),
            shifts=(
                Shift(
                    window=Window(start=int(10.25 * HOUR), end=int(13.5 * HOUR)),
                    origin=n % points,
                    destination=n % points,
                ),
            ),
            capacity=Load(hot=18, cold=10),
            max_trips=4,
        )
        for n in range(couriers)
    )
    kitchens_open = tuple(
        MealPoint(
            id=name,
            location=n,
            per_half_hour=max(10, round(1.1 * meals / points / 2)),
            ready=int(10.5 * HOUR),
        )
        for n, name in enumerate(names)
    )
    return Problem(
        tasks=tuple(tasks),
        caregivers=people,
        travel={EBIKE: travel_between(np.vstack([kitchens, homes]))},
        meal_points=kitchens_open,
    )
