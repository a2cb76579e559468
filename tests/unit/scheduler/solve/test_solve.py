"""Whatever the day, what the solver hands over keeps every rule, or says why not."""

import asyncio
import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.schedule_days import meal_day, visit_day
from scheduler.model.plan import Plan, Reason, StopKind
from scheduler.model.problem import (
    EBIKE,
    Break,
    Caregiver,
    CaregiverId,
    Load,
    MealPoint,
    MealPointId,
    Pin,
    Precedence,
    Problem,
    Task,
    TaskId,
    Weights,
    Window,
)
from scheduler.model.verify import cost, violations
from scheduler.solve import merge as merging
from scheduler.solve.core import insert, limits, pairs, ruin, search, seek, timing
from scheduler.solve.encode import encode
from scheduler.solve.engine import solve, warm
from scheduler.solve.lane import rounds
from scheduler.solve.process import SolveFailed, Standby, solve_in_process
from scheduler.solve.progress import Progress
from scheduler.solve.repair import repair
from tests.unit.scheduler.days import HOUR, MINUTE, day, line, person, shift, visit

BATH = frozenset({"bath"})
POINTS = (MealPointId("m0"), MealPointId("m1"))


def quick(problem: Problem, **more: object) -> Plan:
    return solve(problem, seconds=60, iterations=40, **more)  # type: ignore[arg-type]


@st.composite
def tasks(draw: st.DrawFn, number: int) -> Task:
    start = draw(st.integers(8, 14)) * HOUR
    width = draw(st.sampled_from([0, 15, 60, 180])) * MINUTE
    is_meal = draw(st.integers(0, 3)) == 0
    staff = 1 if is_meal else draw(st.sampled_from([1, 1, 2]))
    pin = None
    if not is_meal and draw(st.integers(0, 7)) == 0:
        who = tuple(CaregiverId(f"p{n}") for n in range(staff))
        pin = Pin(caregivers=who, start=start, started=draw(st.booleans()))
    return visit(
        f"t{number}",
        location=draw(st.integers(1, 11)),
        duration=draw(st.sampled_from([5, 30, 90])) * MINUTE,
        window=Window(start=start, end=start + width),
        due=start + width // 2,
        skills=draw(st.sampled_from([frozenset(), BATH])),
        staff=staff,
        refused=draw(st.sampled_from([frozenset(), frozenset({CaregiverId("p0")})])),
        familiar=draw(st.sampled_from([{}, {CaregiverId("p1"): 80}])),
        price=draw(st.sampled_from([500, 10_000_000])),
        pin=pin,
        load=Load(hot=1) if is_meal else Load(),
        meal_points=frozenset(POINTS[: draw(st.integers(1, 2))]) if is_meal else frozenset(),
        max_ride=draw(st.sampled_from([None, 4 * MINUTE])) if is_meal else None,
    )


@st.composite
def people(draw: st.DrawFn, number: int) -> Caregiver:
    noon = Break(window=Window(start=11 * HOUR, end=13 * HOUR), duration=30 * MINUTE)
    shifts = draw(
        st.sampled_from(
            [
                (shift(8, 16),),
                (shift(8, 16, breaks=(noon,)),),
                (shift(8, 11), shift(13, 17)),
                (shift(9, 12, destination=None),),
                (),
            ]
        )
    )
    return person(
        f"p{number}",
        shifts=shifts,
        skills=draw(st.sampled_from([frozenset(), BATH])),
        capacity=Load(hot=draw(st.integers(0, 2)), cold=0),
        max_trips=draw(st.integers(0, 2)),
        max_work=draw(st.sampled_from([None, 3 * HOUR])),
        max_overtime=draw(st.sampled_from([0, HOUR])),
        max_riding=draw(st.sampled_from([None, 20 * MINUTE])),
    )


