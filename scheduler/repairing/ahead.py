"""Plans of later days that count on somebody who will be absent: they are made again by jobs.

Whoever is told of a sick call decides about today's visits only. Rows say which plans no longer
fit, as with alarms, so it does not matter when an absence was noted or by whom.
"""

from datetime import datetime

from kernel.db import Pool
from scheduler.centre import store as centres
from scheduler.centre.localtime import day_of
from scheduler.jobs import store as jobs
from scheduler.jobs.asking import event_of
from scheduler.repairing import store
from scheduler.repairing.model import Cause


async def replan_absent(pool: Pool, now: datetime, seconds: int) -> int:
    """Ask for a plan in place of each that counts on absent people; return how many were asked for.

    Asked for once for each plan and its absences: what a job could not mend is no reason for
    another. Today's visits are left to a person; see `scheduler.repairing.asking`.

    Args:
        pool: of connections.
        now: the present.
        seconds: of search for each.
    """
    found = 0
    async with pool.acquire() as conn, conn.transaction():
        for centre in await centres.every(conn):
            today = day_of(now, centre.zone)
            for plan in await store.unfit(conn, centre.area, today, now):
                event = event_of("absent", plan.plan_id, *plan.absences)
                waits = await jobs.is_waiting(conn, centre.area, plan.day, plan.kind)
                if waits or await jobs.was_asked(conn, event):
                    continue
                await jobs.put(
                    conn,
                    event,
                    area=centre.area,
                    day=plan.day,
                    kind=plan.kind,
                    cause=Cause.ABSENCE,
                    seconds=seconds,
                    at=now,
                )
                found += 1
    return found
