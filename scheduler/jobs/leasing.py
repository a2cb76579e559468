"""Works off any table of jobs: progress is written and told once a second, under a lease.

A worker that dies lets its lease pass, and the next to look takes the job up again from the
start; nothing of it was in force.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, Protocol, TypeVar
from uuid import UUID

import structlog

from kernel.clock import Clock
from kernel.db import UNAVAILABLE, Connection, Pool
from kernel.errors import DomainError
from scheduler.jobs.model import MOST_ATTEMPTS, JobState

BEAT_S: Final = 1.0
LOOK_EVERY_S: Final = 0.5

_log = structlog.get_logger()


class Leased(Protocol):
    """A job as far as its lease goes."""

    @property
    def id(self) -> UUID:
        """Its row's."""
        ...

    @property
    def attempts(self) -> int:
        """Workers that took it up: tells one that lost its lease from its heir."""
        ...


J = TypeVar("J", bound=Leased)
L = TypeVar("L")
R = TypeVar("R")


class Newest(Generic[L]):
    """The newest line of progress, for whoever looks."""

    def __init__(self) -> None:
        self._line: L | None = None

    def add(self, line: L) -> None:
        """Replace the newest line."""
        self._line = line

    def take(self) -> L | None:
        """Return the newest line that was not taken yet."""
        line, self._line = self._line, None
        return line


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending(Generic[R]):
    """How a job ended.

    Attributes:
        result: of one that did not fail.
        error: a code why it failed.
        cause: the refusal behind the code, if it was one.
    """

    result: R | None = None
    error: str | None = None
    cause: DomainError | None = None

    @property
    def state(self) -> JobState:
        """Where the job stands now."""
        return JobState.DONE if self.error is None else JobState.FAILED


class Queue(Protocol[J, L, R]):
    """A table of jobs, and what they are about."""

    @property
    def name(self) -> str:
        """What the log calls it."""
        ...

    async def take(self, conn: Connection, now: datetime) -> J | None:
        """Take the oldest job that waits or whose worker died, under a fresh lease."""
        ...

    async def keep(self, conn: Connection, job: J, now: datetime) -> bool | None:
        """Renew the lease; return whether to stop early, None if the job is no longer ours."""
        ...

    async def do(self, job: J, newest: Newest[L], stop: asyncio.Event) -> R:
        """Do what is asked for; raise where that cannot be had."""
        ...

    async def tell(self, conn: Connection, job: J, line: L, now: datetime) -> None:
        """Write a line of progress and tell of it."""
        ...

    async def end(self, conn: Connection, job: J, ending: Ending[R], now: datetime) -> None:
        """End a job that is still ours and tell of it."""
        ...


async def work(pool: Pool, clock: Clock, queue: Queue[J, L, R], stop: asyncio.Event) -> None:
    """Take jobs one after the other until `stop`, which ends the loop between two of them."""
    while not stop.is_set():
        try:
            async with pool.acquire() as conn:
                job = await queue.take(conn, clock.now())
            if job is not None:
                await _run(pool, clock, queue, job)
                continue
        except UNAVAILABLE as error:
            _log.warning("jobs_unavailable", queue=queue.name, error=type(error).__name__)
        await clock.sleep(LOOK_EVERY_S)


async def _run(pool: Pool, clock: Clock, queue: Queue[J, L, R], job: J) -> None:
    if job.attempts > MOST_ATTEMPTS:  # its worker's death is likely its own doing
        await _end(pool, clock, queue, job, Ending(error="gave-up"))
        return
    _log.info("job_taken", queue=queue.name, job_id=str(job.id), attempt=job.attempts)
    newest, enough = Newest[L](), asyncio.Event()
    doing = asyncio.ensure_future(queue.do(job, newest, enough))
    beating = asyncio.create_task(_beat(pool, clock, queue, job, newest, enough, doing.cancel))
    try:
        result = await doing
    except asyncio.CancelledError:
        if doing.cancelled() and not _is_cancelled():
            _log.warning("job_lost", queue=queue.name, job_id=str(job.id))
            return
        doing.cancel()
        await asyncio.gather(doing, return_exceptions=True)  # its child ends with it
        raise
    except DomainError as error:
        await _end(pool, clock, queue, job, Ending(error=error.code, cause=error))
    except Exception as error:  # noqa: BLE001 - the outermost loop: one bad job stops no other
        _log.error("job_failed", queue=queue.name, job_id=str(job.id), exc_info=error)
        await _end(pool, clock, queue, job, Ending(error="failed"))
    else:
        await _tell(pool, clock, queue, job, newest)
        await _end(pool, clock, queue, job, Ending(result=result))
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
    queue: Queue[J, L, R],
    job: J,
    newest: Newest[L],
    enough: asyncio.Event,
    give_up: Callable[[], object],
) -> None:
    """Keep the lease, pass on a wish to stop, write progress; give up a job that is not ours."""
    while True:
        try:
            async with pool.acquire() as conn:
                wish = await queue.keep(conn, job, clock.now())
            if wish is None:
                give_up()
                return
            if wish:
                enough.set()
            await _tell(pool, clock, queue, job, newest)
        except UNAVAILABLE as error:
            _log.warning("job_beat_missed", queue=queue.name, error=type(error).__name__)
        await clock.sleep(BEAT_S)


async def _tell(pool: Pool, clock: Clock, queue: Queue[J, L, R], job: J, newest: Newest[L]) -> None:
    line = newest.take()
    if line is None:
        return
    async with pool.acquire() as conn, conn.transaction():
        await queue.tell(conn, job, line, clock.now())


async def _end(pool: Pool, clock: Clock, queue: Queue[J, L, R], job: J, ending: Ending[R]) -> None:
    async with pool.acquire() as conn, conn.transaction():
        await queue.end(conn, job, ending, clock.now())
    _log.info(
        "job_ended",
        queue=queue.name,
        job_id=str(job.id),
        state=ending.state,
        error=ending.error,
    )
