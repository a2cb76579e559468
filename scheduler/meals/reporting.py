"""Takes couriers' reports: one report, one transaction; a retry changes nothing."""

from uuid import UUID

from kernel import outbox
from kernel.clock import Clock
from kernel.db import Pool
from kernel.errors import InvalidError, NotFoundError
from kernel.outbox import Fact
from scheduler.meals import store
from scheduler.meals.reports import REPORTABLE, MealReport, supersedes


async def report(pool: Pool, clock: Clock, order_id: UUID, told: MealReport) -> None:
    """Apply a courier's report.

    Args:
        pool: of connections.
        clock: for the fact.
        order_id: reported on.
        told: the report; its `by` is or was to bring the order.

    Raises:
        InvalidError: this state is not reported by couriers.
        NotFoundError: no such order, or it was never given to this courier.
    """
    if told.state not in REPORTABLE:
        raise InvalidError("A courier does not report this state.", state=told.state)
    async with pool.acquire() as conn, conn.transaction():
        order = await store.lock(conn, order_id)
        if order is None or not await store.is_sent(conn, order_id, told.by):
            raise NotFoundError("There is no such order.", order_id=str(order_id))
        if not await store.add_report(conn, order_id, told):
            return
        if not supersedes(told, order.state, order.changed_at):
            return
        await store.save(conn, order_id, told.state, told.at)
        payload = {
            "order_id": str(order_id),
            "resident_id": str(order.resident_id),
            "home_id": str(order.home_id),
            "state": told.state,
            "at": told.at.isoformat(),
        }
        topic = f"meal.{told.state}"
        fact = Fact(topic=topic, area=order.area, subject=str(order_id), payload=payload)
        await outbox.put(conn, clock.now(), [fact])
