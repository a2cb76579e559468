"""Verifying again with a memory says what verifying anew says, whatever changed in between."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cache
from random import Random

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.repair import pull_out
from bench.schedule_days import HOUR, meal_day, visit_day
from scheduler.model.plan import Plan, Route, Stop
from scheduler.model.problem import (
    InvalidProblem,
    Load,
    MealPointId,
    Pin,
    Problem,
    Task,
    TaskId,
    Window,
)
from scheduler.model.verdicts import Verdicts
from scheduler.model.verify import violations
from scheduler.solve.engine import solve
from scheduler.solve.repair import RepairMemory, alternatives


@cache
def visits() -> tuple[Problem, Plan]:
    problem = visit_day(60, 15, seed=9)
    return problem, solve(problem, seconds=60, iterations=200)


@cache
def meals() -> tuple[Problem, Plan]:
    problem = meal_day(40, 4, 6, seed=3)
    return problem, solve(problem, seconds=60, iterations=200)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(calls=st.lists(st.tuples(st.integers(0, 14), st.integers(8, 16)), min_size=2, max_size=6))
def test_the_same_is_said_of_every_answer_to_one_repair_after_the_other(
    calls: list[tuple[int, int]],
) -> None:
    problem, plan = visits()
    memory, verdicts = RepairMemory(), Verdicts()
    for who, hour in calls:
        case = pull_out(problem, plan, problem.caregivers[who].id, hour * HOUR).problem
        for answer in alternatives(case, plan, 0.1, 1, memory):
            assert violations(case, answer.plan) == ()
            assert verdicts.violations(case, answer.plan) == ()
            assert memory.verdicts.violations(case, answer.plan) == ()
        assert verdicts.violations(case, plan) == violations(case, plan)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6), steps=st.integers(1, 8), of_meals=st.booleans())
def test_the_same_is_said_whatever_is_tampered_with(
    seed: int, steps: int, *, of_meals: bool
) -> None:
    good = meals() if of_meals else visits()
    rng, verdicts = Random(seed), Verdicts()
    assert verdicts.violations(*good) == violations(*good) == ()
    problem, plan = good
    for _ in range(steps):
        if rng.random() < 0.3:
            problem, plan = good  # back to what is remembered
        with suppress(InvalidProblem):
            problem, plan = rng.choice(TAMPERING)(rng, problem, plan)
        assert verdicts.violations(problem, plan) == violations(problem, plan)


def test_travel_times_that_are_the_same_with_more_places_need_no_other_look() -> None:
    problem, plan = visits()
    verdicts = Verdicts()
    assert verdicts.violations(problem, plan) == ()
    wider = replace(problem, travel={m: np.pad(t, (0, 1)) for m, t in problem.travel.items()})
    verdicts.carry_over(wider.travel)
    assert verdicts.violations(wider, plan) == violations(wider, plan) == ()


def _some_task(
    change: Callable[[Random, Task], Task],
) -> Callable[[Random, Problem, Plan], tuple[Problem, Plan]]:
    def tamper(rng: Random, problem: Problem, plan: Plan) -> tuple[Problem, Plan]:
        n = rng.randrange(len(problem.tasks))
        tasks = list(problem.tasks)
        tasks[n] = change(rng, tasks[n])
        return replace(problem, tasks=tuple(tasks)), plan

    return tamper


def _some_stop(
    change: Callable[[Random, Stop], Stop],
) -> Callable[[Random, Problem, Plan], tuple[Problem, Plan]]:
    def tamper(rng: Random, problem: Problem, plan: Plan) -> tuple[Problem, Plan]:
        n = rng.choice([n for n, route in enumerate(plan.routes) if route.stops])
        stops = list(plan.routes[n].stops)
        at = rng.randrange(len(stops))
        stops[at] = change(rng, stops[at])
        return problem, _with_route(plan, n, replace(plan.routes[n], stops=tuple(stops)))

    return tamper


def _with_route(plan: Plan, n: int, route: Route) -> Plan:
    return replace(plan, routes=(*plan.routes[:n], route, *plan.routes[n + 1 :]))


def _begun(rng: Random, problem: Problem, plan: Plan) -> tuple[Problem, Plan]:
    task, there = rng.choice(sorted(plan.placements().items()))
    pin = Pin(caregivers=there.caregivers, start=there.start + rng.choice([0, 0, 60]), started=True)
    return _some_task_of(problem, task, pin), plan


def _some_task_of(problem: Problem, task: TaskId, pin: Pin) -> Problem:
    tasks = tuple(replace(t, pin=pin) if t.id == task else t for t in problem.tasks)
    return replace(problem, tasks=tasks)


def _person(rng: Random, problem: Problem, plan: Plan) -> tuple[Problem, Plan]:
    n = rng.randrange(len(problem.caregivers))
    people = list(problem.caregivers)
    people[n] = rng.choice(
        [
            replace(people[n], skills=frozenset()),
            replace(people[n], max_work=rng.choice([None, HOUR])),
            replace(people[n], max_trips=0, capacity=Load()),
            replace(people[n], shifts=people[n].shifts[:1]),
        ]
    )
    return replace(problem, caregivers=tuple(people)), plan


def _swapped(rng: Random, problem: Problem, plan: Plan) -> tuple[Problem, Plan]:
    """Two people do each other's days."""
    one, other = rng.sample(range(len(plan.routes)), 2)
    first, second = plan.routes[one], plan.routes[other]
    plan = _with_route(plan, one, replace(first, stops=second.stops))
    return problem, _with_route(plan, other, replace(second, stops=first.stops))


