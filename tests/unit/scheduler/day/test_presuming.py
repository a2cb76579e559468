"""The past where nobody reported is as planned, unless an alarm came between."""

from dataclasses import replace

import numpy as np

from scheduler.day.presuming import LATE_AT_MOST_S, presume, without_past_loads
from scheduler.model.plan import Plan, Route, Stop, StopKind
from scheduler.model.problem import (
    EBIKE,
    Caregiver,
    CaregiverId,
    Load,
    MealPoint,
    MealPointId,
    Pin,
    Problem,
    Shift,
    Task,
    TaskId,
    TaskKind,
    Window,
)

H = 3600
ANNA = CaregiverId("anna")
PERSON = Caregiver(
    id=ANNA,
    shifts=(Shift(window=Window(start=8 * H, end=17 * H), origin=0, destination=0),),
)


def visit(name: str, start: int, end: int) -> Task:
    return Task(id=TaskId(name), location=0, duration=H, window=Window(start=start, end=end))


def plan(**starts: int) -> Plan:
    stops = tuple(
        Stop(
            kind=StopKind.TASK,
            shift=0,
            location=0,
            arrival=start,
            start=start,
            end=start + H,
            task=TaskId(name),
        )
        for name, start in starts.items()
    )
    return Plan(routes=(Route(caregiver=ANNA, stops=stops),))


def problem(*tasks: Task) -> Problem:
    return Problem(tasks=tasks, caregivers=(PERSON,), travel={EBIKE: np.zeros((1, 1), np.int32)})


def alarm(start: int, length: int = H) -> Task:
    return Task(
        id=TaskId("alarm"),
        kind=TaskKind.ALARM,
        location=0,
        duration=length,
        window=Window(start=start, end=start),
        pin=Pin(caregivers=(ANNA,), start=start, started=True),
    )


def test_what_should_be_over_or_under_way_is_a_fact() -> None:
    asked = problem(visit("a", 8 * H, 9 * H), visit("b", 9 * H, 11 * H), visit("c", 12 * H, 13 * H))
    a, b, c = presume(asked, plan(a=8 * H, b=9 * H, c=12 * H), 9 * H + 60).tasks
    for task, start in ((a, 8 * H), (b, 9 * H)):
        assert task.pin == Pin(caregivers=(ANNA,), start=start, started=True)
    assert c.pin is None


def test_what_an_alarm_kept_somebody_from_is_still_to_be_done() -> None:
    asked = problem(visit("a", 8 * H, 9 * H), alarm(8 * H + 1800))
    task, _ = presume(asked, plan(a=9 * H), 9 * H + 900).tasks
    assert task.pin is None
    assert task.window == Window(start=9 * H + 900, end=9 * H + 900 + LATE_AT_MOST_S)
    assert task.due == 9 * H


def test_what_was_done_before_the_alarm_stays_done() -> None:
    asked = problem(visit("a", 8 * H, 9 * H), alarm(9 * H))
    task, _ = presume(asked, plan(a=8 * H), 9 * H + 60).tasks
    assert task.pin is not None
    assert task.pin.started


def test_nothing_begins_in_the_past() -> None:
    asked = problem(visit("new", 8 * H, 12 * H))
    (task,) = presume(asked, plan(), 10 * H).tasks
    assert task.window == Window(start=10 * H, end=12 * H)
    reported = replace(task, pin=Pin(caregivers=(ANNA,), start=8 * H, started=True))
    assert presume(problem(reported), plan(), 10 * H).tasks == (reported,)


def test_the_partner_of_a_pair_that_one_reported_is_taken_to_be_there() -> None:
    bo = CaregiverId("bo")
    reported = replace(
        visit("pair", 8 * H, 9 * H), pin=Pin(caregivers=(ANNA,), start=8 * H, started=True)
    )
    asked = replace(problem(reported), caregivers=(PERSON, replace(PERSON, id=bo)))
    both = plan(pair=8 * H)
    both = Plan(routes=(*both.routes, replace(both.routes[0], caregiver=bo)))
    (task,) = presume(asked, both, 8 * H + 600).tasks
    assert task.pin == Pin(caregivers=(ANNA, bo), start=8 * H, started=True)
    assert task.staff == 2


def test_orders_of_a_trip_that_was_to_be_loaded_stay_on_board_and_need_no_loading() -> None:
    point = MealPointId("kitchen:lunch")
    meal = replace(
        visit("meal", 11 * H, 12 * H),
        kind=TaskKind.MEAL,
        load=Load(hot=1),
        meal_points=frozenset({point}),
        max_ride=2700,
    )
    load = Stop(
        kind=StopKind.LOAD,
        shift=0,
        location=0,
        arrival=10 * H,
        start=10 * H,
        end=10 * H + 300,
        meal_point=point,
    )
    (route,) = plan(meal=11 * H).routes
    in_force = Plan(routes=(replace(route, stops=(load, *route.stops)),))
    asked = replace(problem(), tasks=(meal,), meal_points=(MealPoint(id=point, location=0),))
    (waiting,) = presume(asked, in_force, 10 * H - 1).tasks
    assert waiting == meal
    (aboard,) = presume(asked, in_force, 10 * H + 60).tasks
    assert aboard.pin == Pin(caregivers=(ANNA,))
    assert (aboard.load, aboard.meal_points, aboard.max_ride) == (Load(), frozenset(), None)
    assert without_past_loads(in_force, 10 * H + 60).routes == (route,)
    assert without_past_loads(in_force, 10 * H - 1) == in_force
