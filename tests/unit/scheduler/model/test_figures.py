"""What a plan comes to."""

from dataclasses import replace

from scheduler.model.figures import figures
from scheduler.model.plan import Plan
from tests.unit.scheduler.days import HOUR, MINUTE, day, person, visit
from tests.unit.scheduler.model.test_verify import (
    ANN,
    A,
    B,
    good_plan,
    good_problem,
    route,
    task_stop,
)


def test_travel_between_stops_is_paid_and_the_ways_from_home_and_back_are_not() -> None:
    problem = day([visit("a"), visit("b", location=4)], [person("ann")])
    nine = 9 * HOUR
    plan = Plan(
        routes=(
            route(
                ANN,
                task_stop(A, 1, nine),
                task_stop(B, 4, nine + 33 * MINUTE),
                leave=nine - MINUTE,
                back=nine + 67 * MINUTE,
            ),
        )
    )
    found = figures(problem, plan)
    assert (found.travel_s, found.paid_travel_s) == (8 * MINUTE, 3 * MINUTE)
    assert found.summary()["paid_travel_s"] == 3 * MINUTE


def test_a_plan_without_anything_to_do_pays_for_no_travel() -> None:
    nothing = replace(good_plan(), routes=())
    assert figures(good_problem(), nothing).paid_travel_s == 0
