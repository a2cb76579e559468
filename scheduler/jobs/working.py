"""Works off planning jobs: progress is written and told at most once a second, under a lease.

A worker that dies lets its lease pass, and the next to look takes the job up again from the
start; nothing of it was in force.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Final, Protocol
from uuid import UUID

import structlog

from kernel import outbox
from kernel.clock import Clock
from kernel.db import UNAVAILABLE, Pool
from kernel.errors import DomainError
from kernel.outbox import Fact
from scheduler.jobs import store
from scheduler.jobs.model import Job, JobState, Line

BEAT_S: Final = 1.0
LOOK_EVERY_S: Final = 0.5

_log = structlog.get_logger()


class Curve:
    """The newest line of progress, for whoever looks."""

    def __init__(self) -> None:
        self._newest: Line | None = None

    def add(self, line: Line) -> None:
        """Replace the newest line."""
        self._newest = line

    def take(self) -> Line | None:
        """Return the newest line that was not taken yet."""
        line, self._newest = self._newest, None
        return line


class Planning(Protocol):
    """What a job is about: plans, and returns the id of the plan in force."""

    def __call__(self, job: Job, curve: Curve, stop: asyncio.Event) -> Awaitable[UUID | None]:
        """Plan; raise `DomainError` or `RuntimeError` when there is no plan to be had."""
        ...


async def work(pool: Pool, clock: Clock, plan: Planning, stop: asyncio.Event) -> None:
    """Take jobs one after the other until `stop`."""
    while not stop.is_set():
        try:
            async with pool.acquire() as conn:
                job = await store.take(conn, clock.now())
            if job is not None:
                await _run(pool, clock, plan, job)
                continue
        except UNAVAILABLE as error:
            _log.warning("jobs_unavailable", error=type(error).__name__)
        await clock.sleep(LOOK_EVERY_S)


async def _run(pool: Pool, clock: Clock, plan: Planning, job: Job) -> None:
    if store.is_hopeless(job):
        await _end(pool, clock, job, None, "gave-up")
        return
    _log.info("job_taken", job_id=str(job.id), kind=job.kind, attempt=job.attempts)
    curve, enough = Curve(), asyncio.Event()
    solving = asyncio.ensure_future(plan(job, curve, enough))
    beating = asyncio.create_task(_beat(pool, clock, job, curve, enough, solving.cancel))
    try:
        plan_id = await solving
    except asyncio.CancelledError:
        if solving.cancelled() and not _is_cancelled():
            _log.warning("job_lost", job_id=str(job.id))
            return
        solving.cancel()
        raise
    except DomainError as error:
        await _end(pool, clock, job, None, error.code)
    except Exception as error:  # noqa: BLE001 - the outermost loop: one bad job stops no other
        _log.error("job_failed", job_id=str(job.id), exc_info=error)
        await _end(pool, clock, job, None, "failed")
    else:
        await _tell(pool, clock, job, curve)
        await _end(pool, clock, job, plan_id, None if plan_id else "refused")
    finally:
        beating.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beating


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _beat(
    pool: Pool,
    clock: Clock,
    job: Job,
    curve: Curve,
    enough: asyncio.Event,
    give_up: Callable[[], object],
) -> None:
    """Keep the lease, pass on a wish to stop, write progress; give up a job that is not ours."""
    while True:
        try:
            async with pool.acquire() as conn:
                wish = await store.keep(conn, job, clock.now())
            if wish is None:
                give_up()
                return
            if wish:
                enough.set()
            await _tell(pool, clock, job, curve)
        except UNAVAILABLE as error:
            _log.warning("job_beat_missed", error=type(error).__name__)
        await clock.sleep(BEAT_S)


async def _tell(pool: Pool, clock: Clock, job: Job, curve: Curve) -> None:
    line = curve.take()
    if line is None:
        return
    async with pool.acquire() as conn, conn.transaction():
        await store.add_line(conn, job, line)
        await outbox.put(conn, clock.now(), [progress(job, JobState.RUNNING, line)])


async def _end(pool: Pool, clock: Clock, job: Job, plan_id: UUID | None, error: str | None) -> None:
    state = JobState.DONE if error is None else JobState.FAILED
    async with pool.acquire() as conn, conn.transaction():
        await store.end(conn, job, plan_id=plan_id, error=error, at=clock.now())
        ended = await store.get(conn, job.id)
        last = ended.progress[-1] if ended and ended.progress else None
        await outbox.put(conn, clock.now(), [progress(job, state, last)])
    _log.info("job_ended", job_id=str(job.id), state=state, error=error)


def progress(job: Job, state: JobState, line: Line | None) -> Fact:
    """Return the fact that a job has come so far."""
    return Fact(
        topic="planning.progress",
        area=job.area,
        subject=str(job.id),
        payload={
            "job_id": str(job.id),
            "day": job.day.isoformat(),
            "kind": job.kind,
            "state": state,
            "seconds": None if line is None else line.seconds,
            "cost": None if line is None else line.cost,
            "unplaced": None if line is None else line.unplaced,
            "parts": None if line is None else line.parts,
            "of": None if line is None else line.of,
        },
    )
