"""Small cities for tests: any areas, gaps and pins, on a square of a few kilometres."""

from hypothesis import strategies as st

from kernel.geo import Position
from scheduler.city.model import AreaPath, City
from scheduler.model.problem import (
    EBIKE,
    Caregiver,
    CaregiverId,
    Pin,
    Precedence,
    Problem,
    Shift,
    Task,
    TaskId,
    Window,
)
from scheduler.travel.builtin import travel_times
from scheduler.travel.legs import lazily

HOUR = 3_600
SKILLS = ("bath", "nursing")


@st.composite
def cities(draw: st.DrawFn, *, most: int = 60) -> City:
    """Draw a city."""
    count = draw(st.integers(1, most))
    people = draw(st.integers(0, 20))
    spots = st.tuples(st.integers(0, 300), st.integers(0, 300))
    places = [Position(31.8 + y / 1e4, 119.9 + x / 1e4) for x, y in draw(spread(count, spots))]
    bases = [Position(31.8 + y / 1e4, 119.9 + x / 1e4) for x, y in draw(spread(people, spots))]
    caregivers = tuple(
        Caregiver(
            id=CaregiverId(f"c{n:02d}"),
            skills=draw(st.frozensets(st.sampled_from(SKILLS))),
            shifts=(
                Shift(
                    window=Window(start=8 * HOUR, end=16 * HOUR),
                    origin=count + n,
                    destination=count + n,
                ),
            ),
        )
        for n in range(people)
    )
    tasks = tuple(_task(n, draw, [person.id for person in caregivers]) for n in range(count))
    numbers = st.integers(0, count - 1)
    gaps = draw(st.lists(st.tuples(numbers, numbers), max_size=8))
    return City(
        problem=Problem(
            tasks=tasks,
            caregivers=caregivers,
            travel=lazily(travel_times)([*places, *bases], frozenset({EBIKE})),
            precedences=tuple(
                Precedence(first=tasks[a].id, then=tasks[b].id, least=0) for a, b in gaps if a != b
            ),
        ),
        positions=[*places, *bases],
        areas={task.id: draw(_areas()) for task in tasks},
    )


def spread(
    count: int, spots: st.SearchStrategy[tuple[int, int]]
) -> st.SearchStrategy[list[tuple[int, int]]]:
    """So many spots."""
    return st.lists(spots, min_size=count, max_size=count)


def _areas() -> st.SearchStrategy[AreaPath]:
    level = st.sampled_from("ab")
    return st.lists(level, max_size=3).map(
        lambda names: ("city", *("".join(names[: n + 1]) for n in range(len(names))))
    )


def _task(n: int, draw: st.DrawFn, people: list[CaregiverId]) -> Task:
    pinned = people and draw(st.integers(0, 9)) == 0
    return Task(
        id=TaskId(f"v{n:02d}"),
        location=n,
        duration=1_800,
        window=Window(start=9 * HOUR, end=15 * HOUR),
        skills=draw(st.frozensets(st.sampled_from(SKILLS), max_size=1)),
        pin=Pin(caregivers=(draw(st.sampled_from(people)),)) if pinned else None,
    )
