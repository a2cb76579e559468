"""SQL of the sweep. Every function runs inside the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from devices.events import TerminalId
from devices.supervision import RECONNECT_S, Census, Overdue
from kernel.db import Connection, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """A terminal whose silence is to be told."""

    terminal: TerminalId
    area: str
    home_id: UUID | None
    last_seen_at: datetime | None
    battery: int | None


HEARING_SINCE: Final = "SELECT since FROM devices.hearing WHERE alive_at >= $1"

OVERDUE: Final = """
SELECT s.terminal, t.area, t.state = 'installed' AS installed, d.due
FROM devices.terminal_state s
JOIN devices.terminal t ON t.id = s.terminal
CROSS JOIN LATERAL devices.due_after_deafness(
    s.silent_due_at, s.last_seen_at, t.supervision_s, $2, $3) AS d (due)
WHERE s.condition <> 'silent' AND s.silent_due_at <= $1 AND d.due <= $1 AND t.state <> 'retired'
ORDER BY d.due LIMIT $4
FOR UPDATE OF s SKIP LOCKED
"""

OUTAGES: Final = "SELECT area FROM devices.outage"

CENSUS: Final = """
SELECT t.area, count(*) AS total,
       count(*) FILTER (WHERE s.condition = 'silent' OR d.due <= $2) AS silent,
       count(*) FILTER (WHERE (s.condition = 'silent' OR d.due <= $2) AND d.due > $4) AS lately
FROM devices.terminal t
JOIN devices.terminal_state s ON s.terminal = t.id
CROSS JOIN LATERAL devices.due_after_deafness(
    s.silent_due_at, s.last_seen_at, t.supervision_s, $3, $5) AS d (due)
WHERE t.area = ANY ($1::text[]) AND t.state = 'installed'
GROUP BY t.area
"""

BEGIN_OUTAGE: Final = """
INSERT INTO devices.outage (area, since, silent, total) VALUES ($1, $2, $3, $4)
ON CONFLICT (area) DO NOTHING
"""

END_OUTAGE: Final = "DELETE FROM devices.outage WHERE area = $1 RETURNING since"

HUSH: Final = """
UPDATE devices.terminal_state SET condition = 'silent', silence_told = false
WHERE terminal = ANY ($1::text[])
"""

TELL: Final = """
UPDATE devices.terminal_state s SET condition = 'silent', silence_told = true
FROM devices.terminal t
WHERE t.id = s.terminal AND s.terminal = ANY ($1::text[])
RETURNING s.terminal, t.area, t.home_id, s.last_seen_at, s.battery
"""

TELL_LEFT_OVER: Final = """
UPDATE devices.terminal_state s SET silence_told = true
FROM devices.terminal t
WHERE t.id = s.terminal AND t.area = ANY ($1::text[]) AND t.state = 'installed'
  AND s.condition = 'silent' AND NOT s.silence_told
RETURNING s.terminal, t.area, t.home_id, s.last_seen_at, s.battery
"""

CONDITIONS: Final = """
SELECT condition, count(*) AS count FROM devices.terminal_v1
WHERE home_id IS NOT NULL GROUP BY condition
"""

PRUNE_INBOX: Final = "DELETE FROM devices.inbox WHERE received_at < $1"

PRUNE_QUARANTINE: Final = "DELETE FROM devices.quarantine WHERE last_at < $1"

PRUNE_HOURS: Final = "DELETE FROM devices.heartbeat_hour WHERE hour < $1"

PRUNE_COMMANDS: Final = """
DELETE FROM devices.command WHERE created_at < $1 AND next_at IS NULL
"""


async def hearing_since(conn: Connection, alive_after: datetime) -> datetime | None:
    """Return since when we have been hearing; None when we are deaf."""
    since: datetime | None = await conn.fetchval(HEARING_SINCE, alive_after)
    return since


async def overdue(
    conn: Connection, now: datetime, hearing_since: datetime, limit: int
) -> list[Overdue]:
    """Lock and return terminals past their deadline and not yet silent, the oldest first.

    Those a heartbeat is being written for are left out: they are not silent.
    """
    rows = await conn.fetch(OVERDUE, now, hearing_since, RECONNECT_S, limit)
    return [
        Overdue(TerminalId(row["terminal"]), row["area"], row["due"], row["installed"])
        for row in rows
    ]


async def outages(conn: Connection) -> frozenset[str]:
    """Return the areas that are out."""
    return frozenset(row["area"] for row in await conn.fetch(OUTAGES))


async def census(
    conn: Connection,
    areas: Sequence[str],
    now: datetime,
    hearing_since: datetime,
    lately_after: datetime,
) -> dict[str, Census]:
    """Count the installed terminals of areas, silent and overdue alike."""
    rows = await conn.fetch(CENSUS, areas, now, hearing_since, lately_after, RECONNECT_S)
    return {row["area"]: Census(row["total"], row["silent"], row["lately"]) for row in rows}


async def begin_outage(conn: Connection, area: str, at: datetime, census: Census) -> None:
    """Remember that an area is out."""
    await conn.execute(BEGIN_OUTAGE, area, at, census.silent, census.total)


async def end_outage(conn: Connection, area: str) -> datetime | None:
    """Forget an outage and return when it began."""
    since: datetime | None = await conn.fetchval(END_OUTAGE, area)
    return since


async def hush(conn: Connection, terminals: Sequence[str]) -> None:
    """Note silences that are not told."""
    if terminals:
        await conn.execute(HUSH, terminals)


async def tell(conn: Connection, terminals: Sequence[str]) -> list[Silent]:
    """Note silences that are told, and return what to tell."""
    return [_silent(row) for row in await conn.fetch(TELL, terminals)] if terminals else []


async def tell_left_over(conn: Connection, areas: Sequence[str]) -> list[Silent]:
    """Return those still silent after their area is back: now they speak for themselves."""
    return [_silent(row) for row in await conn.fetch(TELL_LEFT_OVER, areas)] if areas else []


def _silent(row: Record) -> Silent:
    return Silent(
        terminal=TerminalId(row["terminal"]),
        area=row["area"],
        home_id=row["home_id"],
        last_seen_at=row["last_seen_at"],
        battery=row["battery"],
    )


async def conditions(conn: Connection) -> list[tuple[str, int]]:
    """Return how many installed terminals are in each condition."""
    return [(row["condition"], row["count"]) for row in await conn.fetch(CONDITIONS)]


async def prune(conn: Connection, before: datetime) -> None:
    """Delete messages, hours and commands of before that time."""
    for statement in (PRUNE_INBOX, PRUNE_QUARANTINE, PRUNE_HOURS, PRUNE_COMMANDS):
        await conn.execute(statement, before)
