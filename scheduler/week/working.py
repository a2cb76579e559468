"""Works off the jobs of weeks, one after the other, beside all else the planner does.

Nothing of a week is in force before the whole of it is.
"""

import asyncio
from dataclasses import asdict, dataclass
from datetime import datetime

from kernel import outbox
from kernel.clock import Clock
from kernel.db import Connection, Pool
from kernel.outbox import Fact
from scheduler.centre import store as centres
from scheduler.jobs import leasing
from scheduler.jobs.leasing import Ending, Newest
from scheduler.jobs.model import JobState
from scheduler.week import jobs
from scheduler.week.choosing.search import SearchLimits
from scheduler.week.jobs import StageProgress, WeekJob
from scheduler.week.planning import BrokenWeekError, plan_week


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weeks:
    """The table of weeks to choose, as `leasing.work` asks for it."""

    pool: Pool
    clock: Clock
    threads: int
    name: str = "weeks"

    async def take(self, conn: Connection, now: datetime) -> WeekJob | None:
        return await jobs.take(conn, now)

    async def keep(self, conn: Connection, job: WeekJob, now: datetime) -> bool | None:
        # Nobody can ask a week to stop early.
        return False if await jobs.keep(conn, job, now) else None

    async def do(self, job: WeekJob, newest: Newest[StageProgress], stop: asyncio.Event) -> None:
        del stop
        async with self.pool.acquire() as conn:
            centre = await centres.find(conn, job.centre)
        await plan_week(
            self.pool,
            centre,
            job.monday,
            self.clock.now(),
            event_id=job.event_id,
            limits=SearchLimits(seconds=job.seconds, threads=self.threads),
            on_progress=lambda stage, seconds, cost: newest.add(
                StageProgress(stage=stage, seconds=seconds, cost=cost)
            ),
        )

    async def tell(
        self, conn: Connection, job: WeekJob, line: StageProgress, now: datetime
    ) -> None:
        await jobs.add_line(conn, job, asdict(line))
        await outbox.put(conn, now, [progress(job, JobState.RUNNING, line)])

    async def end(
        self, conn: Connection, job: WeekJob, ending: Ending[None], now: datetime
    ) -> None:
        broken = isinstance(ending.cause, BrokenWeekError)
        rules = ending.cause.data["rules"] if ending.cause is not None and broken else []
        await jobs.end(conn, job, error=ending.error, rules=rules, at=now)
        await outbox.put(conn, now, [progress(job, ending.state, None)])


async def work(pool: Pool, clock: Clock, threads: int, stop: asyncio.Event) -> None:
    """Take jobs one after the other until `stop`.

    Args:
        pool: of connections.
        clock: says what day it is.
        threads: cores a search may use.
        stop: ends the loop between two jobs.
    """
    await leasing.work(pool, clock, _Weeks(pool=pool, clock=clock, threads=threads), stop)


def progress(job: WeekJob, state: JobState, line: StageProgress | None) -> Fact:
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
