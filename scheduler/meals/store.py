"""SQL of meal orders and the reports on them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from kernel.db import Connection
from scheduler.meals.model import OrderState
from scheduler.meals.reports import MealReport

LOCK: Final = """
SELECT id, area, resident_id, home_id, state, changed_at FROM scheduler.meal_order
WHERE id = $1 FOR UPDATE
"""

IS_SENT: Final = """
SELECT EXISTS (
    SELECT FROM scheduler.hand_over s JOIN scheduler.plan p ON p.id = s.plan_id
    WHERE s.order_id = $1 AND s.caregiver_id = $2 AND p.state IN ('published', 'superseded')
)
"""

ADD_REPORT: Final = """
INSERT INTO scheduler.meal_report (event_id, order_id, caregiver_id, state, reason, device_at,
                                   received_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (event_id) DO NOTHING RETURNING true
"""

SAVE: Final = "UPDATE scheduler.meal_order SET state = $2, changed_at = $3 WHERE id = $1"


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedOrder:
    """An order held for a report."""

    id: UUID
    area: str
    resident_id: UUID
    home_id: UUID
    state: OrderState
    changed_at: datetime | None


async def lock(conn: Connection, order_id: UUID) -> LockedOrder | None:
    """Return the order, held until the transaction ends."""
    row = await conn.fetchrow(LOCK, order_id)
    return None if row is None else LockedOrder(**{**row, "state": OrderState(row["state"])})


async def is_sent(conn: Connection, order_id: UUID, caregiver_id: UUID) -> bool:
    """Whether any plan that was in force gives the order to this courier."""
    return bool(await conn.fetchval(IS_SENT, order_id, caregiver_id))


async def add_report(conn: Connection, order_id: UUID, report: MealReport) -> bool:
    """Keep a report; False if it is a retry."""
    return bool(
        await conn.fetchval(
            ADD_REPORT,
            report.event_id,
            order_id,
            report.by,
            report.state,
            report.reason,
            report.device_at,
            report.received_at,
        )
    )


async def save(conn: Connection, order_id: UUID, state: OrderState, at: datetime) -> None:
    """Write where an order stands."""
    await conn.execute(SAVE, order_id, state, at)
