"""Takes caregivers' reports: one report, one transaction; a retry changes nothing."""

from datetime import datetime
from uuid import UUID

from kernel import outbox
from kernel.clock import Clock
from kernel.db import Connection, Pool
from kernel.errors import NotFoundError
from kernel.outbox import Fact
from scheduler.care import store
from scheduler.care.reports import Report, VisitProgress, after, proximity
from scheduler.care.store import Locked, TaskReport


async def report(pool: Pool, clock: Clock, visit_id: UUID, told: Report) -> None:
    """Apply a check-in or check-out.

    Args:
        pool: of connections.
        clock: for the fact.
        visit_id: reported on.
        told: the report; its `by` is or was sent to the visit.

    Raises:
        NotFoundError: no such visit, or this caregiver was never sent there.
    """
    async with pool.acquire() as conn, conn.transaction():
        visit = await _held(conn, visit_id, told.by)
        if not await store.add_report(conn, visit_id, told, proximity(visit.home, told.fix)):
            return
        progress = after(visit.progress, told)
        await store.save(conn, visit_id, progress)
        if progress.state != visit.progress.state:
            await outbox.put(conn, clock.now(), [fact(visit, progress, told.at)])


async def report_task(pool: Pool, visit_id: UUID, told: TaskReport) -> None:
    """Tick a task off, or say why it was not done.

    Raises:
        NotFoundError: no such visit or task, or this caregiver was never sent there.
    """
    async with pool.acquire() as conn, conn.transaction():
        visit = await _held(conn, visit_id, told.by)
        if told.task not in visit.tasks:
            raise NotFoundError("There is no such task.", task=told.task)
        if await store.add_task_report(conn, visit_id, told):
            await store.save_task(conn, visit_id, told)


async def _held(conn: Connection, visit_id: UUID, by: UUID) -> Locked:
    visit = await store.lock(conn, visit_id)
    if visit is None or not (by in visit.progress.came or await store.is_sent(conn, visit_id, by)):
        raise NotFoundError("There is no such visit.", visit_id=str(visit_id))
    return visit


def fact(visit: Locked, progress: VisitProgress, at: datetime) -> Fact:
    """Return the fact that a visit has changed its state."""
    return Fact(
        topic=f"visit.{progress.state}",
        area=visit.area,
        subject=str(visit.id),
        payload={
            "visit_id": str(visit.id),
            "resident_id": str(visit.resident_id),
            "home_id": str(visit.home_id),
            "caregiver_ids": [str(who) for who in progress.came],
            "state": progress.state,
            "at": at.isoformat(),
        },
    )