@st.composite
def days(draw: st.DrawFn) -> Problem:
    todo = [draw(tasks(n)) for n in range(draw(st.integers(0, 9)))]
    staff = [draw(people(n)) for n in range(draw(st.integers(2, 4)))]
    rules = []
    for first, then in itertools.pairwise(todo):
        if draw(st.integers(0, 4)) == 0:
            rules.append(
                Precedence(
                    first=first.id,
                    then=then.id,
                    least=draw(st.sampled_from([0, HOUR])),
                    most=draw(st.sampled_from([None, 2 * HOUR])),
                    different_caregivers=draw(st.booleans()),
                )
            )
    kitchens = tuple(
        MealPoint(id=name, location=3 * n, per_half_hour=draw(st.sampled_from([None, 1])))
        for n, name in enumerate(POINTS)
    )
    weights = Weights(fairness=draw(st.integers(0, 2)))
    return day(todo, staff, precedences=tuple(rules), meal_points=kitchens, weights=weights)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(problem=days())
def test_whatever_the_day_the_plan_verifies_or_says_why_not(problem: Problem) -> None:
    plan = quick(problem)
    broken = violations(problem, plan)
    contradicting = {task.id for task in problem.tasks if task.pin is not None and task.pin.started}
    assert all(v.task in contradicting or v.task is None for v in broken)
    if not contradicting:
        assert broken == ()
        assert plan.solved is not None
        assert plan.solved.refused == 0
    assert all(isinstance(item.reason, Reason) for item in plan.unplaced)


def test_the_search_and_the_verifier_agree_on_the_cost() -> None:
    problem = visit_day(40, 10, seed=3)
    seen: list[Progress] = []
    plan = quick(problem, on_progress=seen.append)
    assert violations(problem, plan) == ()
    assert cost(problem, plan).total == seen[-1].cost


def test_one_seed_gives_one_plan() -> None:
    problem = visit_day(25, 6, seed=5)
    first, second = (quick(problem, seed=7) for _ in range(2))
    assert first.routes == second.routes


def test_every_plan_carries_the_verdict_of_cp_sat() -> None:
    plan = quick(visit_day(15, 5))
    assert plan.solved is not None
    assert plan.solved.merged in {"optimal", "feasible"}
    assert plan.solved.bound is not None


def test_a_visit_for_two_is_started_together() -> None:
    plan = quick(day([visit("a", staff=2)], [person("ann"), person("ben")]))
    (placed,) = plan.placements().values()
    assert placed.caregivers == ("ann", "ben")


def test_ordered_services_keep_their_gap_and_their_people_apart() -> None:
    rule = Precedence(
        first=TaskId("pills"),
        then=TaskId("lunch"),
        least=30 * MINUTE,
        most=HOUR,
        different_caregivers=True,
    )
    problem = day(
        [visit("pills"), visit("lunch")], [person("ann"), person("ben")], precedences=(rule,)
    )
    placed = quick(problem).placements()
    gap = placed[TaskId("lunch")].start - placed[TaskId("pills")].start
    assert 30 * MINUTE <= gap <= HOUR
    assert placed[TaskId("lunch")].caregivers != placed[TaskId("pills")].caregivers


def test_the_usual_caregiver_comes_even_from_further_away() -> None:
    near = person("near", shifts=(shift(origin=1, destination=1),))
    problem = day([visit("a", familiar={CaregiverId("far"): 100})], [near, person("far")])
    assert quick(problem).placements()[TaskId("a")].caregivers == ("far",)


def test_a_lunch_run_is_delivered_whole_and_within_the_rules() -> None:
    problem = meal_day(60, 3, 6, seed=2)
    plan = solve(problem, seconds=60, iterations=150)
    assert violations(problem, plan) == ()
    assert plan.unplaced == ()
    loads = [s for r in plan.routes for s in r.stops if s.kind == StopKind.LOAD]
    assert len(loads) > len([r for r in plan.routes if r.stops])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"skills": frozenset({"surgery"})}, Reason.NO_SKILL),
        ({"refused": frozenset({CaregiverId("ann")})}, Reason.ALL_REFUSED),
        ({"window": Window(start=0, end=HOUR)}, Reason.NOBODY_AT_WORK),
        ({"window": Window(start=0, end=8 * HOUR)}, Reason.TOO_FAR),
        ({"staff": 2}, Reason.NO_PAIR),
        ({"duration": 9 * HOUR}, Reason.NOBODY_AT_WORK),
        ({"price": 1}, Reason.COSTS_MORE_THAN_IT_IS_WORTH),
        ({"load": Load(hot=1), "meal_points": frozenset(POINTS)}, Reason.NO_MEAL_POINT),
    ],
)
def test_what_is_left_out_says_why(changes: dict[str, object], reason: Reason) -> None:
    points = tuple(MealPoint(id=name, location=2) for name in POINTS)
    problem = day([visit("a", **changes)], [person("ann")], meal_points=points)
    (item,) = quick(problem).unplaced
    assert item.reason == reason


