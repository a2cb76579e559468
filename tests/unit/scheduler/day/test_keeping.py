"""Promises within the hour hold, others nearly, unless somebody in trouble made them."""

from dataclasses import replace

import numpy as np

from scheduler.day.keeping import NEARLY_S, Keep, in_trouble, keep
from scheduler.model.plan import Plan, Route, Stop, StopKind
from scheduler.model.problem import (
    EBIKE,
    Caregiver,
    CaregiverId,
    Pin,
    Problem,
    Shift,
    Task,
    TaskId,
    TaskKind,
    Window,
)

H = 3600
ANNA, BO = CaregiverId("anna"), CaregiverId("bo")
TEN = 10 * H


def visit(name: str, start: int, end: int, *, staff: int = 1) -> Task:
    return Task(
        id=TaskId(name), location=0, duration=1800, window=Window(start=start, end=end), staff=staff
    )


def alarm(who: CaregiverId, start: int, length: int = H) -> Task:
    return Task(
        id=TaskId("alarm"),
        kind=TaskKind.ALARM,
        location=0,
        duration=length,
        window=Window(start=start, end=start),
        pin=Pin(caregivers=(who,), start=start, started=True),
    )


def problem(*tasks: Task) -> Problem:
    shift = Shift(window=Window(start=8 * H, end=17 * H), origin=0, destination=0)
    people = tuple(Caregiver(id=who, shifts=(shift,)) for who in (ANNA, BO))
    travel = {EBIKE: np.full((1, 1), 600, np.int32)}
    return Problem(tasks=tasks, caregivers=people, travel=travel)


def plan(**days: dict[str, int]) -> Plan:
    return Plan(
        routes=tuple(
            Route(
                caregiver=CaregiverId(who),
                stops=tuple(
                    Stop(
                        kind=StopKind.TASK,
                        shift=0,
                        location=0,
                        arrival=start,
                        start=start,
                        end=start + 1800,
                        task=TaskId(name),
                    )
                    for name, start in stops.items()
                ),
            )
            for who, stops in days.items()
        )
    )


def kept(*tasks: Task, by: Plan, what: Keep = Keep.PEOPLE) -> tuple[Task, ...]:
    return keep(problem(*tasks), by, TEN, what).tasks


def test_within_the_hour_people_and_time_are_kept_and_later_people_and_nearly_the_time() -> None:
    soon, later = visit("soon", 9 * H, 12 * H), visit("later", 9 * H, 16 * H)
    in_force = plan(anna={"soon": TEN + 1800, "later": 14 * H})
    first, second = kept(soon, later, by=in_force)
    assert first.pin == Pin(caregivers=(ANNA,), start=TEN + 1800)
    assert second.pin == Pin(caregivers=(ANNA,))
    assert second.window == Window(start=14 * H - NEARLY_S, end=14 * H + NEARLY_S)
    assert second.latest_wanted == 14 * H + NEARLY_S


def test_at_first_everybody_whom_no_alarm_concerns_keeps_the_time_however_far_ahead() -> None:
    later = visit("later", 9 * H, 16 * H)
    (task,) = kept(later, by=plan(anna={"later": 14 * H}), what=Keep.TIMES)
    assert task.pin == Pin(caregivers=(ANNA,), start=14 * H)


def test_a_plan_made_anew_moves_freely_what_lies_more_than_an_hour_ahead() -> None:
    later = visit("later", 9 * H, 16 * H)
    assert kept(later, by=plan(anna={"later": 14 * H}), what=Keep.PROMISES) == (later,)


def test_who_is_away_for_an_alarm_keeps_nothing_and_neither_does_the_partner_of_a_pair() -> None:
    pair, own = visit("pair", TEN, 12 * H, staff=2), visit("own", TEN, 12 * H)
    in_force = plan(anna={"own": TEN + 900, "pair": TEN + 3000}, bo={"pair": TEN + 3000})
    tasks = kept(pair, own, alarm(ANNA, TEN - 60), by=in_force)
    assert tasks[:2] == (pair, own)


def test_an_alarm_long_over_troubles_nobody() -> None:
    assert in_trouble(problem(alarm(ANNA, 8 * H)), TEN) == frozenset()
    assert in_trouble(problem(alarm(ANNA, 9 * H)), TEN) == frozenset({ANNA})


def test_a_promise_that_an_overrun_has_broken_keeps_its_person_but_not_its_time() -> None:
    over = replace(
        visit("over", 9 * H, 9 * H),
        duration=5400,
        pin=Pin(caregivers=(ANNA,), start=9 * H, started=True),
    )
    following = visit("next", 9 * H, 12 * H)
    in_force = plan(anna={"over": 9 * H, "next": TEN + 600})
    _, task = kept(over, following, by=in_force)
    assert task.pin == Pin(caregivers=(ANNA,), start=None)


def test_what_its_person_cannot_reach_in_time_any_more_is_free_for_others() -> None:
    over = replace(
        visit("over", 9 * H, 9 * H),
        duration=2 * H,
        pin=Pin(caregivers=(ANNA,), start=9 * H, started=True),
    )
    tight = visit("tight", TEN, TEN + 900)
    _, task = kept(over, tight, by=plan(anna={"over": 9 * H, "tight": TEN + 600}))
    assert task.pin is None
