"""Asks the planner process to choose a week; one that is waited for is not asked for twice."""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from kernel import audit
from kernel.audit import Act, By
from kernel.db import Pool
from kernel.errors import InvalidError, NotFoundError
from kernel.ids import new_id
from scheduler.centre.localtime import day_of
from scheduler.centre.model import Centre
from scheduler.week import jobs
from scheduler.week.jobs import WeekJob
from scheduler.week.planning import monday_of

AHEAD: Final = timedelta(days=56)
"""How far ahead a week may be asked for: shifts are not known much longer."""


async def ask(
    pool: Pool,
    centre: Centre,
    *,
    event_id: UUID,
    day: date | None,
    seconds: float,
    now: datetime,
    by: By,
) -> WeekJob:
    """Ask the planner process for a week; if it is waited for already, return that job.

    Args:
        pool: of connections.
        centre: whose week it is.
        event_id: made by the client.
        day: any of the week's; None: that of `now`.
        seconds: of search.
        now: the present.
        by: who asks.

    Raises:
        InvalidError: the week is over or too far ahead.
    """
    today = day_of(now, centre.zone)
    monday = monday_of(day or today)
    if monday < monday_of(today):
        raise InvalidError(
            "That week is over: choose this or a later one.", monday=monday.isoformat()
        )
    if monday > today + AHEAD:
        raise InvalidError(
            "That week is too far ahead: choose one of the next eight.", monday=monday.isoformat()
        )
    job_id = new_id()
    async with pool.acquire() as conn, conn.transaction():
        job = await jobs.put(
            conn,
            event_id,
            centre=centre.area,
            monday=monday,
            cause="manual",
            seconds=seconds,
            at=now,
            job_id=job_id,
        )
        if job.id == job_id:
            act = Act(
                at=now,
                by=by,
                action="week_asked",
                area=centre.area,
                subject=f"week_job:{job.id}",
                reason=f"week of {monday}",
            )
            await audit.write_down(conn, act)
    return job


async def find(pool: Pool, areas: frozenset[str], job_id: UUID) -> WeekJob:
    """Return a job of a centre among `areas`.

    Raises:
        NotFoundError: there is none.
    """
    async with pool.acquire() as conn:
        found = await jobs.get(conn, job_id)
    if found is None or found.centre not in areas:
        raise NotFoundError("There is no such planning job.")
    return found
