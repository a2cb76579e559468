"""SQL of the commands. Every function runs inside the caller's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from devices.dialects.dialect import Command
from devices.events import TerminalId
from kernel.db import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A command that is due, and the dialect its terminal speaks."""

    command: Command
    dialect: str
    attempts: int


PUT: Final = """
WITH put AS (
    INSERT INTO devices.command (id, terminal, type, body, created_at, expires_at, next_at)
    SELECT $1, t.id, $3, $4, $5, $6, $5
    FROM devices.terminal t WHERE t.id = $2 AND t.state <> 'retired'
    RETURNING terminal
)
SELECT terminal, pg_notify('carebell_command', terminal) FROM put
"""

# An expired one is taken once more and put to rest.
DUE: Final = """
SELECT c.id, c.terminal, t.area, t.dialect, c.type, c.body, c.attempts,
       c.expires_at > $1 AS is_alive
FROM devices.command c JOIN devices.terminal t ON t.id = c.terminal
WHERE c.next_at <= $1
ORDER BY c.next_at LIMIT $2
FOR UPDATE OF c SKIP LOCKED
"""

SENT: Final = """
UPDATE devices.command c
SET attempts = c.attempts + 1, sent_at = $3, next_at = g.next_at
FROM unnest($1::uuid[], $2::timestamptz[]) AS g (id, next_at)
WHERE c.id = g.id
"""

REST: Final = "UPDATE devices.command SET next_at = NULL WHERE id = ANY ($1::uuid[])"


async def put(
    conn: Connection,
    command: UUID,
    terminal: str,
    kind: str,
    body: Mapping[str, Any],
    at: datetime,
    expires_at: datetime,
) -> bool:
    """Insert a command that is due at once; False when its terminal is not to be had."""
    row = await conn.fetchrow(PUT, command, terminal, kind, dict(body), at, expires_at)
    return row is not None


async def due(conn: Connection, now: datetime, limit: int) -> list[Row]:
    """Lock and return what is due, putting to rest what has expired."""
    rows = await conn.fetch(DUE, now, limit)
    expired = [row["id"] for row in rows if not row["is_alive"]]
    if expired:
        await conn.execute(REST, expired)
    return [
        Row(
            command=Command(
                id=row["id"],
                area=row["area"],
                terminal=TerminalId(row["terminal"]),
                type=row["type"],
                body=row["body"],
            ),
            dialect=row["dialect"],
            attempts=row["attempts"],
        )
        for row in rows
        if row["is_alive"]
    ]


async def sent(
    conn: Connection, ids: Sequence[UUID], next_at: Sequence[datetime], now: datetime
) -> None:
    """Note an attempt for each."""
    if ids:
        await conn.execute(SENT, ids, next_at, now)
