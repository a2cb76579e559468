"""Asks the planner process for a plan; the same wish again is the same event, and one job."""

from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from kernel import audit
from kernel.audit import Act, By
from kernel.db import Pool
from kernel.errors import NotFoundError
from kernel.ids import new_id
from scheduler.centre.localtime import day_of
from scheduler.centre.model import Centre, Kind
from scheduler.jobs import store
from scheduler.jobs.model import Job

_NAMESPACE: Final = UUID("6f3a9a52-8a0b-4d43-9f0e-2d1c3d6f7b10")


def event_of(*about: object) -> UUID:
    """Return the id of the event that asks for what the words are about."""
    return uuid5(_NAMESPACE, " ".join(str(each) for each in about))


def hour_of(now: datetime, zone: ZoneInfo) -> str:
    """Return the local hour, for an id: a job that failed is asked for again in the next."""
    return f"{now.astimezone(zone):%Y-%m-%dT%H}"


async def ask(
    pool: Pool,
    centre: Centre,
    *,
    event_id: UUID,
    kind: Kind,
    day: date | None,
    seconds: int,
    now: datetime,
    by: By,
) -> Job:
    """Ask the planner process for a plan; the same `event_id` again returns the same job.

    Args:
        pool: of connections.
        centre: to be planned.
        event_id: made by the client.
        kind: visits or meals.
        day: the centre's local day; None: that of `now`.
        seconds: of search.
        now: the present.
        by: who asks.
    """
    job_id = new_id()
    async with pool.acquire() as conn, conn.transaction():
        job = await store.put(
            conn,
            event_id,
            area=centre.area,
            day=day or day_of(now, centre.zone),
            kind=kind,
            cause="manual",
            seconds=seconds,
            at=now,
            job_id=job_id,
        )
        if job.id == job_id:
            await audit.write_down(conn, _act("plan_asked", job, now, by))
    return job


async def ask_to_stop(
    pool: Pool, areas: frozenset[str], job_id: UUID, *, now: datetime, by: By
) -> Job:
    """Ask a job to take the best plan found so far; return the job.

    Raises:
        NotFoundError: no such job of a centre among `areas`.
    """
    async with pool.acquire() as conn, conn.transaction():
        stops = await store.stop(conn, job_id, sorted(areas))
        job = await store.get(conn, job_id)
        if job is not None and stops:
            await audit.write_down(conn, _act("planning_stopped", job, now, by))
    return _of(job, areas)


async def find(pool: Pool, areas: frozenset[str], job_id: UUID) -> Job:
    """Return a job of a centre among `areas`.

    Raises:
        NotFoundError: there is none.
    """
    async with pool.acquire() as conn:
        return _of(await store.get(conn, job_id), areas)


def _of(job: Job | None, areas: frozenset[str]) -> Job:
    if job is None or job.area not in areas:
        raise NotFoundError("There is no such planning job.")
    return job


def _act(action: str, job: Job, at: datetime, by: By) -> Act:
    return Act(
        at=at,
        by=by,
        action=action,
        area=job.area,
        subject=f"job:{job.id}",
        reason=f"{job.kind} of {job.day}",
    )
