"""SQL over the published `…_v1` views of dispatch, scheduler and devices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from kernel.db import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class CaregiverNow:
    """Where a caregiver is and what they are doing."""

    caregiver_id: UUID
    area: str
    name: str
    lat: float
    lon: float
    at: datetime
    state: Literal["idle", "visit", "incident", "off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalCount:
    """Terminals of one area by condition."""

    area: str
    total: int
    online: int
    silent: int
    low_battery: int
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalRow:
    """A terminal with the home it is bound to."""

    id: str
    area: str
    home_id: UUID | None
    address: str | None
    resident_name: str | None
    condition: str
    battery: int | None
    low_battery: bool
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeNow:
    """A home on the map; `silent` when no terminal of it is heard."""

    home_id: UUID
    lat: float
    lon: float
    silent: bool


CAREGIVERS_NOW: Final = """
SELECT c.caregiver_id, c.area, c.name, p.lat, p.lon, p.at,
       CASE
           WHEN EXISTS (SELECT FROM dispatch.away_v1 w
                        WHERE w.caregiver_id = c.caregiver_id AND w.state <> 'offered')
               THEN 'incident'
           WHEN EXISTS (SELECT FROM scheduler.stop_v1 s
                        WHERE s.caregiver_id = c.caregiver_id AND s.state IN ('started', 'loaded')
                          AND s.start_at > $2 - interval '12 hours'
                          AND s.start_at < $2 + interval '12 hours')
               THEN 'visit'
           WHEN EXISTS (SELECT FROM scheduler.duty_v1 d
                        WHERE d.caregiver_id = c.caregiver_id
                          AND d.starts_at <= $2 AND d.ends_at > $2)
               THEN 'idle'
           ELSE 'off'
       END AS state
FROM dispatch.caregiver_v1 c JOIN dispatch.position_v1 p USING (caregiver_id)
WHERE c.active AND c.area = ANY($1::text[])
ORDER BY c.caregiver_id
"""

TERMINAL_COUNTS: Final = """
SELECT area, count(*) AS total, count(*) FILTER (WHERE condition = 'online') AS online,
       count(*) FILTER (WHERE condition = 'silent') AS silent,
       count(*) FILTER (WHERE low_battery) AS low_battery,
       count(*) FILTER (WHERE condition = 'unknown') AS unknown
FROM devices.terminal_v1 WHERE area = ANY($1::text[]) GROUP BY area
"""

TERMINALS: Final = """
SELECT t.terminal_id AS id, t.area, t.home_id, h.address, r.name AS resident_name, t.condition,
       t.battery, t.low_battery, t.last_seen_at
FROM devices.terminal_v1 t
LEFT JOIN dispatch.home_v1 h USING (home_id)
LEFT JOIN LATERAL (
    SELECT name FROM dispatch.resident_v1 r WHERE r.home_id = t.home_id AND r.active
    ORDER BY r.resident_id LIMIT 1
) r ON true
WHERE t.area = ANY($1::text[])
  AND CASE coalesce($2, '')
      WHEN '' THEN true WHEN 'low_battery' THEN t.low_battery ELSE t.condition = $2 END
  AND ($3 = '' OR t.terminal_id ILIKE '%' || $3 || '%' OR h.address ILIKE '%' || $3 || '%'
       OR r.name ILIKE '%' || $3 || '%')
ORDER BY t.last_seen_at NULLS FIRST, t.terminal_id
LIMIT $4
"""

HOMES: Final = """
SELECT h.home_id, h.lat, h.lon,
       coalesce(bool_and(t.condition = 'silent') FILTER (WHERE t.terminal_id IS NOT NULL), false)
           AS silent
FROM dispatch.home_v1 h LEFT JOIN devices.terminal_v1 t USING (home_id)
WHERE h.area = ANY($1::text[])
GROUP BY h.home_id, h.lat, h.lon
"""


async def caregivers_now(
    conn: Connection, areas: Sequence[str], now: datetime
) -> list[CaregiverNow]:
    """Return the caregivers of these areas who have been located."""
    return [CaregiverNow(**row) for row in await conn.fetch(CAREGIVERS_NOW, areas, now)]


async def terminal_counts(conn: Connection, areas: Sequence[str]) -> list[TerminalCount]:
    """Return how many terminals each of these areas has, by condition."""
    return [TerminalCount(**row) for row in await conn.fetch(TERMINAL_COUNTS, areas)]


async def terminals(
    conn: Connection, areas: Sequence[str], condition: str | None, words: str, limit: int
) -> list[TerminalRow]:
    """Return terminals, those not heard for longest first.

    Args:
        conn: a connection.
        areas: ids of the areas to look in.
        condition: `online`, `silent`, `unknown`, `low_battery`, or None for any.
        words: part of an id, an address or a name; "" for any.
        limit: at most so many.
    """
    escaped = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    rows = await conn.fetch(TERMINALS, areas, condition, escaped, limit)
    return [TerminalRow(**row) for row in rows]


async def homes_now(conn: Connection, areas: Sequence[str]) -> list[HomeNow]:
    """Return all homes of these areas with their position."""
    return [HomeNow(**row) for row in await conn.fetch(HOMES, areas)]
