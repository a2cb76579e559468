"""Weeks are chosen beside all else, one at a time, and a death loses nothing."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from kernel.clock import Clock, FakeClock, SystemClock
from kernel.ids import new_id
from scheduler.planner import keep_planned
from scheduler.settings import PlannerSettings
from scheduler.week import jobs, store
from scheduler.week.jobs import WeekJob
from scheduler.week.working import work
from tests.integration.scheduler.conftest import AREA, DAY, Street, at

from .test_planner import RunningClock, eventually
from .test_weeks import three_times_a_week, works_all_week


async def ask(street: Street, event: UUID | None = None, *, seconds: float = 1) -> WeekJob:
    async with street.pool.acquire() as conn:
        return await jobs.put(
            conn,
            event or new_id(),
            centre=AREA,
            monday=DAY,
            cause="manual",
            seconds=seconds,
            at=at(540),
        )


async def look(street: Street, job: WeekJob) -> WeekJob:
    async with street.pool.acquire() as conn:
        found = await jobs.get(conn, job.id)
    assert found is not None
    return found


async def until(street: Street, job: WeekJob, *states: str, clock: Clock | None = None) -> WeekJob:
    """Work until the job has one of the states, then stop as a process that ends."""

    async def reached() -> bool:
        return (await look(street, job)).state in states

    working = asyncio.create_task(
        work(street.pool, clock or RunningClock(at(540)), 1, asyncio.Event())
    )
    await eventually(reached)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    return await look(street, job)


async def test_who_asks_while_a_week_is_waited_for_is_told_of_that_job(street: Street) -> None:
    first, event = await ask(street), new_id()
    assert (await ask(street, event)).id == first.id
    assert (await ask(street, first.event_id)).id == first.id
    await until(street, first, "done")
    later = await ask(street, event)
    assert later.id != first.id
    assert (await ask(street, first.event_id)).id == first.id


async def test_a_job_chooses_its_week_and_tells_how_far_it_is(street: Street) -> None:
    await works_all_week(street, "Anna")
    await three_times_a_week(street)
    done = await until(street, await ask(street), "done")
    assert {line.stage for line in done.progress} <= {"days", "people"}
    facts = await street.facts("week.progress")
    assert facts[-1]["state"] == "done"
    assert {fact["monday"] for fact in facts} == {DAY.isoformat()}
    async with street.pool.acquire() as conn:
        assert await store.run(conn, AREA, DAY) is not None


async def test_a_worker_that_dies_leaves_its_week_to_the_next(street: Street) -> None:
    await works_all_week(street, "Anna")
    await three_times_a_week(street)
    job = await until(street, await ask(street, seconds=60), "running")
    assert job.attempts == 1
    later = RunningClock(at(541))
    done = await until(street, job, "done", clock=later)
    assert done.attempts == 2


async def test_a_week_over_which_workers_keep_dying_is_given_up(street: Street) -> None:
    job = await ask(street)
    await street.pool.execute("UPDATE scheduler.week_job SET attempts = 3 WHERE id = $1", job.id)
    failed = await until(street, job, "failed")
    assert failed.error == "gave-up"


async def test_a_failure_says_by_a_code_why(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def died(*_: object, **__: object) -> None:
        raise RuntimeError("the child died")

    monkeypatch.setattr("scheduler.week.planning.choose_in_process", died)
    failed = await until(street, await ask(street), "failed", clock=SystemClock())
    assert failed.error == "failed"


async def test_a_days_visits_wait_for_their_week(street: Street, clock: FakeClock) -> None:
    job = await ask(street)
    settings = PlannerSettings(plan_seconds=1, tomorrow_at=1440)
    await keep_planned(settings, street.pool, clock.now())
    asked = "SELECT kind FROM scheduler.job ORDER BY kind"
    assert [row["kind"] for row in await street.pool.fetch(asked)] == ["meals"]
    await until(street, job, "done")
    await keep_planned(settings, street.pool, clock.now() + timedelta(minutes=1))
    assert [row["kind"] for row in await street.pool.fetch(asked)] == ["meals", "visits"]
