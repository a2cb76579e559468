"""Each shift travels by the matrix of its time of day, in the solver as in the verifier."""

from dataclasses import replace

import numpy as np
import pytest

from scheduler.model.checking import InvalidProblem
from scheduler.model.cost import travel_seconds
from scheduler.model.figures import figures
from scheduler.model.plan import Plan
from scheduler.model.problem import CAR, Mode, Problem, Window
from scheduler.model.rules import Rule
from scheduler.model.verify import violations
from scheduler.solve.engine import solve
from tests.unit.scheduler.days import HOUR, day, line, person, shift, visit

PEAK = Mode("car@morning")
QUIET = {CAR: line(12), PEAK: (line(12) * 4).astype(np.int32)}


def two_shifts(travel: dict[Mode, np.ndarray[tuple[int, int], np.dtype[np.int32]]]) -> Problem:
    """One person: the morning peak, then a quiet afternoon; one visit in each, 5 minutes away."""
    early = visit("early", location=5, window=Window(start=7 * HOUR, end=9 * HOUR))
    late = visit("late", location=5, window=Window(start=13 * HOUR, end=15 * HOUR))
    driver = person("sun", mode=CAR, shifts=(replace(shift(7, 10), mode=PEAK), shift(13, 16)))
    return day([early, late], [driver], travel=travel)


def solved(problem: Problem) -> Plan:
    return solve(problem, seconds=20, iterations=200)


def test_a_plan_made_with_slots_verifies_and_counts_each_shift_by_its_own_times() -> None:
    problem = two_shifts(QUIET)
    plan = solved(problem)
    assert not plan.unplaced
    assert violations(problem, plan) == ()
    assert travel_seconds(problem, plan) == 2 * 5 * 60 * 4 + 2 * 5 * 60
    assert figures(problem, plan).travel_s == travel_seconds(problem, plan)


def test_the_verifier_refuses_a_plan_that_drives_through_the_peak_as_if_it_were_noon() -> None:
    problem = two_shifts(QUIET)
    hopeful = solved(two_shifts({CAR: line(12), PEAK: line(12)}))
    broken = violations(problem, hopeful)
    assert {each.rule for each in broken} == {Rule.TRAVEL}
    assert all(each.data["early"] == 15 * 60 for each in broken)


def test_the_quiet_shift_is_not_held_to_the_peak() -> None:
    plan = solved(two_shifts(QUIET))
    quiet = tuple(stop for stop in plan.route_of(person("sun").id).stops if stop.shift == 1)
    depart, task, home = quiet
    assert task.arrival - depart.end == 5 * 60
    assert home.arrival - task.end == 5 * 60


def test_a_visit_the_peak_puts_out_of_reach_says_that_it_is_too_far() -> None:
    slow = {CAR: line(12), PEAK: (line(12) * 40).astype(np.int32)}
    plan = solved(two_shifts(slow))
    assert [item.task for item in plan.unplaced] == ["early"]
    assert plan.unplaced[0].reason == "too_far"


def test_a_shift_whose_time_of_day_has_no_matrix_is_refused() -> None:
    with pytest.raises(InvalidProblem, match="no travel times"):
        two_shifts({CAR: line(12)})
