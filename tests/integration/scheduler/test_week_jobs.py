"""Weeks are chosen beside all else, one at a time, and a death loses nothing."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from kernel.clock import Clock, SystemClock
from kernel.ids import new_id
from scheduler.centre.model import Kind
from scheduler.jobs import store as day_jobs
from scheduler.planner import run
from scheduler.week import jobs, store
from scheduler.week.jobs import WeekJob
from scheduler.week.planning import chosen_first
from scheduler.week.working import work
from tests.integration.scheduler.conftest import AREA, DAY, Street, at

from .test_planner import QUICK, RunningClock, eventually
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


async def test_a_day_is_planned_after_its_week_even_if_nobody_has_asked_for_that(
    street: Street, database_url: str
) -> None:
    await works_all_week(street, "Anna")
    item = await three_times_a_week(street, rrule="FREQ=WEEKLY;BYDAY=MO")
    async with street.pool.acquire() as conn:
        day = await day_jobs.put(
            conn,
            new_id(),
            area=AREA,
            day=DAY,
            kind=Kind.VISITS,
            cause="daily",
            seconds=1,
            at=at(300),
        )

    async def planned() -> bool:
        sql = "SELECT finished_at FROM scheduler.job WHERE id = $1"
        return await street.pool.fetchval(sql, day.id) is not None

    stop = asyncio.Event()
    running = asyncio.create_task(
        run(QUICK, street.pool, database_url, RunningClock(at(540)), stop)
    )
    await eventually(planned)
    stop.set()
    await running
    going = "SELECT count(*) FROM scheduler.plan_stop WHERE visit_id = $1"
    assert await street.pool.fetchval(going, await street.visit_of(item)) == 1


async def test_a_week_that_fails_keeps_no_day_waiting(street: Street) -> None:
    await three_times_a_week(street)
    clock, stop = RunningClock(at(540)), asyncio.Event()
    waiting = asyncio.create_task(chosen_first(street.pool, clock, AREA, DAY, seconds=1, stop=stop))

    async def asked() -> bool:
        return bool(await street.pool.fetchval("SELECT count(*) FROM scheduler.week_job"))

    await eventually(asked)
    assert not waiting.done()
    await street.pool.execute(
        "UPDATE scheduler.week_job SET state = 'failed', finished_at = created_at"
    )
    await waiting


async def test_a_day_waits_for_no_week_that_is_over_or_that_nothing_needs(street: Street) -> None:
    clock, stop = RunningClock(at(540)), asyncio.Event()
    await chosen_first(street.pool, clock, AREA, DAY, seconds=1, stop=stop)
    await three_times_a_week(street)
    await chosen_first(street.pool, clock, AREA, DAY - timedelta(days=1), seconds=1, stop=stop)
    assert await street.pool.fetchval("SELECT count(*) FROM scheduler.week_job") == 0
