"""Data that make no sense are refused with a message that says where."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from scheduler.model.problem import (
    EBIKE,
    WALK,
    Break,
    InvalidProblem,
    Load,
    MealPoint,
    MealPointId,
    Pin,
    Precedence,
    Problem,
    TaskId,
    Weights,
    Window,
)
from tests.unit.scheduler.days import HOUR, day, line, person, shift, visit
from tests.unit.scheduler.model.test_verify import ANN, A, B, good_problem, with_person, with_task

KITCHEN = MealPointId("kitchen")
BACKWARDS = Window(start=2, end=1)


def task(**changes: Any) -> Callable[[], Problem]:
    return lambda: with_task(good_problem(), "a", **changes)


def ann(**changes: Any) -> Callable[[], Problem]:
    return lambda: with_person(good_problem(), "ann", **changes)


def rests(*breaks: Break) -> Callable[[], Problem]:
    return ann(shifts=(shift(breaks=breaks),))


def kitchen(**changes: Any) -> Callable[[], Problem]:
    point = MealPoint(id=KITCHEN, location=1)
    return lambda: replace(good_problem(), meal_points=(replace(point, **changes),))


def ordered(**changes: Any) -> Callable[[], Problem]:
    return lambda: replace(
        good_problem(), precedences=(Precedence(**({"first": A, "then": B} | changes)),)
    )


def travelling(travel: Any) -> Callable[[], Problem]:
    return lambda: replace(good_problem(), travel=travel)


NOON = Window(start=12 * HOUR, end=13 * HOUR)
CASES: list[tuple[Callable[[], Problem], str]] = [
    (lambda: day([visit("a"), visit("a")], [person("ann")]), "two of the task ids"),
    (lambda: day([], [person("ann"), person("ann")]), "two of the caregiver ids"),
    (task(location=99), "task a: no such location"),
    (task(location=-1), "task a: no such location"),
    (task(duration=-1), "task a: negative duration"),
    (task(price=-1), "task a: negative duration or price"),
    (task(window=BACKWARDS), "task a: its window is empty"),
    (task(window=Window(start=0, end=10**12)), "task a: a time beyond all days"),
    (task(urgency=-1), "task a: negative urgency"),
    (task(max_ride=-1), "task a: negative time in the box"),
    (task(load=Load(hot=-1)), "task a: fewer boxes"),
    (task(familiar={ANN: 101}), "task a: a share"),
    (task(staff=3), "task a: staff"),
    (task(meal_points=frozenset({MealPointId("moon")})), "task a: unknown meal point"),
    (task(pin=Pin(caregivers=(ANN,))), "task a: pinned to the wrong number"),
    (task(pin=Pin(caregivers=(ANN, ANN))), "task a: pinned to one person twice"),
    (task(pin=Pin(caregivers=(ANN, TaskId("eve")))), "task a: pinned to somebody unknown"),  # type: ignore[arg-type]
    (task(pin=Pin(caregivers=(), started=True)), "task a: started but no start"),
    (ann(mode=WALK), "caregiver ann: no travel times"),
    (ann(meal_points=frozenset({MealPointId("moon")})), "caregiver ann: unknown meal point"),
    (ann(capacity=Load(cold=-1)), "caregiver ann: room"),
    (ann(max_trips=-1), "caregiver ann: negative trips"),
    (ann(loading=-1), "caregiver ann: negative trips or loading"),
    (ann(max_work=-1), "caregiver ann: negative limit"),
    (ann(max_overtime=-1), "caregiver ann: negative limit"),
    (ann(max_riding=-1), "caregiver ann: negative limit"),
    (ann(shifts=(shift(destination=99),)), "caregiver ann: no such location"),
    (ann(shifts=(shift(9, 8),)), "caregiver ann: a shift is empty"),
    (ann(shifts=(shift(8, 12), shift(11, 13))), "caregiver ann: shifts overlap"),
    (rests(Break(window=BACKWARDS, duration=1)), "caregiver ann: a break's window is empty"),
    (rests(Break(window=NOON, duration=-1)), "caregiver ann: a break of negative length"),
    (
        rests(
            Break(window=NOON, duration=1),
            Break(window=Window(start=9 * HOUR, end=9 * HOUR), duration=1),
        ),
        "caregiver ann: breaks out of order",
    ),
    (kitchen(location=99), "meal point kitchen: no such location"),
    (kitchen(ready=2, closes=1), "meal point kitchen: closes before"),
    (kitchen(per_half_hour=-1), "meal point kitchen: negative limit"),
    (ordered(first=TaskId("x")), "x before b: unknown"),
    (ordered(then=A), "a cannot precede itself"),
    (ordered(least=2, most=1), "a before b: least gap over most"),
    (ordered(least=10**12), "a before b: a gap beyond"),
    (lambda: replace(good_problem(), weights=Weights(travel=-1)), "weight travel is negative"),
    (travelling({}), "travel matrices are missing"),
    (travelling({EBIKE: line(12)[:3]}), "a travel matrix is not square"),
    (travelling({EBIKE: line(12), WALK: line(3)}), "differ in size"),
    (travelling({EBIKE: (line(12) - 1).astype(np.int32)}), "travel by ebike is negative"),
]


@pytest.mark.parametrize(("make", "says"), CASES, ids=[case[1] for case in CASES])
def test_what_makes_no_sense_is_refused_and_says_where(
    make: Callable[[], Problem], says: str
) -> None:
    with pytest.raises(InvalidProblem, match=says):
        make()


def test_what_merely_cannot_be_kept_is_no_fault_of_the_data() -> None:
    loop = (
        Precedence(first=A, then=B, least=HOUR),
        Precedence(first=B, then=A, least=HOUR),
    )
    assert replace(good_problem(), precedences=loop).precedences == loop
