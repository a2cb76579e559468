"""Each weighted rule has its price, and only that."""

from dataclasses import replace

import pytest

from scheduler.model.cost import cost
from scheduler.model.plan import Plan, Reason, Route, Unplaced
from scheduler.model.problem import CaregiverId, TaskId, Weights
from scheduler.model.rules import WEIGHTED, Rule
from tests.unit.scheduler.days import HOUR, MINUTE, day, person, shift, visit
from tests.unit.scheduler.model.test_verify import route, task_stop

ANN = CaregiverId("ann")
A = TaskId("a")
NINE = 9 * HOUR
WEIGHTS = Weights(
    travel=1,
    lateness=2,
    worst_lateness=3,
    continuity=100,
    preference=50,
    overtime=4,
    fairness=5,
    changed_caregiver=1_000,
    changed_time=6,
    change_tolerance=60,
)


def plan(start: int = NINE) -> Plan:
    end = start + 31 * MINUTE
    return Plan(routes=(route(ANN, task_stop(A, 1, start), leave=start - MINUTE, back=end),))


def points(task_changes: dict[str, object], **people_changes: object) -> dict[Rule, int]:
    people = [person("ann", **people_changes), person("ben")]
    problem = day([visit("a", **task_changes)], people, weights=WEIGHTS)
    return {rule: value for rule, value in cost(problem, plan()).points.items() if value}


TRAVEL = {Rule.TRAVEL_TIME: 120}


def test_travel_counts_every_leg() -> None:
    assert points({}) == TRAVEL | {Rule.FAIRNESS: 5 * 15 * MINUTE}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"due": NINE - 10, "urgency": 3}, {Rule.LATENESS: 60, Rule.WORST_LATENESS: 30}),
        ({"familiar": {ANN: 30}}, {Rule.CONTINUITY: 70}),
        ({"familiar": {CaregiverId("ben"): 100}}, {Rule.CONTINUITY: 100}),
        ({"preferred": frozenset({CaregiverId("ben")})}, {Rule.PREFERENCE: 50}),
        ({"preferred": frozenset({ANN})}, {}),
    ],
)
def test_a_visit_is_priced_by_its_wishes(
    changes: dict[str, object], expected: dict[Rule, int]
) -> None:
    assert points(changes) == TRAVEL | {Rule.FAIRNESS: 4_500} | expected


def test_overtime_counts_from_the_end_of_the_shift() -> None:
    found = points({}, shifts=(shift(8, 9),), max_overtime=HOUR)
    assert found[Rule.OVERTIME] == 4 * 31 * MINUTE


def test_leaving_out_costs_its_price() -> None:
    problem = day([visit("a", price=77)], [person("ann")])
    out = Plan(routes=(Route(caregiver=ANN),), unplaced=(Unplaced(task=A, reason=Reason.TOO_FAR),))
    assert cost(problem, out).total == 77


def test_changes_are_priced_against_the_plan_before() -> None:
    problem = day([visit("a")], [person("ann"), person("ben")], weights=WEIGHTS)
    later = cost(problem, plan(NINE + 100), previous=plan()).points
    assert later[Rule.CHANGED_TIME] == 6 * 40
    assert later[Rule.CHANGED_CAREGIVER] == 0
    other = replace(plan().routes[0], caregiver=CaregiverId("ben"))
    swapped = cost(problem, Plan(routes=(other,)), previous=plan()).points
    assert swapped[Rule.CHANGED_CAREGIVER] == 1_000


def test_every_weighted_rule_is_priced() -> None:
    problem = day([visit("a")], [person("ann"), person("ben")], weights=WEIGHTS)
    assert set(cost(problem, plan(), previous=plan()).points) == WEIGHTED
