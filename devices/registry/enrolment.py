"""Enrol, bind, rotate, retire, look up. Each runs inside the caller's transaction.

Whatever changes who may log in moves `devices.access`; `access.keep` then rewrites the broker's
users, so that a retired terminal is cut off as soon as the transaction commits. Each change is
written down with who made it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from devices.dialects import carebell_v1
from devices.dialects.known import KNOWN, Dialects
from devices.events import TerminalId
from devices.registry import store
from devices.registry.credentials import make
from devices.registry.model import Terminal, TerminalState
from devices.topics import is_area, is_terminal
from kernel import audit
from kernel.audit import Act, By
from kernel.db import Connection
from kernel.errors import ConflictError, InvalidError, NotFoundError

HEARTBEAT_S: Final = 300
SUPERVISION_S: Final = 720  # two heartbeats and room to reconnect


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A terminal to be enrolled. `secret` None: one is made."""

    terminal: str
    area: str
    model: str
    heartbeat_s: int = HEARTBEAT_S
    supervision_s: int = SUPERVISION_S
    secret: str | None = None
    dialect: str = carebell_v1.DIALECT.name


async def enrol(conn: Connection, enrolment: Enrolment, at: datetime, *, by: By) -> str:
    """Enrol one terminal and return its secret: shown once, kept nowhere.

    Raises:
        InvalidError: see `enrol_many`.
        ConflictError: there is a terminal of this id, perhaps a retired one.
    """
    return (await enrol_many(conn, [enrolment], at, by=by))[TerminalId(enrolment.terminal)]


async def enrol_many(
    conn: Connection,
    enrolments: Sequence[Enrolment],
    at: datetime,
    *,
    by: By,
    dialects: Dialects = KNOWN,
) -> dict[TerminalId, str]:
    """Enrol terminals, all or none, and return their secrets; about 1 ms each.

    Raises:
        InvalidError: an id or area cannot stand in a topic, nobody knows the dialect, or there
            are fewer than two heartbeats in the supervision interval.
        ConflictError: there is a terminal of one of these ids.
    """
    secrets: dict[TerminalId, str] = {}
    rows = []
    for item in enrolments:
        _check(item, dialects)
        credential = make(item.secret)
        secrets[TerminalId(item.terminal)] = credential.secret
        terminal = Terminal(
            id=TerminalId(item.terminal),
            area=item.area,
            home_id=None,
            model=item.model,
            dialect=item.dialect,
            state=TerminalState.ENROLLED,
            heartbeat_s=item.heartbeat_s,
            supervision_s=item.supervision_s,
            enrolled_at=at,
            installed_at=None,
            retired_at=None,
        )
        rows.append((terminal, credential.bcrypt_hash, credential.pbkdf2_hash))
    try:
        async with conn.transaction():
            await store.enrol(conn, rows, at)
    except asyncpg.UniqueViolationError:
        raise ConflictError("A terminal of this id is enrolled already.") from None
    await store.access_changed(conn)
    acts = [_act("terminal_enrolled", made, at, by, made.model) for made, _, _ in rows]
    await audit.write_down(conn, *acts)
    return secrets


def _check(item: Enrolment, dialects: Dialects) -> None:
    if not is_terminal(item.terminal):
        raise InvalidError("A terminal's id is 1-40 letters, digits and hyphens.", field="terminal")
    if not is_area(item.area):
        raise InvalidError("An area's id is 1-32 of a-z, 0-9 and hyphen.", field="area")
    if not item.model:
        raise InvalidError("Say the terminal's model.", field="model")
    if dialects.named(item.dialect) is None:
        raise InvalidError("There is no such dialect.", field="dialect")
    if not 5 <= item.heartbeat_s <= 90_000:
        raise InvalidError("Heartbeats are 5 s to 25 h apart.", field="heartbeat_s")
    if item.supervision_s < 2 * item.heartbeat_s:
        raise InvalidError(
            "A supervision interval holds at least two heartbeats.", field="supervision_s"
        )


async def find(conn: Connection, terminal: str) -> Terminal:
    """Return a terminal.

    Raises:
        NotFoundError: there is none of this id.
    """
    found = await store.find(conn, terminal)
    if found is None:
        raise NotFoundError("There is no such terminal.", terminal=terminal)
    return found


async def of_home(conn: Connection, home_id: UUID) -> list[Terminal]:
    """Return the terminals that stand in a home."""
    return await store.of_home(conn, home_id)


async def bind(conn: Connection, terminal: str, home_id: UUID, at: datetime, *, by: By) -> Terminal:
    """Install a terminal in a home, or move it there; supervision begins now. Idempotent.

    Raises:
        NotFoundError: there is none of this id.
        ConflictError: it is retired.
    """
    now = await _living(conn, terminal)
    if now.home_id != home_id:
        await store.install(conn, terminal, home_id, at)
        act = _act("terminal_installed", now, at, by, f"home:{home_id}")
        await audit.write_down(conn, act)
    return await find(conn, terminal)


async def unbind(conn: Connection, terminal: str, at: datetime, *, by: By) -> Terminal:
    """Take a terminal out of its home; it may still log in, and is not supervised. Idempotent.

    Raises:
        NotFoundError: there is none of this id.
        ConflictError: it is retired.
    """
    now = await _living(conn, terminal)
    if now.home_id is not None:
        await store.uninstall(conn, terminal, at)
        act = _act("terminal_removed", now, at, by, f"home:{now.home_id}")
        await audit.write_down(conn, act)
    return await find(conn, terminal)


async def rotate(conn: Connection, terminal: str, at: datetime, *, by: By) -> str:
    """Give a terminal a new secret and return it; the old one ends with the commit.

    Raises:
        NotFoundError: there is none of this id.
        ConflictError: it is retired.
    """
    now = await _living(conn, terminal)
    credential = make()
    await store.rotate(conn, terminal, credential.bcrypt_hash, credential.pbkdf2_hash, at)
    await store.access_changed(conn)
    await audit.write_down(conn, _act("terminal_secret_renewed", now, at, by))
    return credential.secret


async def retire(conn: Connection, terminal: str, at: datetime, *, by: By) -> None:
    """End a terminal's life; it is cut off with the commit. Idempotent.

    Raises:
        NotFoundError: there is none of this id.
    """
    found = await store.lock(conn, terminal)
    if found is None:
        raise NotFoundError("There is no such terminal.", terminal=terminal)
    if found.state is not TerminalState.RETIRED:
        await store.retire(conn, terminal, at)
        await store.access_changed(conn)
        await audit.write_down(conn, _act("terminal_retired", found, at, by))


async def _living(conn: Connection, terminal: str) -> Terminal:
    found = await store.lock(conn, terminal)
    if found is None:
        raise NotFoundError("There is no such terminal.", terminal=terminal)
    if found.state is TerminalState.RETIRED:
        raise ConflictError("The terminal is retired: enrol another.", terminal=terminal)
    return found


def _act(action: str, terminal: Terminal, at: datetime, by: By, reason: str = "") -> Act:
    return Act(
        at=at,
        by=by,
        action=action,
        area=terminal.area,
        subject=f"terminal:{terminal.id}",
        reason=reason,
    )