def test_a_full_day_leaves_out_the_optional_visit() -> None:
    tight = Window(start=9 * HOUR, end=9 * HOUR)
    problem = day(
        [visit("must", window=tight), visit("may", window=tight, price=5_000)], [person("ann")]
    )
    plan = quick(problem)
    assert [item.task for item in plan.unplaced] == ["may"]


def test_a_plan_in_force_is_kept_where_it_still_holds() -> None:
    problem = visit_day(30, 8, seed=4)
    before = quick(problem)
    gone = problem.caregivers[0].id
    people = tuple(replace(p, shifts=()) if p.id == gone else p for p in problem.caregivers)
    smaller = replace(problem, caregivers=people)

    def kept(previous: Plan | None) -> int:
        after = solve(smaller, seconds=60, iterations=400, initial=before, previous=previous)
        return len(before.placements().items() & after.placements().items())

    assert kept(before) > len(problem.tasks) // 2
    assert kept(before) > kept(None)


def test_with_pairs_a_search_cools_anew_as_often_as_its_time_allows() -> None:
    def times(staff: int, seconds: float) -> int:
        visits = [visit(f"v{n}", staff=staff if n < 20 else 1) for n in range(100)]
        return rounds(encode(day(visits, [person("ann"), person("ben")])).data, seconds)

    assert [times(2, seconds) for seconds in (1, 10, 30, 600)] == [1, 1, 3, 6]
    assert times(1, 600) == 1


def test_of_several_rounds_the_best_is_kept() -> None:
    seen: list[Progress] = []
    problem = visit_day(12, 4, seed=2)
    assert rounds(encode(problem).data, 3) > 1
    plan = solve(problem, seconds=3, on_progress=seen.append)
    assert violations(problem, plan) == ()
    assert all(after.cost <= before.cost for before, after in itertools.pairwise(seen))
    assert cost(problem, plan).total == pytest.approx(seen[-1].cost, abs=1)


async def test_a_solve_beside_the_loop_streams_progress_and_can_be_stopped() -> None:
    seen: list[Progress] = []
    stop = asyncio.Event()
    stop.set()
    problem = visit_day(15, 5)
    plan = await solve_in_process(
        problem, seconds=60, threads=1, on_progress=seen.append, stop=stop
    )
    assert violations(problem, plan) == ()
    assert seen


async def test_a_cancelled_solve_leaves_no_process_behind() -> None:
    running = asyncio.create_task(solve_in_process(visit_day(15, 5), seconds=60))
    await asyncio.wait({running}, timeout=0.5)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_child_that_dies_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.solve.process.sys.executable", "/bin/false")
    with pytest.raises(SolveFailed):
        await solve_in_process(visit_day(5, 2), seconds=1)


async def test_a_child_on_standby_answers_like_any_other_and_is_followed_by_the_next() -> None:
    problem, standby = visit_day(8, 2), Standby()
    standby.prepare()
    try:
        for _ in range(2):
            plan = await solve_in_process(problem, seconds=0.2, threads=1, standby=standby)
            assert not violations(problem, plan)
    finally:
        await standby.close()


async def test_a_child_that_died_on_standby_is_replaced() -> None:
    standby = Standby()
    dead = await standby.take()
    dead.kill()
    await dead.wait()
    standby._next = asyncio.create_task(_dead_child(dead))
    try:
        plan = await solve_in_process(visit_day(5, 2), seconds=0.2, threads=1, standby=standby)
        assert len(plan.routes) == 2
    finally:
        await standby.close()


