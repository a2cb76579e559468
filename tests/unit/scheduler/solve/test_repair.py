"""A caregiver is pulled away: the rest of the day is told who comes instead."""

from dataclasses import replace

import pytest

from bench.schedule_days import visit_day
from scheduler.model.plan import Plan, moved_placements
from scheduler.model.problem import Problem
from scheduler.model.verify import violations
from scheduler.solve import repair as repairing
from scheduler.solve.engine import solve
from scheduler.solve.repair import Alternative, Reach, repair


@pytest.fixture(scope="module")
def before() -> tuple[Problem, Plan]:
    problem = visit_day(60, 15, seed=9)
    return problem, solve(problem, seconds=60, iterations=200)


@pytest.fixture(scope="module")
def after(before: tuple[Problem, Plan]) -> Problem:
    """The busiest caregiver is gone for the day."""
    problem, plan = before
    gone = max(plan.routes, key=lambda route: len(route.stops)).caregiver
    people = tuple(replace(p, shifts=()) if p.id == gone else p for p in problem.caregivers)
    return replace(problem, caregivers=people)


def test_every_alternative_keeps_the_rules_and_the_first_touches_nobody_else(
    before: tuple[Problem, Plan], after: Problem
) -> None:
    _, plan = before
    seen: list[Alternative] = []
    found = repair(after, plan, seconds=0.6, on_alternative=seen.append)
    assert [each.reach for each in seen] == list(Reach)
    assert all(violations(after, each.plan) == () for each in found)
    gone = set(plan.placements()) - {
        task for r in plan.routes for task in r.tasks if _stays(r.caregiver, after)
    }
    swapped = {c.task for c in seen[0].changes if c.changes_caregiver or c.after is None}
    assert swapped <= gone


def test_an_answer_that_changes_much_that_nothing_happened_to_is_not_given(
    before: tuple[Problem, Plan], after: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, plan = before
    placed = plan.placements()
    gone = {task for r in plan.routes for task in r.tasks if not _stays(r.caregiver, after)} | {
        task.id for task in after.tasks if task.id not in placed
    }
    monkeypatch.setattr(repairing, "LEAST_DISTURBED", 0)
    for most in (0.0, 0.1, 1.0):
        monkeypatch.setattr(repairing, "MOST_DISTURBED", most)
        for each in repair(after, plan, seconds=0.4):
            if each.reach != Reach.ONLY_DISPLACED:
                calm = {change.task for change in each.changes} - gone
                assert len(calm) <= max(len(gone), most * len(placed))


def test_alternatives_come_cheapest_first_and_price_their_changes(
    before: tuple[Problem, Plan], after: Problem
) -> None:
    found = repair(after, before[1], seconds=0.6)
    totals = [each.cost.total for each in found]
    assert totals == sorted(totals)
    assert all(each.changes for each in found)


def test_nothing_to_repair_changes_nothing_but_to_the_better(
    before: tuple[Problem, Plan],
) -> None:
    problem, plan = before
    found = repair(problem, plan, seconds=0.2)
    first = next(each for each in found if each.reach == Reach.ONLY_DISPLACED)
    assert first.changes == ()


def test_placements_told_from_the_routes_that_moved_are_those_of_the_whole_plan(
    before: tuple[Problem, Plan], after: Problem
) -> None:
    _, plan = before
    placed = plan.placements()
    for each in repair(after, plan, seconds=0.3):
        assert moved_placements(plan, placed, each.plan) == each.plan.placements()
        fewer = replace(each.plan, routes=each.plan.routes[1:])
        assert moved_placements(plan, placed, fewer) == fewer.placements()


def _stays(who: str, problem: Problem) -> bool:
    return any(p.id == who and p.shifts for p in problem.caregivers)
