"""Works off the jobs of weeks, one after the other, beside all else the planner does.

Progress is written and told once a second, under a lease: a worker that dies lets it pass, and the
next to look takes the job up again. Nothing of a week is in force before the whole of it is.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import asdict
from typing import Final

import structlog

from kernel import outbox
from kernel.clock import Clock
from kernel.db import UNAVAILABLE, Pool
from kernel.errors import DomainError
from kernel.outbox import Fact
from scheduler.care.localtime import day_of
from scheduler.day import store as days
from scheduler.jobs.model import JobState
from scheduler.solve.week_search import Effort
from scheduler.week import jobs
from scheduler.week.jobs import Line, WeekJob
from scheduler.week.planning import BrokenWeekError, plan_week

BEAT_S: Final = 1.0
LOOK_EVERY_S: Final = 0.5

_log = structlog.get_logger()


async def work(pool: Pool, clock: Clock, threads: int, stop: asyncio.Event) -> None:
    """Take jobs one after the other until `stop`.

    Args:
        pool: of connections.
        clock: says what day it is.
        threads: cores a search may use.
        stop: ends the loop between two jobs.
    """
    while not stop.is_set():
        try:
            async with pool.acquire() as conn:
                job = await jobs.take(conn, clock.now())
            if job is not None:
                await _run(pool, clock, threads, job)
                continue
        except UNAVAILABLE as error:
            _log.warning("week_jobs_unavailable", error=type(error).__name__)
        await clock.sleep(LOOK_EVERY_S)


class _Newest:
    """The newest line of progress, for whoever looks."""

    def __init__(self) -> None:
        self._line: Line | None = None

    def add(self, stage: str, seconds: float, cost: int) -> None:
        self._line = Line(stage=stage, seconds=seconds, cost=cost)

    def take(self) -> Line | None:
        line, self._line = self._line, None
        return line


async def _run(pool: Pool, clock: Clock, threads: int, job: WeekJob) -> None:
    if job.is_hopeless:
        await _end(pool, clock, job, "gave-up")
        return
    _log.info("week_job_taken", job_id=str(job.id), attempt=job.attempts)
    newest = _Newest()
    choosing = asyncio.ensure_future(_choose(pool, clock, threads, job, newest))
    beating = asyncio.create_task(_beat(pool, clock, job, newest, choosing.cancel))
    try:
        await choosing
    except asyncio.CancelledError:
        current = asyncio.current_task()
        if choosing.cancelled() and not (current and current.cancelling()):
            _log.warning("week_job_lost", job_id=str(job.id))
            return
        choosing.cancel()
        await asyncio.gather(choosing, return_exceptions=True)  # its child ends with it
        raise
    except BrokenWeekError as error:
        await _end(pool, clock, job, error.code, error.data["rules"])
    except DomainError as error:
        await _end(pool, clock, job, error.code)
    except Exception as error:  # noqa: BLE001 - the outermost loop: one bad job stops no other
        _log.error("week_job_failed", job_id=str(job.id), exc_info=error)
        await _end(pool, clock, job, "failed")
    else:
        await _tell(pool, clock, job, newest)
        await _end(pool, clock, job, None)
    finally:
        beating.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beating


async def _choose(pool: Pool, clock: Clock, threads: int, job: WeekJob, newest: _Newest) -> None:
    async with pool.acquire() as conn:
        centre = await days.centre(conn, job.centre)
    await plan_week(
        pool,
        centre,
        job.monday,
        day_of(clock.now(), centre.zone),
        event_id=job.event_id,
        effort=Effort(seconds=job.seconds, threads=threads),
        on_progress=newest.add,
    )


async def _beat(
    pool: Pool, clock: Clock, job: WeekJob, newest: _Newest, give_up: Callable[[], object]
) -> None:
    """Keep the lease and write progress; give up a job that is not ours."""
    while True:
        try:
            async with pool.acquire() as conn:
                ours = await jobs.keep(conn, job, clock.now())
            if not ours:
                give_up()
                return
            await _tell(pool, clock, job, newest)
        except UNAVAILABLE as error:
            _log.warning("week_job_beat_missed", error=type(error).__name__)
        await clock.sleep(BEAT_S)


async def _tell(pool: Pool, clock: Clock, job: WeekJob, newest: _Newest) -> None:
    line = newest.take()
    if line is None:
        return
    async with pool.acquire() as conn, conn.transaction():
        await jobs.add_line(conn, job, asdict(line))
        await outbox.put(conn, clock.now(), [progress(job, JobState.RUNNING, line)])


async def _end(
    pool: Pool, clock: Clock, job: WeekJob, error: str | None, rules: list[str] | None = None
) -> None:
    state = JobState.DONE if error is None else JobState.FAILED
    async with pool.acquire() as conn, conn.transaction():
        await jobs.end(conn, job, error=error, rules=rules or [], at=clock.now())
        await outbox.put(conn, clock.now(), [progress(job, state, None)])
    _log.info("week_job_ended", job_id=str(job.id), state=state, error=error)


def progress(job: WeekJob, state: JobState, line: Line | None) -> Fact:
    """Return the fact that choosing a week has come so far."""
    return Fact(
        topic="week.progress",
        area=job.centre,
        subject=str(job.id),
        payload={
            "job_id": str(job.id),
            "monday": job.monday.isoformat(),
            "state": state,
            "stage": None if line is None else line.stage,
            "seconds": None if line is None else line.seconds,
            "cost": None if line is None else line.cost,
        },
    )
