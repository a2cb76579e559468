"""Asks the planner process for a plan; the same wish again is the same event, and one job."""

from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from kernel.db import Pool
from kernel.errors import NotFoundError
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
    """
    async with pool.acquire() as conn:
        return await store.put(
            conn,
            event_id,
            area=centre.area,
            day=day or day_of(now, centre.zone),
            kind=kind,
            cause="manual",
            seconds=seconds,
            at=now,
        )


async def ask_to_stop(pool: Pool, areas: frozenset[str], job_id: UUID) -> Job:
    """Ask a job to take the best plan found so far; return the job.

    Raises:
        NotFoundError: no such job of a centre among `areas`.
    """
    async with pool.acquire() as conn:
        await store.stop(conn, job_id, sorted(areas))
    return await find(pool, areas, job_id)


async def find(pool: Pool, areas: frozenset[str], job_id: UUID) -> Job:
    """Return a job of a centre among `areas`.

    Raises:
        NotFoundError: there is none.
    """
    async with pool.acquire() as conn:
        job = await store.get(conn, job_id)
    if job is None or job.area not in areas:
        raise NotFoundError("There is no such planning job.", job_id=str(job_id))
    return job
