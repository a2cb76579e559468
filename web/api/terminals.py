"""Terminals: which there are and how they are; enrolling and installing them."""

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query

from devices import registry
from kernel.db import Connection
from web.deps import CONSOLE, Caller, Conn, Installer, TheClock, ThePool, requires
from web.reading import store
from web.wire.map import Bind, Enrol, Enrolled, TerminalCounts, TerminalItem, Terminals

router = APIRouter(tags=["terminals"])

MayLook = Annotated[Caller, Depends(requires(*CONSOLE, "installer"))]
Condition = Literal["online", "silent", "unknown", "low_battery"]
TerminalId = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,40}$")]


@router.get("/terminals")
async def terminals(
    caller: MayLook,
    conn: Conn,
    condition: Condition | None = None,
    q: Annotated[str, Query(max_length=100, description="Part of an id, address or name")] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Terminals:
    """Terminals, those not heard for longest first, and the counts of all."""
    found = await store.terminals(conn, caller.areas, condition, q.strip(), limit)
    counts = await store.terminal_counts(conn, caller.areas)
    return Terminals(
        items=[TerminalItem.model_validate(one) for one in found],
        counts=TerminalCounts(**asdict(counts)),
    )


@router.post("/terminals", status_code=201)
async def enrol(caller: Installer, body: Enrol, pool: ThePool, clock: TheClock) -> Enrolled:
    """Enrol a terminal. Its secret is shown this once and kept nowhere."""
    caller.must_see(body.area, "area")
    wanted = registry.Enrolment(terminal=body.id, area=body.area, model=body.model)
    async with pool.acquire() as conn, conn.transaction():
        secret = await registry.enrol(conn, wanted, clock.now())
    return Enrolled(id=body.id, secret=secret)


@router.post("/terminals/{terminal_id}/bind")
async def bind(
    caller: Installer, terminal_id: TerminalId, body: Bind, pool: ThePool, clock: TheClock
) -> TerminalItem:
    """Put a terminal into a home. Binding it there again changes nothing."""
    async with pool.acquire() as conn, conn.transaction():
        terminal = await registry.find(conn, terminal_id)
        caller.must_see(terminal.area, "terminal")
        caller.must_see(await store.home_area(conn, body.home_id), "home")
        await registry.bind(conn, terminal_id, body.home_id, clock.now())
        return await _item(conn, terminal_id)


async def _item(conn: Connection, terminal_id: str) -> TerminalItem:
    return TerminalItem.model_validate(await store.terminal(conn, terminal_id))
