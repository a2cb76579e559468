"""Who did what, when and why: rows that are only ever added."""

from datetime import datetime
from typing import Final
from uuid import UUID

from kernel.db import Connection
from people.ids import AccountId

WRITE_DOWN: Final = """
INSERT INTO dispatch.audit (id, at, account_id, action, area, subject, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


async def write_down(
    conn: Connection,
    event_id: UUID,
    *,
    at: datetime,
    by: AccountId,
    action: str,
    area: str,
    subject: str,
    reason: str,
) -> None:
    """Record an action, in the transaction of what it does.

    Args:
        conn: in that transaction.
        event_id: the record's own; the same again is refused by the database.
        at: when.
        by: who.
        action: what, in snake case.
        area: of what it is done to.
        subject: what it is done to, as `kind:id`.
        reason: in words, or what it was changed to.
    """
    await conn.execute(WRITE_DOWN, event_id, at, by, action, area, subject, reason)
