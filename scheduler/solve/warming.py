"""Compile ahead of time, by planning a day so small that compiling is all it takes."""

import time
from dataclasses import replace

import numpy as np

from scheduler.model.plan import Plan
from scheduler.model.problem import (
    DAY,
    EBIKE,
    Caregiver,
    CaregiverId,
    Load,
    MealPoint,
    MealPointId,
    Problem,
    Shift,
    Task,
    TaskId,
    Window,
)
from scheduler.solve.driver import run
from scheduler.solve.progress import ignore, never

PATIENCE = 3_600.0
"""Seconds: the count of tries ends these searches, never the clock, however slow the compiler."""


def warm_up() -> float:
    """See `scheduler.solve.warm`."""
    began = time.perf_counter()
    day = _tiny()
    plan = _solve(day, None)
    _solve(day, plan)
    other = replace(day, tasks=(replace(day.tasks[0], id=TaskId("another")),))
    _solve(other, plan)
    return time.perf_counter() - began


def _tiny() -> Problem:
    """One meal, one courier whose day has a limit: what calls every compiled function."""
    span = Window(start=0, end=DAY)
    kitchen = MealPointId("kitchen")
    meal = Task(
        id=TaskId("meal"),
        location=1,
        duration=1,
        window=span,
        load=Load(hot=1),
        meal_points=frozenset({kitchen}),
        max_ride=DAY,
    )
    courier = Caregiver(
        id=CaregiverId("courier"),
        shifts=(Shift(window=span, origin=0, destination=0),),
        capacity=Load(hot=1),
        max_trips=1,
        max_work=DAY,
    )
    return Problem(
        tasks=(meal,),
        caregivers=(courier,),
        travel={EBIKE: np.ones((3, 3), np.int32)},
        meal_points=(MealPoint(id=kitchen, location=2),),
    )


def _solve(problem: Problem, initial: Plan | None) -> Plan:
    return run(
        problem,
        seconds=PATIENCE,
        threads=1,
        seed=1,
        iterations=10,
        initial=initial,
        previous=None,
        on_progress=ignore,
        should_stop=never,
    )
