"""Whole problems drawn at random: small, of every feature of the model, many without a solution."""

import itertools
from dataclasses import replace
from typing import Final

import numpy as np
from hypothesis import strategies as st

from scheduler.model.problem import (
    EBIKE,
    MANDATORY,
    WALK,
    Break,
    Caregiver,
    CaregiverId,
    Load,
    Matrix,
    MealPoint,
    MealPointId,
    Pin,
    Precedence,
    Problem,
    Shift,
    Task,
    TaskId,
    TaskKind,
    Weights,
    Window,
)
from tests.unit.scheduler.days import HOUR, MINUTE

PLACES: Final = 5
BATH: Final = frozenset({"bath"})
POINTS: Final = (MealPointId("m0"), MealPointId("m1"))
_SHIFTS: Final = (
    ((8, 16),),
    ((8, 16),),
    ((9, 12),),
    ((8, 11), (13, 17)),
    ((8, 10), (10, 12)),
    (),
)


@st.composite
def matrices(draw: st.DrawFn) -> Matrix:
    """Travel times of few places: asymmetric, some zero, with or without short cuts closed."""
    cells = draw(
        st.lists(st.sampled_from([0, 1, 5, 10, 20, 45]), min_size=PLACES**2, max_size=PLACES**2)
    )
    seconds = np.array(cells, np.int32).reshape(PLACES, PLACES) * MINUTE
    np.fill_diagonal(seconds, 0)
    if draw(st.booleans()):
        for via in range(PLACES):
            seconds = np.minimum(seconds, seconds[:, via, None] + seconds[None, via, :])
    return seconds.astype(np.int32)


