"""A centre with more visits than one search takes: one job, one plan, many pieces."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from kernel.audit import Process
from kernel.db import Pool
from scheduler.centre.model import Kind
from scheduler.city import planning, queue, running, store
from scheduler.city.model import Bounds
from scheduler.city.planning import Cities, CityFailedError, CityProgress, CityRequest
from scheduler.city.store import RunState
from scheduler.city.working import Work, work
from scheduler.day.loading import derive_visits
from scheduler.jobs import asking
from scheduler.jobs.model import Job, JobState
from scheduler.jobs.working import work as work_jobs
from scheduler.planner import Planner
from scheduler.plans.issuing import Published
from scheduler.pull_outs import facts
from scheduler.pull_outs.noting import note
from scheduler.repairing.watching import Repairer
from scheduler.settings import PlannerSettings
from scheduler.travel.builtin import travel_times
from scheduler.travel.measuring import Travel

from .conftest import AREA, CENTRE, DAY, Street, at
from .test_planner import PATIENCE_S, RunningClock
from .test_pull_outs import told

VISITS = 14
Loop = Callable[[asyncio.Event], Coroutine[Any, Any, None]]
SETTINGS = PlannerSettings(plan_seconds=1, plan_threads=1)


@pytest.fixture
async def plain(database_url: str) -> AsyncIterator[Pool]:
    async with queue.pool(database_url, size=8) as opened:
        yield opened


@pytest.fixture
def cities(plain: Pool) -> Cities:
    return Cities(queue=plain, travel=Travel(), above=10, bounds=Bounds(visits=6, caregivers=3))


@pytest.fixture
def clock() -> RunningClock:
    return RunningClock(at(300))


async def settled(street: Street) -> None:
    """A long road, a caregiver for every few homes."""
    for n in range(5):
        who = await street.caregiver(f"C{n}", (480, 1020))
        await street.pool.execute(
            "UPDATE dispatch.caregiver SET base_lon = 119.9 + $2 WHERE id = $1", who, n * 0.003
        )
    for n in range(VISITS):
        await street.visit(await street.resident(f"R{n}"), (540 + 20 * n, 660 + 20 * n))


@asynccontextmanager
async def helping(plain: Pool, clock: RunningClock, *others: Loop) -> AsyncIterator[None]:
    """Let a worker, and whatever else loops until told to stop, run beside the test."""
    stop = asyncio.Event()
    having = Work(pool=plain, clock=clock, travel=travel_times, threads=1)
    loops = [work(having, stop), *(other(stop) for other in others)]
    tasks = [asyncio.create_task(each) for each in loops]
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 30)


async def ended(pool: Pool, job: UUID) -> Job:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            found = await asking.find(pool, frozenset({AREA}), job)
            if found.state in {JobState.DONE, JobState.FAILED}:
                return found
            await asyncio.sleep(0.2)  # noqa: TID251 - waits for processes


async def placed(pool: Pool, plan: UUID) -> Counter[UUID]:
    rows = await pool.fetch(
        "SELECT visit_id FROM scheduler.plan_stop WHERE plan_id = $1 AND visit_id IS NOT NULL", plan
    )
    return Counter(row["visit_id"] for row in rows)


async def test_a_large_centre_s_job_is_planned_in_parts_and_says_how_far_it_is(
    street: Street, pool: Pool, plain: Pool, cities: Cities, clock: RunningClock
) -> None:
    await settled(street)
    job = await asking.ask(
        pool,
        CENTRE,
        event_id=uuid4(),
        kind=Kind.VISITS,
        day=DAY,
        seconds=1,
        now=clock.now(),
        by=Process.COMMAND_LINE,
    )
    planner = Planner(SETTINGS, pool, clock, cities)
    async with helping(plain, clock, lambda stop: work_jobs(pool, clock, planner, stop)):
        found = await ended(pool, job.id)
    assert (found.state, found.error) == (JobState.DONE, None)
    last = found.progress[-1]
    assert last.of is not None
    assert last.of >= 3
    assert last.parts == last.of
    assert found.plan_id is not None
    stops = await placed(pool, found.plan_id)
    assert len(stops) == VISITS
    assert set(stops.values()) == {1}
    last_told = (await street.facts("planning.progress"))[-1]
    assert (last_told["parts"], last_told["of"]) == (last.parts, last.of)


async def test_whoever_waits_may_die_and_the_next_goes_on_with_the_same_run(
    street: Street, pool: Pool, plain: Pool, cities: Cities, clock: RunningClock
) -> None:
    await settled(street)
    asked = CityRequest(event_id=uuid4(), area=AREA, day=DAY, cause="daily", seconds=1)
    waiting = asyncio.Event()

    async def planned(seen: list[CityProgress]) -> Published:
        def on_progress(reached: CityProgress) -> None:
            seen.append(reached)
            waiting.set()

        return await planning.plan_city(
            pool, clock, asked, cities, on_progress=on_progress, stop=asyncio.Event()
        )

    assert not await planning.is_city(pool, AREA, DAY, cities.above)
    await derive_visits(pool, AREA, DAY)
    assert await planning.is_city(pool, AREA, DAY, cities.above)
    assert not await planning.is_city(pool, AREA, DAY, VISITS)
    first = asyncio.create_task(planned([]))
    await asyncio.wait_for(waiting.wait(), PATIENCE_S)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    seen: list[CityProgress] = []
    async with helping(plain, clock), helping(plain, clock):
        published = await asyncio.wait_for(planned(seen), PATIENCE_S)
    assert (published.state, published.violations) == ("published", ())
    assert len(await placed(pool, published.plan_id)) == VISITS
    assert await plain.fetchval("SELECT count(*) FROM scheduler.city_run") == 1
    assert seen[-1].done == seen[-1].total


async def test_a_day_that_changed_while_nobody_waited_is_cut_anew(
    street: Street, pool: Pool, plain: Pool, cities: Cities, clock: RunningClock
) -> None:
    await settled(street)
    await derive_visits(pool, AREA, DAY)
    asked = CityRequest(event_id=uuid4(), area=AREA, day=DAY, cause="daily", seconds=1)
    begun = asyncio.Event()

    async def planned() -> Published:
        return await planning.plan_city(
            pool,
            clock,
            asked,
            cities,
            on_progress=lambda _: begun.set(),
            stop=asyncio.Event(),
        )

    first = asyncio.create_task(planned())
    await asyncio.wait_for(begun.wait(), PATIENCE_S)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    await street.visit(await street.resident("Newcomer"), (600, 700))
    await derive_visits(pool, AREA, DAY)
    async with helping(plain, clock):
        published = await asyncio.wait_for(planned(), PATIENCE_S)
    assert len(await placed(pool, published.plan_id)) == VISITS + 1
    states = await plain.fetch("SELECT state FROM scheduler.city_run ORDER BY created_at")
    assert [row["state"] for row in states] == [RunState.CANCELLED, RunState.DONE]


async def test_an_alarm_in_a_large_centre_is_a_job_whose_plan_keeps_what_was_promised(
    street: Street,
    pool: Pool,
    plain: Pool,
    cities: Cities,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await settled(street)
    await derive_visits(pool, AREA, DAY)
    morning, noon = RunningClock(at(300)), RunningClock(at(600))
    asked = CityRequest(event_id=uuid4(), area=AREA, day=DAY, cause="daily", seconds=1)
    async with helping(plain, morning):
        first = await planning.plan_city(
            pool, morning, asked, cities, on_progress=lambda _: None, stop=asyncio.Event()
        )
    before = {
        row["visit_id"]: row["start_at"]
        for row in await pool.fetch(
            "SELECT visit_id, start_at FROM scheduler.plan_stop WHERE visit_id IS NOT NULL"
        )
    }
    away = await pool.fetchval(
        "SELECT caregiver_id FROM scheduler.plan_stop WHERE kind = 'task' ORDER BY start_at DESC"
    )
    async with pool.acquire() as conn, conn.transaction():
        fact = told(away, "accepted", noon.now(), uuid4())
        parsed = facts.parse(fact)
        assert parsed is not None
        await note(conn, parsed)
    monkeypatch.setattr("scheduler.repairing.watching.LARGE", cities.above)
    repairer = Repairer(SETTINGS, pool, noon)
    for _ in range(2):
        await repairer.repair()
    waiting = await pool.fetch("SELECT id, cause FROM scheduler.job WHERE state = 'queued'")
    assert [row["cause"] for row in waiting] == ["pull_out"]
    planner = Planner(SETTINGS, pool, noon, cities)
    async with helping(plain, noon, lambda stop: work_jobs(pool, noon, planner, stop)):
        found = await ended(pool, waiting[0]["id"])
    assert (found.state, found.error) == (JobState.DONE, None)
    assert found.plan_id is not None
    assert found.plan_id != first.plan_id
    alarms = "SELECT count(*) FROM scheduler.plan_stop WHERE assignment_id IS NOT NULL"
    assert await pool.fetchval(alarms) == 1
    after = await placed(pool, found.plan_id)
    past = {visit for visit, start in before.items() if start < at(600)}
    assert set(after) >= set(before) - past


async def test_a_cancelled_run_fails_its_job(
    street: Street, pool: Pool, plain: Pool, cities: Cities, clock: RunningClock
) -> None:
    await settled(street)
    await derive_visits(pool, AREA, DAY)
    asked = CityRequest(event_id=uuid4(), area=AREA, day=DAY, cause="daily", seconds=1)
    begun = asyncio.Event()
    waiting = asyncio.create_task(
        planning.plan_city(
            pool,
            clock,
            asked,
            cities,
            on_progress=lambda _: begun.set(),
            stop=asyncio.Event(),
        )
    )
    await asyncio.wait_for(begun.wait(), PATIENCE_S)
    run = await plain.fetchval("SELECT id FROM scheduler.city_run")
    await running.cancel(plain, run, clock.now())
    with pytest.raises(CityFailedError):
        await asyncio.wait_for(waiting, 30)
    async with plain.acquire() as conn:
        await store.forget(conn, clock.now() + timedelta(days=1))
        assert await store.run(conn, run) is None
