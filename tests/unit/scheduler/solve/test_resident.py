"""The process that holds the day: sent only what changed, replaced when it dies, never stale."""

import os
import signal
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.repair import pull_out
from bench.schedule_days import HOUR, visit_day
from scheduler.day.keeping import PROMISED_S
from scheduler.model.plan import Plan
from scheduler.model.problem import Problem, TaskId
from scheduler.model.verify import violations
from scheduler.solve.changing import Grown, apply, apply_plan, changed, changed_plan
from scheduler.solve.engine import solve
from scheduler.solve.repair import Reach, repair
from scheduler.solve.resident import ResidentSolver


@pytest.fixture(scope="module")
def day() -> tuple[Problem, Plan]:
    problem = visit_day(60, 15, seed=9)
    return problem, solve(problem, seconds=60, iterations=200)


@pytest.fixture
async def resident() -> AsyncIterator[ResidentSolver]:
    held = ResidentSolver()
    yield held
    await held.close()


async def test_each_alternative_is_verified_and_comes_as_soon_as_it_is_there(
    day: tuple[Problem, Plan], resident: ResidentSolver
) -> None:
    problem, plan = day
    case = pull_out(problem, plan, plan.routes[0].caregiver, 10 * HOUR)
    await resident.hold("day", problem, plan)
    found = [each async for each in resident.ask("day", case.problem, plan, seconds=0.4)]
    assert [each.reach for each in found] == list(Reach)
    assert all(violations(case.problem, each.plan) == () for each in found)
    assert found[0].seconds <= found[-1].seconds


async def test_a_child_killed_in_mid_repair_is_replaced_and_the_question_answered_anyway(
    day: tuple[Problem, Plan], resident: ResidentSolver
) -> None:
    problem, plan = day
    case = pull_out(problem, plan, plan.routes[0].caregiver, 10 * HOUR)
    await resident.hold("day", problem, plan)
    found = []
    async for each in resident.ask("day", case.problem, plan, seconds=3.0):
        found.append(each)
        if len(found) == 1:
            killed = resident.pid
            assert killed is not None
            os.kill(killed, signal.SIGKILL)
    assert [each.reach for each in found] == list(Reach)
    assert resident.pid != killed


async def test_whoever_stops_listening_leaves_no_answers_to_the_next(
    day: tuple[Problem, Plan], resident: ResidentSolver
) -> None:
    problem, plan = day
    first = pull_out(problem, plan, plan.routes[0].caregiver, 10 * HOUR).problem
    async with aclosing(resident.ask("day", first, plan, seconds=60)) as answers:
        await anext(answers)
    found = [each async for each in resident.ask("day", problem, plan, seconds=0.3)]
    assert found[0].changes == ()


async def test_who_wants_the_first_answer_only_gets_it_and_the_child_lives_on(
    day: tuple[Problem, Plan], resident: ResidentSolver
) -> None:
    problem, plan = day
    case = pull_out(problem, plan, plan.routes[0].caregiver, 10 * HOUR).problem
    asked = resident.ask("day", case, plan, seconds=60, first_only=True)
    assert [each.reach async for each in asked] == [Reach.ONLY_DISPLACED]
    child = resident.pid
    found = [each async for each in resident.ask("day", problem, plan, seconds=0.3)]
    assert found[0].changes == ()
    assert resident.pid == child


async def test_days_beyond_what_is_held_are_sent_again(
    day: tuple[Problem, Plan], resident: ResidentSolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.solve.resident.MOST_HELD", 1)
    problem, plan = day
    for key in ("one", "two", "one"):
        found = [each async for each in resident.ask(key, problem, plan, seconds=0.2)]
        assert len(found) == len(Reach)


def test_only_what_changed_is_sent_and_makes_the_same_problem(day: tuple[Problem, Plan]) -> None:
    before, plan = day
    after = pull_out(before, plan, plan.routes[0].caregiver, 10 * HOUR).problem
    delta = changed(before, after)
    assert delta.travel is None
    assert [task for task in delta.tasks if not isinstance(task, int)] == [after.tasks[-1]]
    assert delta.moved.at
    made = apply(before, delta)
    assert (made.tasks, made.caregivers, made.precedences) == (
        after.tasks,
        after.caregivers,
        after.precedences,
    )
    assert apply_plan(plan, changed_plan(plan, plan)) == plan


def test_of_a_matrix_with_one_more_place_only_its_row_and_column_are_sent(
    day: tuple[Problem, Plan],
) -> None:
    before, _ = day
    ((mode, matrix),) = before.travel.items()
    wider = np.pad(matrix, ((0, 1), (0, 1)), constant_values=77)
    delta = changed(before, replace(before, travel={mode: wider}))
    assert delta.travel is not None
    assert isinstance(delta.travel[mode], Grown)
    assert np.array_equal(apply(before, delta).travel[mode], wider)
    other = matrix + 1
    replaced = changed(before, replace(before, travel={mode: other}))
    assert np.array_equal(apply(before, replaced).travel[mode], other)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(1, 40), who=st.integers(0, 5), now=st.integers(8 * HOUR, 16 * HOUR))
def test_what_has_begun_and_what_is_promised_within_the_hour_does_not_move(
    seed: int, who: int, now: int
) -> None:
    problem = visit_day(24, 6, seed=seed)
    plan = solve(problem, seconds=60, iterations=60, threads=1)
    case = pull_out(problem, plan, problem.caregivers[who].id, now)
    placed = plan.placements()
    # What a person still at a late visit cannot keep was let go of before the search.
    promised = {task.id for task in case.problem.tasks if task.pin is not None and task.pin.start}
    soon: set[TaskId] = {
        task
        for task, there in placed.items()
        if there.start <= now + PROMISED_S and task in promised and task not in case.affected
    }
    for each in repair(case.problem, plan, seconds=0.3):
        assert violations(case.problem, each.plan) == ()
        after = each.plan.placements()
        for task in soon & after.keys():
            assert after[task].start == placed[task].start
            assert after[task].caregivers == placed[task].caregivers
