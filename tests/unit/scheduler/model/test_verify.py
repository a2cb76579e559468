"""Each hard rule is kept by a good plan and missed by a verifier that looks away."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from scheduler.model.plan import Plan, Reason, Route, Stop, StopKind, Unplaced
from scheduler.model.problem import (
    Break,
    CaregiverId,
    Load,
    MealPoint,
    MealPointId,
    Pin,
    Precedence,
    Problem,
    TaskId,
    Window,
)
from scheduler.model.rules import HARD, WORDING, Rule
from scheduler.model.verify import violations
from tests.unit.scheduler.days import HOUR, MINUTE, day, person, shift, visit

KITCHEN = MealPointId("kitchen")
A, B, M = TaskId("a"), TaskId("b"), TaskId("m")
ANN, BEN, COURIER = CaregiverId("ann"), CaregiverId("ben"), CaregiverId("courier")


def stop(kind: StopKind, at: int, start: int, end: int, **more: Any) -> Stop:
    return Stop(kind=kind, shift=0, location=at, arrival=start, start=start, end=end, **more)


def task_stop(task: TaskId, at: int, start: int, minutes: int = 30) -> Stop:
    return stop(StopKind.TASK, at, start, start + minutes * MINUTE, task=task)


def route(who: CaregiverId, *inner: Stop, leave: int, back: int) -> Route:
    ends = (
        stop(StopKind.DEPART, 0, leave, leave),
        *inner,
        stop(StopKind.RETURN, 0, back, back),
    )
    return Route(caregiver=who, stops=ends)


def good_problem() -> Problem:
    """A visit for two, one after it by somebody else, a meal, and somebody with a break."""
    rest = Break(window=Window(start=11 * HOUR, end=12 * HOUR), duration=30 * MINUTE)
    return day(
        [
            visit("a", staff=2, skills=frozenset({"bath"})),
            visit("b", location=2, pin=Pin(caregivers=(BEN,), start=10 * HOUR)),
            visit(
                "m",
                location=3,
                duration=2 * MINUTE,
                load=Load(hot=1),
                meal_points=frozenset({KITCHEN}),
                max_ride=20 * MINUTE,
            ),
        ],
        [
            person("ann", skills=frozenset({"bath"}), shifts=(shift(breaks=(rest,)),)),
            person("ben", skills=frozenset({"bath"}), max_work=3 * HOUR, max_riding=HOUR),
            person("courier", capacity=Load(hot=1), max_trips=1),
        ],
        precedences=(Precedence(first=A, then=B, least=30 * MINUTE, most=HOUR),),
        meal_points=(MealPoint(id=KITCHEN, location=4, per_half_hour=1, ready=9 * HOUR),),
    )


def good_plan() -> Plan:
    nine = 9 * HOUR
    return Plan(
        routes=(
            route(
                ANN,
                task_stop(A, 1, nine),
                stop(StopKind.BREAK, 1, 11 * HOUR, 11 * HOUR + 30 * MINUTE),
                leave=nine - MINUTE,
                back=13 * HOUR,
            ),
            route(
                BEN,
                task_stop(A, 1, nine),
                task_stop(B, 2, 10 * HOUR),
                leave=nine - MINUTE,
                back=10 * HOUR + 32 * MINUTE,
            ),
            route(
                COURIER,
                stop(StopKind.LOAD, 4, nine, nine + 5 * MINUTE, meal_point=KITCHEN),
                task_stop(M, 3, nine + 6 * MINUTE, 2),
                leave=nine - 4 * MINUTE,
                back=nine + 11 * MINUTE,
            ),
        )
    )


def with_task(problem: Problem, name: str, **changes: Any) -> Problem:
    tasks = tuple(replace(t, **changes) if t.id == name else t for t in problem.tasks)
    return replace(problem, tasks=tasks)


def with_person(problem: Problem, name: str, **changes: Any) -> Problem:
    people = tuple(replace(p, **changes) if p.id == name else p for p in problem.caregivers)
    return replace(problem, caregivers=people)


def with_point(problem: Problem, **changes: Any) -> Problem:
    return replace(problem, meal_points=(replace(problem.meal_points[0], **changes),))


def with_route(plan: Plan, changed: Route) -> Plan:
    routes = tuple(changed if r.caregiver == changed.caregiver else r for r in plan.routes)
    return replace(plan, routes=routes)


def without(plan: Plan, who: CaregiverId, number: int) -> Plan:
    stops = list(plan.route_of(who).stops)
    del stops[number]
    return with_route(plan, Route(caregiver=who, stops=tuple(stops)))


def moved(plan: Plan, who: CaregiverId, number: int, **changes: Any) -> Plan:
    stops = list(plan.route_of(who).stops)
    stops[number] = replace(stops[number], **changes)
    return with_route(plan, Route(caregiver=who, stops=tuple(stops)))


@dataclass(frozen=True)
class Case:
    rule: Rule
    problem: Callable[[Problem], Problem] = lambda problem: problem
    plan: Callable[[Plan], Plan] = lambda plan: plan


NINE = 9 * HOUR
BREAKERS = [
    Case(Rule.SHAPE, plan=lambda p: without(p, ANN, 0)),
    Case(Rule.COVERED, plan=lambda p: without(p, BEN, 2)),
    Case(Rule.TRAVEL, plan=lambda p: moved(p, ANN, 0, arrival=NINE, start=NINE, end=NINE)),
    Case(Rule.DURATION, plan=lambda p: moved(p, ANN, 1, end=NINE + 60)),
    Case(Rule.WINDOW, lambda p: with_task(p, "m", window=Window(start=0, end=NINE))),
    Case(Rule.SKILL, lambda p: with_person(p, "ann", skills=frozenset())),
    Case(Rule.REFUSED, lambda p: with_task(p, "a", refused=frozenset({BEN}))),
    Case(
        Rule.TOGETHER,
        plan=lambda p: moved(p, ANN, 1, start=NINE + 60, end=NINE + 31 * MINUTE),
    ),
    Case(
        Rule.GAP,
        lambda p: replace(p, precedences=(Precedence(first=A, then=B, least=2 * HOUR),)),
    ),
    Case(
        Rule.DIFFERENT,
        lambda p: replace(p, precedences=(Precedence(first=A, then=B, different_caregivers=True),)),
    ),
    Case(Rule.PINNED, lambda p: with_task(p, "b", pin=Pin(caregivers=(ANN,)))),
    Case(Rule.SHIFT, lambda p: with_person(p, "ann", shifts=(shift(8, 12),))),
    Case(Rule.BREAK, plan=lambda p: without(p, ANN, 2)),
    Case(Rule.LONGEST_DAY, lambda p: with_person(p, "ben", max_work=HOUR)),
    Case(Rule.RIDING, lambda p: with_person(p, "ben", max_riding=MINUTE)),
    Case(Rule.TRIPS, lambda p: with_person(p, "courier", max_trips=0)),
    Case(Rule.CAPACITY, lambda p: with_person(p, "courier", capacity=Load())),
    Case(Rule.MEAL_POINT, plan=lambda p: without(p, COURIER, 1)),
    Case(Rule.MEAL_POINT_HOURS, lambda p: with_point(p, ready=NINE + 1)),
    Case(Rule.MEAL_POINT_CAPACITY, lambda p: with_point(p, per_half_hour=0)),
    Case(Rule.TIME_IN_THE_BOX, lambda p: with_task(p, "m", max_ride=30)),
]


def test_a_good_plan_breaks_no_rule() -> None:
    assert violations(good_problem(), good_plan()) == ()


@pytest.mark.parametrize("case", BREAKERS, ids=lambda case: case.rule)
def test_each_broken_rule_is_found_and_no_other(case: Case) -> None:
    found = violations(case.problem(good_problem()), case.plan(good_plan()))
    assert {violation.rule for violation in found} == {case.rule}


def test_every_hard_rule_has_a_case_that_breaks_it() -> None:
    assert {case.rule for case in BREAKERS} == HARD


def test_every_rule_has_words_in_both_languages() -> None:
    assert set(WORDING) == set(Rule)
    assert all(words.zh and words.en for words in WORDING.values())


def test_a_task_that_has_begun_may_contradict_travel_and_window() -> None:
    started = Pin(caregivers=(BEN,), start=10 * HOUR, started=True)
    problem = with_task(
        good_problem(), "b", pin=started, window=Window(start=0, end=HOUR), location=2
    )
    late = moved(good_plan(), BEN, 1, end=10 * HOUR)
    assert {v.rule for v in violations(problem, late)} == set()


def test_a_task_cannot_be_both_done_and_left_out() -> None:
    plan = replace(good_plan(), unplaced=(Unplaced(task=M, reason=Reason.DAY_IS_FULL),))
    assert [v.rule for v in violations(good_problem(), plan)] == [Rule.COVERED]


def test_a_break_before_leaving_or_after_the_return_needs_no_stop() -> None:
    plan = with_route(
        good_plan(),
        route(ANN, task_stop(A, 1, NINE), leave=NINE - MINUTE, back=NINE + 31 * MINUTE),
    )
    assert violations(good_problem(), plan) == ()


def test_a_place_that_is_not_the_tasks_is_refused() -> None:
    found = violations(good_problem(), moved(good_plan(), BEN, 2, location=3))
    assert [v.rule for v in found] == [Rule.SHAPE]
