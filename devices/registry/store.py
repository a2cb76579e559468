"""SQL of the registry. Every function runs inside the caller's transaction."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Final
from uuid import UUID

from devices.events import TerminalId
from devices.mqtt.broker_auth import TerminalAccess
from devices.registry.model import Terminal, TerminalState
from kernel.columns import Columns, filled
from kernel.db import Connection, Record

ENROL: Final = """
WITH given AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[],
                         $6::integer[], $7::integer[], $9::text[])
        AS g (id, area, model, bcrypt_hash, pbkdf2_hash, heartbeat_s, supervision_s, dialect)
), made AS (
    INSERT INTO devices.terminal (id, area, model, bcrypt_hash, pbkdf2_hash, heartbeat_s,
                                  supervision_s, enrolled_at, changed_at, dialect)
    SELECT id, area, model, bcrypt_hash, pbkdf2_hash, heartbeat_s, supervision_s, $8, $8, dialect
    FROM given
    RETURNING id
)
INSERT INTO devices.terminal_state (terminal) SELECT id FROM made
"""

# A terminal's columns are its fields.
_TERMINAL: Final = Columns(f.name for f in fields(Terminal))

FIND: Final = filled(
    "SELECT {terminal} FROM devices.terminal WHERE id = $1", terminal=_TERMINAL.of()
)

LOCK: Final = filled(
    "SELECT {terminal} FROM devices.terminal WHERE id = $1 FOR UPDATE", terminal=_TERMINAL.of()
)

OF_HOME: Final = filled(
    "SELECT {terminal} FROM devices.terminal WHERE home_id = $1 ORDER BY id",
    terminal=_TERMINAL.of(),
)

INSTALL: Final = """
UPDATE devices.terminal
SET home_id = $2, state = 'installed', installed_at = $3, changed_at = $3
WHERE id = $1
"""

# From now on silence counts, also of one that was never heard.
SUPERVISE: Final = """
UPDATE devices.terminal_state s
SET silent_due_at = $2::timestamptz + make_interval(secs => t.supervision_s),
    condition = CASE WHEN s.condition = 'silent' THEN 'unknown' ELSE s.condition END,
    silence_told = false
FROM devices.terminal t WHERE t.id = s.terminal AND s.terminal = $1
"""

UNINSTALL: Final = """
UPDATE devices.terminal SET home_id = NULL, state = 'enrolled', installed_at = NULL,
    changed_at = $2
WHERE id = $1
"""

ROTATE: Final = """
UPDATE devices.terminal SET bcrypt_hash = $2, pbkdf2_hash = $3, changed_at = $4 WHERE id = $1
"""

RETIRE: Final = """
UPDATE devices.terminal
SET state = 'retired', home_id = NULL, retired_at = $2, changed_at = $2
WHERE id = $1
"""

DROP_COMMANDS: Final = """
UPDATE devices.command SET next_at = NULL, expires_at = least(expires_at, $2)
WHERE terminal = $1 AND next_at IS NOT NULL
"""

ACCESS_CHANGED: Final = """
WITH moved AS (UPDATE devices.access SET version = version + 1 RETURNING version)
SELECT pg_notify('carebell_access', version::text) FROM moved
"""

ACCESS_VERSION: Final = "SELECT version FROM devices.access"

ACCESS: Final = """
SELECT id, area, dialect, bcrypt_hash, pbkdf2_hash FROM devices.terminal
WHERE state <> 'retired' ORDER BY id
"""


async def enrol(
    conn: Connection, terminals: Sequence[tuple[Terminal, str, str]], at: datetime
) -> None:
    """Insert terminals, each with its bcrypt and PBKDF2 hash."""
    await conn.execute(
        ENROL,
        [t.id for t, _, _ in terminals],
        [t.area for t, _, _ in terminals],
        [t.model for t, _, _ in terminals],
        [bcrypt_hash for _, bcrypt_hash, _ in terminals],
        [pbkdf2_hash for _, _, pbkdf2_hash in terminals],
        [t.heartbeat_s for t, _, _ in terminals],
        [t.supervision_s for t, _, _ in terminals],
        at,
        [t.dialect for t, _, _ in terminals],
    )


def _terminal(row: Record) -> Terminal:
    return Terminal(
        id=TerminalId(row["id"]),
        area=row["area"],
        home_id=row["home_id"],
        model=row["model"],
        dialect=row["dialect"],
        state=TerminalState(row["state"]),
        heartbeat_s=row["heartbeat_s"],
        supervision_s=row["supervision_s"],
        enrolled_at=row["enrolled_at"],
        installed_at=row["installed_at"],
        retired_at=row["retired_at"],
    )


async def find(conn: Connection, terminal: str) -> Terminal | None:
    """Return a terminal."""
    row = await conn.fetchrow(FIND, terminal)
    return _terminal(row) if row else None


async def lock(conn: Connection, terminal: str) -> Terminal | None:
    """Return a terminal, locked."""
    row = await conn.fetchrow(LOCK, terminal)
    return _terminal(row) if row else None


async def of_home(conn: Connection, home_id: UUID) -> list[Terminal]:
    """Return the terminals that stand in a home."""
    return [_terminal(row) for row in await conn.fetch(OF_HOME, home_id)]


async def install(conn: Connection, terminal: str, home_id: UUID, at: datetime) -> None:
    """Put a terminal into a home and begin its supervision."""
    await conn.execute(INSTALL, terminal, home_id, at)
    await conn.execute(SUPERVISE, terminal, at)


async def uninstall(conn: Connection, terminal: str, at: datetime) -> None:
    """Take a terminal out of its home."""
    await conn.execute(UNINSTALL, terminal, at)


async def rotate(
    conn: Connection, terminal: str, bcrypt_hash: str, pbkdf2_hash: str, at: datetime
) -> None:
    """Replace a terminal's hashes."""
    await conn.execute(ROTATE, terminal, bcrypt_hash, pbkdf2_hash, at)


async def retire(conn: Connection, terminal: str, at: datetime) -> None:
    """End a terminal's life, and what was still to be sent to it."""
    await conn.execute(RETIRE, terminal, at)
    await conn.execute(DROP_COMMANDS, terminal, at)


async def access_changed(conn: Connection) -> None:
    """Note that the broker's users are out of date, once this transaction commits."""
    await conn.execute(ACCESS_CHANGED)


async def access_version(conn: Connection) -> int:
    """Return a number that moves with every change of credentials or rights."""
    return int(await conn.fetchval(ACCESS_VERSION))


async def access(conn: Connection) -> list[TerminalAccess]:
    """Return the log-ins of every terminal that may log in."""
    return [
        TerminalAccess(
            terminal=TerminalId(row["id"]),
            area=row["area"],
            dialect=row["dialect"],
            bcrypt_hash=row["bcrypt_hash"],
            pbkdf2_hash=row["pbkdf2_hash"],
        )
        for row in await conn.fetch(ACCESS)
    ]