async def _dead_child(child: asyncio.subprocess.Process) -> asyncio.subprocess.Process:
    return child


def test_without_time_to_merge_cp_sat_confirms_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def first_time_without_luck(*args: Any, **more: Any) -> merging.Merged:
        asked.append(len(args[1]))
        if len(asked) == 1:
            return merging.Merged(verdict="unknown", bound=None, columns=())
        return merging.merge(*args, **more)

    monkeypatch.setattr("scheduler.solve.driver.merge", first_time_without_luck)
    plan = quick(visit_day(15, 5))
    assert plan.solved is not None
    assert plan.solved.merged == "confirmed"
    assert asked[1] < asked[0]


def test_warming_up_compiles_all_that_a_solve_and_a_repair_need() -> None:
    compiled = [
        function
        for module in (timing, limits, insert, seek, pairs, ruin, search)
        for name, function in vars(module).items()
        if getattr(function, "__module__", None) == module.__name__ and hasattr(function, "stats")
    ]
    warm()
    before = [sum(function.stats.cache_misses.values()) for function in compiled]
    problem = meal_day(20, 2, 3)
    plan = quick(problem)
    repair(replace(problem, caregivers=problem.caregivers[1:]), plan, seconds=0.1)
    repair(visit_day(12, 4), quick(visit_day(12, 4)), seconds=0.1)
    assert [sum(function.stats.cache_misses.values()) for function in compiled] == before


def test_a_service_that_cannot_be_done_does_not_take_its_partner_with_it() -> None:
    apart = Precedence(first=TaskId("pills"), then=TaskId("lunch"), different_caregivers=True)
    night = Window(start=0, end=HOUR)
    problem = day(
        [visit("pills", window=night), visit("lunch")],
        [person("ann"), person("ben")],
        precedences=(apart,),
    )
    assert [item.task for item in quick(problem).unplaced] == ["pills"]
    alone = day([visit("pills"), visit("lunch")], [person("ann")], precedences=(apart,))
    assert len(quick(alone).unplaced) == 1


def test_of_two_services_for_which_the_day_has_room_for_one_one_is_done() -> None:
    apart = Precedence(first=TaskId("pills"), then=TaskId("lunch"), different_caregivers=True)
    nine = Window(start=9 * HOUR, end=9 * HOUR)
    problem = day(
        [visit("pills", window=nine), visit("lunch", window=nine), visit("bath", window=nine)],
        [person("ann"), person("ben")],
        precedences=(apart,),
    )
    assert len(quick(problem).unplaced) == 1
    late = replace(apart, least=HOUR, most=2 * HOUR)
    impossible = replace(problem, tasks=problem.tasks[:2], precedences=(late,))
    assert len(quick(impossible).unplaced) == 1


def test_a_visit_is_placed_though_only_the_edge_of_a_breaks_window_leaves_room() -> None:
    rest = Break(window=Window(start=9 * HOUR, end=10 * HOUR), duration=30 * MINUTE)
    ten = Window(start=10 * HOUR, end=10 * HOUR)
    ann = person("ann", shifts=(shift(breaks=(rest,)),))
    far = day([visit("far", location=11, duration=0, window=ten)], [ann])
    slow = replace(far, travel={EBIKE: 4 * line(12)})
    # Where a break falls is drawn, and one try in thirty draws this edge.
    assert solve(slow, seconds=60, iterations=400).unplaced == ()


def test_what_has_begun_is_in_the_plan_however_little_it_is_worth() -> None:
    begun = Pin(caregivers=(CaregiverId("ann"),), start=9 * HOUR, started=True)
    problem = day(
        [
            visit("begun", pin=begun, price=1, familiar={CaregiverId("ben"): 100}),
            visit("other", refused=frozenset({CaregiverId("ann")})),
        ],
        [person("ann"), person("ben")],
    )
    plan = quick(problem)
    assert plan.unplaced == ()
    assert plan.placements()[TaskId("begun")].start == 9 * HOUR