def _travel(rng: Random, problem: Problem, plan: Plan) -> tuple[Problem, Plan]:
    longer = {mode: times + rng.choice([0, 600]) for mode, times in problem.travel.items()}
    return replace(problem, travel=longer), plan


def _point(rng: Random, problem: Problem, plan: Plan) -> tuple[Problem, Plan]:
    points = tuple(
        replace(p, per_half_hour=rng.choice([None, 1]), closes=rng.choice([HOUR, p.closes]))
        for p in problem.meal_points
    )
    return replace(problem, meal_points=points), plan


def _gone(rng: Random, problem: Problem, plan: Plan) -> tuple[Problem, Plan]:
    """A task is gone from the problem, or a route from the plan."""
    if rng.random() < 0.5:
        return problem, replace(plan, routes=plan.routes[1:])
    gone = rng.choice(problem.tasks).id
    rules = tuple(r for r in problem.precedences if gone not in {r.first, r.then})
    tasks = tuple(task for task in problem.tasks if task.id != gone)
    return replace(problem, tasks=tasks, precedences=rules), plan


TAMPERING = (
    _some_task(lambda rng, t: replace(t, duration=t.duration + rng.choice([-60, 0, 60]))),
    _some_task(
        lambda rng, t: replace(
            t, window=Window(start=rng.choice([t.window.start, t.window.end]), end=t.window.end)
        )
    ),
    _some_task(lambda _, t: replace(t, skills=frozenset({"no such skill"}))),
    _some_task(lambda _, t: replace(t, location=t.location - 1)),
    _some_task(lambda rng, t: replace(t, load=Load(hot=rng.choice([1, 50])))),
    _some_task(lambda rng, t: replace(t, max_ride=rng.choice([None, 60]))),
    _some_task(lambda _, t: replace(t, meal_points=frozenset(sorted(t.meal_points)[:1]))),
    _some_task(lambda _, t: replace(t, staff=3 - t.staff, pin=None)),
    _some_stop(lambda rng, s: replace(s, start=s.start + rng.choice([-300, 0, 300]))),
    _some_stop(lambda _, s: replace(s, end=s.end + 60)),
    _some_stop(lambda _, s: replace(s, location=0)),
    _some_stop(lambda _, s: replace(s, meal_point=MealPointId("nowhere"))),
    _begun,
    _person,
    _swapped,
    _travel,
    _point,
    _gone,
)
