"""Finding people and terminals, and the audited reveal of a door code."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from people.door_codes.revealing import reveal
from people.door_codes.store import Reveal
from people.ids import HomeId
from people.residents import store as residents
from web.deps import AtConsole, AtDesk, Conn, Supervisor, TheClock, ThePool
from web.reading import store
from web.wire.lookup import (
    DoorCode,
    Found,
    Quarantine,
    Quarantined,
    SearchResult,
    WhyDoorCode,
)

router = APIRouter(tags=["lookup"])


@router.get("/search")
async def search(
    caller: AtConsole,
    conn: Conn,
    q: Annotated[str, Query(max_length=100, description="A name, phone number or terminal")],
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
) -> SearchResult:
    """Find residents by name, phone number or terminal."""
    found = await residents.search(conn, caller.areas, q, limit)
    return SearchResult(items=[Found.model_validate(one) for one in found])


@router.post("/homes/{home_id}/door-code")
async def door_code(
    caller: AtDesk, home_id: UUID, body: WhyDoorCode, pool: ThePool, clock: TheClock
) -> DoorCode:
    """Show a home's door code; who asked and why is written down first."""
    asked = Reveal(
        at=clock.now(),
        by=caller.account_id,
        home_id=HomeId(home_id),
        reason=body.reason,
    )
    return DoorCode(door_code=await reveal(pool, asked, caller.areas))


@router.get("/quarantine")
async def quarantine(
    caller: Supervisor, conn: Conn, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> Quarantine:
    """Messages that could not be read, newest first; the bytes stay in the database."""
    found = await store.quarantined(conn, caller.areas, limit)
    return Quarantine(items=[Quarantined.model_validate(one) for one in found])
