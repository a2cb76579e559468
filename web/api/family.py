"""The family's page: how their people are, and what is being done."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from fastapi import APIRouter

from dispatch.incidents import events as e
from dispatch.incidents import handling
from dispatch.incidents.views import reading as views
from web.deps import Caller, Family, TheClock, ThePool
from web.reading.family import status_for
from web.wire.family import FamilyStatus
from web.wire.incident import Plain

router = APIRouter(prefix="/family", tags=["family"])

HOTLINE: Final = "12349"
#: So long an alert that is over stays on the card.
SHOW_CLOSED: Final = timedelta(hours=12)


@router.get("/status")
async def status(caller: Family, pool: ThePool, clock: TheClock) -> FamilyStatus:
    """One card for each resident: green, amber or red, with the reason in words."""
    now = clock.now()
    return FamilyStatus(
        now=now,
        residents=await status_for(pool, caller.account_id, now, closed_since=now - SHOW_CLOSED),
        hotline=HOTLINE,
    )


@router.post("/incidents/{incident_id}/seen")
async def seen(
    caller: Family, incident_id: UUID, body: Plain, pool: ThePool, clock: TheClock
) -> FamilyStatus:
    """Say that the alert was read."""
    event = e.FamilySaw(id=body.event_id, at=clock.now(), by=caller.account_id)
    return await _told(caller, incident_id, event, pool, clock)


@router.post("/incidents/{incident_id}/can-go")
async def can_go(
    caller: Family, incident_id: UUID, body: Plain, pool: ThePool, clock: TheClock
) -> FamilyStatus:
    """Say that one is going there."""
    event = e.FamilyGoing(id=body.event_id, at=clock.now(), by=caller.account_id)
    return await _told(caller, incident_id, event, pool, clock)


async def _told(
    caller: Caller, incident_id: UUID, event: e.Event, pool: ThePool, clock: TheClock
) -> FamilyStatus:
    async with pool.acquire() as conn:
        known = await views.require_family(conn, incident_id, caller.account_id)
    await handling.apply(pool, known, event)
    return await status(caller, pool, clock)
