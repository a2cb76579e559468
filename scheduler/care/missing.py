"""Visits that nobody came to."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from kernel import outbox
from kernel.db import Pool, Record
from kernel.outbox import Fact
from scheduler.care import store

MISSED_AFTER: Final = timedelta(hours=4)
"""A visit with no report so long after its window is missed; a phone may have had no signal."""
NEVER_PROMISED: Final = timedelta(hours=24)
"""When a visit that nobody was sent to in time is given up."""


async def mark(pool: Pool, now: datetime) -> int:
    """Mark what nobody came to as missed, tell it, and return how many there were."""
    async with pool.acquire() as conn, conn.transaction():
        missed = await store.mark_missed(conn, now - MISSED_AFTER, now - NEVER_PROMISED)
        await outbox.put(conn, now, [fact(row, "missed", now) for row in missed])
    return len(missed)


def fact(visit: Record, state: str, at: datetime, caregivers: Sequence[UUID] = ()) -> Fact:
    """Return the fact that a visit will not take place, for those who wait or were to do it."""
    return Fact(
        topic=f"visit.{state}",
        area=visit["area"],
        subject=str(visit["id"]),
        payload={
            "visit_id": str(visit["id"]),
            "resident_id": str(visit["resident_id"]),
            "home_id": str(visit["home_id"]),
            "caregiver_ids": [str(who) for who in caregivers],
            "state": state,
            "at": at.isoformat(),
        },
    )
