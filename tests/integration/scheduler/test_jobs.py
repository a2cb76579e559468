"""Planning jobs: asked for once, under a lease, taken up again when a worker dies."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from kernel.audit import Process
from kernel.clock import FakeClock
from kernel.db import Pool
from kernel.errors import ConflictError, NotFoundError
from scheduler.centre.model import Kind
from scheduler.jobs import store
from scheduler.jobs.asking import ask, ask_to_stop, find
from scheduler.jobs.model import LEASE, MOST_ATTEMPTS, Job, JobState, Line
from scheduler.jobs.working import Curve, work
from scheduler.planner import keep_planned
from scheduler.settings import PlannerSettings

from .conftest import AREA, CENTRE, DAY, Street, at

HERE = frozenset({AREA})


async def asked(pool: Pool, clock: FakeClock, event_id: UUID | None = None) -> Job:
    return await ask(
        pool,
        CENTRE,
        event_id=event_id or uuid4(),
        kind=Kind.VISITS,
        day=None,
        seconds=5,
        now=clock.now(),
        by=Process.COMMAND_LINE,
    )


async def seen(pool: Pool, job_id: UUID) -> Job:
    return await find(pool, HERE, job_id)


async def until(pool: Pool, clock: FakeClock, job_id: UUID, state: JobState) -> Job:
    for _ in range(200):
        await clock.advance(timedelta(seconds=1))
        await asyncio.sleep(0.01)  # noqa: TID251 - lets the database answer
        if (job := await seen(pool, job_id)).state == state:
            return job
    raise AssertionError(f"the job did not become {state}")


async def test_asking_twice_with_one_event_makes_one_job(
    street: Street, pool: Pool, clock: FakeClock
) -> None:
    event = uuid4()
    first, again = await asked(pool, clock, event), await asked(pool, clock, event)
    assert first == again
    assert (first.day, first.state) == (DAY, JobState.QUEUED)
    with pytest.raises(NotFoundError):
        await ask_to_stop(
            pool, frozenset({"elsewhere"}), first.id, now=clock.now(), by=Process.COMMAND_LINE
        )
    written = await pool.fetch("SELECT process, action, subject FROM kernel.audit")
    assert [tuple(row) for row in written] == [("command line", "plan_asked", f"job:{first.id}")]


async def test_a_job_tells_its_progress_stops_when_asked_and_ends(
    street: Street, pool: Pool, clock: FakeClock
) -> None:
    async def plan(job: Job, curve: Curve, stop: asyncio.Event) -> UUID | None:
        curve.add(Line(seconds=0.5, cost=900, unplaced=2))
        await stop.wait()
        curve.add(Line(seconds=3.0, cost=700, unplaced=0))
        raise ConflictError("somebody else was faster")

    job, stopping = await asked(pool, clock), asyncio.Event()
    worker = asyncio.create_task(work(pool, clock, plan, stopping))
    await until(pool, clock, job.id, JobState.RUNNING)
    while not (await seen(pool, job.id)).progress:
        await clock.advance(timedelta(seconds=1))
    for _ in range(2):
        await ask_to_stop(pool, HERE, job.id, now=clock.now(), by=Process.COMMAND_LINE)
    stopped = "SELECT count(*) FROM kernel.audit WHERE action = 'planning_stopped'"
    assert await pool.fetchval(stopped) == 1
    ended = await until(pool, clock, job.id, JobState.FAILED)
    assert ended.error == "conflict"
    assert ended.progress[0] == Line(seconds=0.5, cost=900, unplaced=2)
    states = [fact["state"] for fact in await street.facts("planning.progress")]
    assert (states[0], states[-1]) == ("running", "failed")
    stopping.set()
    await clock.advance(timedelta(seconds=1))
    await worker


async def test_a_killed_worker_s_job_is_taken_up_again_and_the_dead_cannot_end_it(
    street: Street, pool: Pool, clock: FakeClock
) -> None:
    job = await asked(pool, clock)
    async with pool.acquire() as conn:
        dead = await store.take(conn, clock.now())
        assert dead is not None
        assert await store.take(conn, clock.now()) is None
        later = clock.now() + LEASE + timedelta(seconds=1)
        heir = await store.take(conn, later)
        assert heir is not None
        assert (heir.id, heir.attempts) == (job.id, 2)
        await store.end(conn, dead, plan_id=None, error="late", at=later)
        assert await store.keep(conn, dead, later) is None
        assert await store.keep(conn, heir, later) is False
    assert (await seen(pool, job.id)).state == JobState.RUNNING


async def test_a_job_that_kills_its_workers_is_given_up(
    street: Street, pool: Pool, clock: FakeClock
) -> None:
    job = await asked(pool, clock)
    async with pool.acquire() as conn:
        for _ in range(MOST_ATTEMPTS):
            assert await store.take(conn, clock.now()) is not None
            await clock.advance(LEASE + timedelta(seconds=1))

    async def plan(job: Job, curve: Curve, stop: asyncio.Event) -> UUID | None:
        raise AssertionError("it should not be tried again")

    stopping = asyncio.Event()
    worker = asyncio.create_task(work(pool, clock, plan, stopping))
    assert (await until(pool, clock, job.id, JobState.FAILED)).error == "gave-up"
    stopping.set()
    await clock.advance(timedelta(seconds=1))
    await worker


async def test_today_is_asked_for_when_it_has_no_plan_and_tomorrow_in_the_evening(
    street: Street, pool: Pool
) -> None:
    settings = PlannerSettings()
    for minutes in (540, 541, 18 * 60 + 1, 18 * 60 + 2):
        await keep_planned(settings, pool, at(minutes))
    rows = await pool.fetch("SELECT day, kind, created_at FROM scheduler.job ORDER BY 3, 1, 2")
    morning = [(row["day"], row["kind"]) for row in rows if row["created_at"] == at(540)]
    assert morning == [(DAY, "meals"), (DAY, "visits")]
    evening = {(row["day"], row["kind"]) for row in rows if row["created_at"] > at(541)}
    tomorrow = DAY + timedelta(days=1)
    assert {(tomorrow, "meals"), (tomorrow, "visits")} <= evening
