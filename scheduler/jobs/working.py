"""Works off the jobs that plan a day."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias
from uuid import UUID

from kernel import outbox
from kernel.clock import Clock
from kernel.db import Connection, Pool
from kernel.errors import DomainError
from kernel.outbox import Fact
from scheduler.jobs import leasing, store
from scheduler.jobs.leasing import Ending, Newest
from scheduler.jobs.model import Job, JobState, Line

Curve: TypeAlias = Newest[Line]


class Planning(Protocol):
    """What a job is about: plans, and returns the id of the plan in force."""

    def __call__(self, job: Job, curve: Curve, stop: asyncio.Event) -> Awaitable[UUID | None]:
        """Plan; raise `DomainError` or `RuntimeError` when there is no plan to be had."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Days:
    """The table of days to plan, as `leasing.work` asks for it."""

    plan: Planning
    name: str = "days"

    async def take(self, conn: Connection, now: datetime) -> Job | None:
        return await store.take(conn, now)

    async def keep(self, conn: Connection, job: Job, now: datetime) -> bool | None:
        return await store.keep(conn, job, now)

    async def do(self, job: Job, newest: Curve, stop: asyncio.Event) -> UUID:
        plan_id = await self.plan(job, newest, stop)
        if plan_id is None:
            raise DomainError("The plan was not published.")
        return plan_id

    async def tell(self, conn: Connection, job: Job, line: Line, now: datetime) -> None:
        await store.add_line(conn, job, line)
        await outbox.put(conn, now, [progress(job, JobState.RUNNING, line)])

    async def end(self, conn: Connection, job: Job, ending: Ending[UUID], now: datetime) -> None:
        await store.end(conn, job, plan_id=ending.result, error=ending.error, at=now)
        ended = await store.get(conn, job.id)
        last = ended.progress[-1] if ended and ended.progress else None
        await outbox.put(conn, now, [progress(job, ending.state, last)])


async def work(pool: Pool, clock: Clock, plan: Planning, stop: asyncio.Event) -> None:
    """Take jobs one after the other until `stop`."""
    await leasing.work(pool, clock, _Days(plan=plan), stop)


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
