"""SQL of the meals that visits bring; see `scheduler.meals.brought`."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from kernel.db import Connection
from scheduler.centre.model import Kind

KEEP: Final = """
INSERT INTO scheduler.plan_box (plan_id, order_id, visit_id)
SELECT $1, order_id, visit_id FROM unnest($2::uuid[], $3::uuid[]) AS b (order_id, visit_id)
"""

FELL_BACK: Final = """
SELECT EXISTS (
    SELECT FROM scheduler.plan_box b
    WHERE b.plan_id = $1 AND NOT EXISTS (
        SELECT FROM scheduler.plan_box n WHERE n.plan_id = $2 AND n.order_id = b.order_id
    )
)
"""

IS_TAKEN: Final = """
SELECT EXISTS (
    SELECT FROM scheduler.hand_over h
    JOIN scheduler.hand_over o ON o.order_id = h.order_id
    JOIN scheduler.plan p ON p.id = o.plan_id AND p.state = 'published'
    WHERE h.plan_id = $1 AND p.kind <> $2
)
"""


async def is_taken(conn: Connection, plan_id: UUID, kind: Kind) -> bool:
    """Whether a plan brings an order that a plan in force of the other kind brings, too."""
    return bool(await conn.fetchval(IS_TAKEN, plan_id, kind))


async def fell_back(conn: Connection, before: UUID, now: UUID) -> bool:
    """Whether the plan `before` brings an order that the plan `now` does not."""
    return bool(await conn.fetchval(FELL_BACK, before, now))


async def keep(conn: Connection, plan_id: UUID, handed: Sequence[tuple[UUID, UUID]]) -> None:
    """Write which orders a plan brings with which visits."""
    if handed:
        await conn.execute(
            KEEP, plan_id, [order for order, _ in handed], [visit for _, visit in handed]
        )