@st.composite
def _windows(draw: st.DrawFn) -> tuple[Window, int | None]:
    start = draw(st.sampled_from([0, 8, 9, 10, 11, 13, 16])) * HOUR
    width = draw(st.sampled_from([0, 10, 60, 180, 600])) * MINUTE
    due = draw(st.sampled_from([None, start, start + width // 2, start - HOUR, start + 2 * width]))
    return Window(start=start, end=start + width), due


@st.composite
def _tasks(draw: st.DrawFn, number: int, people: list[Caregiver], *, meals: bool) -> Task:
    window, due = draw(_windows())
    is_meal = meals and draw(st.integers(0, 3)) == 0
    who = [person.id for person in people]
    some = st.frozensets(st.sampled_from(who), max_size=2)
    task = Task(
        id=TaskId(f"t{number}"),
        kind=TaskKind.MEAL if is_meal else TaskKind.VISIT,
        location=draw(st.integers(0, PLACES - 1)),
        duration=draw(st.sampled_from([0, 5, 30, 90])) * MINUTE,
        window=window,
        due=due,
        urgency=draw(st.sampled_from([1, 1, 0, 3])),
        skills=draw(st.sampled_from([frozenset(), frozenset(), BATH])),
        staff=1 if is_meal else draw(st.sampled_from([1, 1, 1, 2])),
        preferred=draw(some),
        refused=draw(st.sampled_from([frozenset(), frozenset(), frozenset({who[0]})])),
        familiar=draw(st.sampled_from([{}, {who[-1]: 80}])),
        price=draw(st.sampled_from([MANDATORY, MANDATORY, 500, 0])),
    )
    if is_meal:
        task = replace(
            task,
            load=Load(hot=draw(st.integers(0, 2)), cold=draw(st.integers(0, 1))),
            meal_points=frozenset(POINTS[: draw(st.integers(0, 2))]),
            max_ride=draw(st.sampled_from([None, 0, 10 * MINUTE])),
        )
    if len(who) >= task.staff and draw(st.integers(0, 6)) == 0:
        chosen = tuple(draw(st.permutations(who)))[: task.staff]
        start = draw(st.sampled_from([None, window.start, window.end]))
        task = replace(task, pin=Pin(caregivers=chosen, start=start))
    return task


@st.composite
def _people(draw: st.DrawFn, number: int, *, breaks: bool) -> Caregiver:
    rests = st.sampled_from(
        [
            (),
            (),
            (Break(window=Window(start=9 * HOUR, end=10 * HOUR), duration=30 * MINUTE),),
            (
                Break(window=Window(start=9 * HOUR, end=9 * HOUR), duration=15 * MINUTE),
                Break(window=Window(start=11 * HOUR, end=13 * HOUR), duration=30 * MINUTE),
            ),
        ]
    )
    shifts = tuple(
        Shift(
            window=Window(start=start * HOUR, end=end * HOUR),
            origin=draw(st.integers(0, 1)),
            destination=draw(st.sampled_from([0, 0, 1, None])),
            breaks=draw(rests) if breaks and start < 10 <= end - 2 else (),
        )
        for start, end in draw(st.sampled_from(_SHIFTS))
    )
    return Caregiver(
        id=CaregiverId(f"p{number}"),
        skills=draw(st.sampled_from([BATH, BATH, frozenset()])),
        shifts=shifts,
        mode=draw(st.sampled_from([EBIKE, EBIKE, WALK])),
        capacity=Load(hot=draw(st.integers(0, 3)), cold=draw(st.integers(0, 1))),
        max_trips=draw(st.integers(0, 2)),
        meal_points=draw(st.sampled_from([frozenset(), frozenset(), frozenset(POINTS[:1])])),
        loading=draw(st.sampled_from([0, 300])),
        max_work=draw(st.sampled_from([None, None, 2 * HOUR])),
        max_overtime=draw(st.sampled_from([0, 0, HOUR])),
        max_riding=draw(st.sampled_from([None, None, 20 * MINUTE])),
    )


@st.composite
def _orders(draw: st.DrawFn, tasks: list[Task]) -> tuple[Precedence, ...]:
    rules = []
    pairs = [*itertools.pairwise(tasks), *itertools.pairwise(tasks[::-2])]  # with circles
    for first, then in pairs:
        if draw(st.integers(0, 4)) == 0:
            least = draw(st.sampled_from([0, 10 * MINUTE, HOUR]))
            slack = draw(st.sampled_from([None, 0, 30 * MINUTE, 3 * HOUR]))
            rules.append(
                Precedence(
                    first=first.id,
                    then=then.id,
                    least=least,
                    most=None if slack is None else least + slack,
                    different_caregivers=draw(st.booleans()),
                )
            )
    return tuple(rules)


def _with_facts(draw: st.DrawFn, tasks: list[Task], people: list[Caregiver]) -> list[Task]:
    """Some tasks that have begun: any time, by anybody at work, whatever the rules say."""
    at_work = [person for person in people if person.shifts]
    found = []
    for task in tasks:
        if task.staff <= len(at_work) and draw(st.integers(0, 5)) == 0:
            chosen = draw(st.permutations(at_work))[: task.staff]
            begin = chosen[0].shifts[0].window.start
            start = begin + draw(st.sampled_from([0, 45, 90, 300])) * MINUTE
            pin = Pin(caregivers=tuple(one.id for one in chosen), start=start, started=True)
            found.append(replace(task, pin=pin, load=Load(), meal_points=frozenset()))
        else:
            found.append(task)
    return found


@st.composite
def problems(
    draw: st.DrawFn,
    *,
    most_tasks: int = 8,
    most_people: int = 4,
    meals: bool = True,
    facts: bool = True,
    breaks: bool = True,
) -> Problem:
    """Any problem the model allows, in small."""
    people = [draw(_people(n, breaks=breaks)) for n in range(draw(st.integers(1, most_people)))]
    tasks = [draw(_tasks(n, people, meals=meals)) for n in range(draw(st.integers(0, most_tasks)))]
    if facts and draw(st.integers(0, 2)) == 0:
        tasks = _with_facts(draw, tasks, people)
    points = tuple(
        MealPoint(
            id=name,
            location=n + 1,
            per_half_hour=draw(st.sampled_from([None, 0, 1, 2])),
            ready=draw(st.sampled_from([0, 10])) * HOUR,
            closes=draw(st.sampled_from([10, 48])) * HOUR,
        )
        for n, name in enumerate(POINTS)
    )
    return Problem(
        tasks=tuple(tasks),
        caregivers=tuple(people),
        travel={EBIKE: draw(matrices()), WALK: draw(matrices())},
        precedences=draw(_orders(tasks)),
        meal_points=points,
        weights=Weights(fairness=draw(st.integers(0, 1))),
    )
