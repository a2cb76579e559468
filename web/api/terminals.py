"""Terminals: which there are and how they are; enrolling and installing them."""

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query

from devices import registry
from kernel.db import Connection
from kernel.errors import NotFoundError
from web.deps import CONSOLE, Caller, Conn, Installer, TheClock, ThePool, requires
from web.reading import store
from web.reading.installing import store as installing
from web.wire.installing import FoundHome, FoundHomes, HeardAlarm, Place, Places, TerminalDetail
from web.wire.map import Bind, Enrol, Enrolled, TerminalCounts, TerminalItem, Terminals

router = APIRouter(tags=["terminals"])

MayLook = Annotated[Caller, Depends(requires(*CONSOLE, "installer"))]
Condition = Literal["online", "silent", "unknown", "low_battery"]
#: Enough that a press is not hidden behind what a terminal reports on the same occasion.
SHOWN_ALARMS = 5
TerminalId = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,40}$")]


@router.get("/terminals")
async def terminals(
    caller: MayLook,
    conn: Conn,
    condition: Condition | None = None,
    q: Annotated[str, Query(max_length=100, description="Part of an id, address or name")] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    installed: Annotated[bool | None, Query(description="Whether it stands in a home")] = None,
) -> Terminals:
    """Terminals, those not heard for longest first, and the counts of all."""
    found = await store.terminals(
        conn, caller.areas, condition, q.strip(), limit, installed=installed
    )
    counts = await store.terminal_counts(conn, caller.areas)
    return Terminals(
        items=[TerminalItem.model_validate(one) for one in found],
        counts=TerminalCounts(**asdict(counts)),
    )


@router.get("/terminals/{terminal_id}")
async def terminal(caller: MayLook, terminal_id: TerminalId, conn: Conn) -> TerminalDetail:
    """One terminal: how it is, where it stands, what it told last."""
    row = await store.terminal(conn, terminal_id)
    caller.must_see(row.area, "terminal")
    heard = await installing.heard(conn, terminal_id)
    if heard is None:
        raise NotFoundError("There is no such terminal.")
    alarms = await installing.alarms(conn, terminal_id, SHOWN_ALARMS)
    told = [HeardAlarm.model_validate(one) for one in alarms]
    return TerminalDetail(**asdict(row), **asdict(heard), alarms=told)


@router.post("/terminals", status_code=201)
async def enrol(caller: Installer, body: Enrol, pool: ThePool, clock: TheClock) -> Enrolled:
    """Enrol a terminal. Its secret is shown this once and kept nowhere."""
    caller.must_see(body.area, "area")
    wanted = registry.Enrolment(terminal=body.id, area=body.area, model=body.model)
    async with pool.acquire() as conn, conn.transaction():
        secret = await registry.enrol(conn, wanted, clock.now(), by=caller.account_id)
    return Enrolled(id=body.id, secret=secret)


@router.post("/terminals/{terminal_id}/secret")
async def renew_secret(
    caller: Installer, terminal_id: TerminalId, pool: ThePool, clock: TheClock
) -> Enrolled:
    """Give a terminal a new secret, shown this once; the old one ends at once."""
    async with pool.acquire() as conn, conn.transaction():
        caller.must_see((await registry.find(conn, terminal_id)).area, "terminal")
        secret = await registry.rotate(conn, terminal_id, clock.now(), by=caller.account_id)
    return Enrolled(id=terminal_id, secret=secret)


@router.get("/homes")
async def homes(
    caller: Installer,
    conn: Conn,
    q: Annotated[
        str, Query(min_length=1, max_length=100, description="Part of a name, phone or address")
    ],
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
) -> FoundHomes:
    """Homes to put a terminal into; whoever lives there is named, and no more is told."""
    found = await installing.homes(conn, caller.areas, q.strip(), limit)
    return FoundHomes(items=[FoundHome.model_validate(one) for one in found])


@router.get("/areas")
async def areas(caller: Installer, conn: Conn) -> Places:
    """The areas a terminal may be enrolled in."""
    found = await installing.areas(conn, caller.areas)
    return Places(items=[Place.model_validate(one) for one in found])


@router.post("/terminals/{terminal_id}/bind")
async def bind(
    caller: Installer, terminal_id: TerminalId, body: Bind, pool: ThePool, clock: TheClock
) -> TerminalItem:
    """Put a terminal into a home. Binding it there again changes nothing."""
    async with pool.acquire() as conn, conn.transaction():
        terminal = await registry.find(conn, terminal_id)
        caller.must_see(terminal.area, "terminal")
        caller.must_see(await store.home_area(conn, body.home_id), "home")
        await registry.bind(conn, terminal_id, body.home_id, clock.now(), by=caller.account_id)
        return await _item(conn, terminal_id)


async def _item(conn: Connection, terminal_id: str) -> TerminalItem:
    return TerminalItem.model_validate(await store.terminal(conn, terminal_id))
