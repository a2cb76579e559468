"""SQL over the published `…_v1` views of dispatch, scheduler and devices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from dispatch.incidents.escalation import DEFAULT
from kernel.columns import filled
from kernel.db import Connection, literal
from kernel.errors import NotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """When an unclaimed incident of priority 1 rings further, in seconds."""

    louder_s: int = DEFAULT.louder_s
    every_seat_s: int = DEFAULT.every_seat_s
    supervisor_s: int = DEFAULT.supervisor_s


@dataclass(frozen=True, slots=True, kw_only=True)
class CaregiverNow:
    """Where a caregiver was at `at`, and what they are doing."""

    caregiver_id: UUID
    name: str
    lat: float
    lon: float
    at: datetime
    state: Literal["idle", "visit", "incident", "off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeNow:
    """A home on the map; it is silent when none of its terminals is heard."""

    home_id: UUID
    lat: float
    lon: float
    is_silent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalCounts:
    """Terminals by condition."""

    total: int
    online: int
    silent: int
    low_battery: int
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A message that could not be read; its bytes stay in the database."""

    id: UUID
    terminal: str | None
    area: str
    topic: str
    error: str
    detail: str
    count: int
    first_at: datetime
    last_at: datetime
    size_bytes: int


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


# An offer is not yet an incident of the caregiver's; off: not on shift.
CAREGIVERS_NOW: Final = """
SELECT c.caregiver_id, c.name, p.lat, p.lon, p.at,
       CASE
           WHEN EXISTS (SELECT FROM dispatch.away_v1 AS w
                        WHERE w.caregiver_id = c.caregiver_id AND w.state <> 'offered')
               THEN 'incident'
           WHEN busy.caregiver_id IS NOT NULL THEN 'visit'
           WHEN EXISTS (SELECT FROM scheduler.duty_v1 AS d
                        WHERE d.caregiver_id = c.caregiver_id
                          AND d.starts_at <= $2 AND d.ends_at > $2) THEN 'idle'
           ELSE 'off'
       END AS state
FROM dispatch.caregiver_v1 AS c
JOIN dispatch.position_v1 AS p ON p.caregiver_id = c.caregiver_id
LEFT JOIN (
    SELECT DISTINCT s.caregiver_id FROM scheduler.stop_v1 AS s
    WHERE s.state IN ('started', 'loaded')
      AND s.start_at BETWEEN $2::timestamptz - interval '12 hours'
                         AND $2::timestamptz + interval '12 hours'
) AS busy ON busy.caregiver_id = c.caregiver_id
WHERE c.active AND c.area = ANY($1::text[])
ORDER BY c.caregiver_id
"""

HOMES_NOW: Final = """
SELECT h.home_id, h.lat, h.lon, coalesce(t.is_silent, false) AS is_silent
FROM dispatch.home_v1 AS h
LEFT JOIN (
    SELECT home_id, bool_and(condition = 'silent') AS is_silent FROM devices.terminal_v1
    WHERE home_id IS NOT NULL GROUP BY home_id
) AS t ON t.home_id = h.home_id
WHERE h.area = ANY($1::text[])
"""

TERMINAL_COUNTS: Final = """
SELECT count(*) AS total, count(*) FILTER (WHERE condition = 'online') AS online,
       count(*) FILTER (WHERE condition = 'silent') AS silent,
       count(*) FILTER (WHERE low_battery) AS low_battery,
       count(*) FILTER (WHERE condition = 'unknown') AS unknown
FROM devices.terminal_v1 WHERE area = ANY($1::text[])
"""

_TERMINAL: Final = """
SELECT t.terminal_id AS id, t.area, t.home_id, h.address, r.name AS resident_name, t.condition,
       t.battery, t.low_battery, t.last_seen_at
FROM devices.terminal_v1 t
LEFT JOIN dispatch.home_v1 h USING (home_id)
LEFT JOIN LATERAL (
    SELECT name FROM dispatch.resident_v1 r WHERE r.home_id = t.home_id AND r.active
    ORDER BY r.born NULLS LAST, r.resident_id LIMIT 1
) r ON true
"""

TERMINALS: Final = filled(
    """
{terminal}
WHERE t.area = ANY($1::text[])
  AND CASE coalesce($2, '')
      WHEN '' THEN true WHEN 'low_battery' THEN t.low_battery ELSE t.condition = $2 END
  AND ($3 = '' OR t.terminal_id ILIKE '%' || $3 || '%' OR h.address ILIKE '%' || $3 || '%'
       OR r.name ILIKE '%' || $3 || '%')
  AND ($5::boolean IS NULL OR (t.home_id IS NOT NULL) = $5)
ORDER BY t.last_seen_at NULLS FIRST, t.terminal_id
LIMIT $4
""",
    terminal=_TERMINAL,
)

TERMINAL: Final = filled("{terminal} WHERE t.terminal_id = $1", terminal=_TERMINAL)

QUARANTINED: Final = """
SELECT id, terminal_id AS terminal, area, topic, error, detail, count, first_at, last_at,
       size_bytes
FROM devices.quarantine_v1 WHERE area = ANY($1::text[]) ORDER BY last_at DESC LIMIT $2
"""

# When any terminal of a home was last heard.
LAST_SEEN: Final = """
SELECT home_id, max(last_seen_at) AS at FROM devices.terminal_v1
WHERE home_id = ANY($1::uuid[]) GROUP BY home_id
"""

WAYS_IN: Final = """
SELECT home_id, way_in FROM dispatch.home_v1 WHERE home_id = ANY($1::uuid[]) AND way_in <> ''
"""

# The policy of the first of these areas, or of its nearest ancestor that has one.
PATIENCE: Final = """
SELECT p.louder_s, p.every_seat_s, p.supervisor_s
FROM unnest($1::text[]) WITH ORDINALITY AS asked (id, place)
JOIN dispatch.area_v1 AS a ON a.id = asked.id
JOIN dispatch.policy_v1 AS p ON p.area = ANY(a.path)
ORDER BY asked.place, array_position(a.path, p.area) DESC LIMIT 1
"""

HOME_AREA: Final = "SELECT area FROM dispatch.home_v1 WHERE home_id = $1"


async def caregivers_now(
    conn: Connection, areas: frozenset[str], now: datetime
) -> list[CaregiverNow]:
    """Return the active caregivers of these areas who have been located."""
    return [CaregiverNow(**row) for row in await conn.fetch(CAREGIVERS_NOW, list(areas), now)]


async def homes_now(conn: Connection, areas: frozenset[str]) -> list[HomeNow]:
    """Return all homes of these areas."""
    return [HomeNow(**row) for row in await conn.fetch(HOMES_NOW, list(areas))]


async def terminal_counts(conn: Connection, areas: frozenset[str]) -> TerminalCounts:
    """Return how many terminals these areas have, by condition."""
    row = await conn.fetchrow(TERMINAL_COUNTS, list(areas))
    return TerminalCounts(**dict(row or {}))


async def terminals(
    conn: Connection,
    areas: frozenset[str],
    condition: str | None,
    words: str,
    limit: int,
    *,
    installed: bool | None = None,
) -> list[TerminalRow]:
    """Return terminals, those not heard for longest first.

    Args:
        conn: a connection.
        areas: ids of the areas to look in.
        condition: `online`, `silent`, `unknown`, `low_battery`, or None for any.
        words: part of an id, an address or a name; "" for any.
        limit: at most so many.
        installed: only those that stand in a home, or only those that do not yet.
    """
    rows = await conn.fetch(TERMINALS, list(areas), condition, literal(words), limit, installed)
    return [TerminalRow(**row) for row in rows]


async def terminal(conn: Connection, terminal_id: str) -> TerminalRow:
    """Return one terminal.

    Raises:
        NotFoundError: there is none of this id, or it is retired.
    """
    row = await conn.fetchrow(TERMINAL, terminal_id)
    if row is None:
        raise NotFoundError("There is no such terminal.")
    return TerminalRow(**row)


async def home_area(conn: Connection, home_id: UUID) -> str | None:
    """Return the area of a home; None when there is no such home."""
    area: str | None = await conn.fetchval(HOME_AREA, home_id)
    return area


async def quarantined(conn: Connection, areas: frozenset[str], limit: int) -> list[Quarantined]:
    """Return messages that could not be read, newest first."""
    return [Quarantined(**row) for row in await conn.fetch(QUARANTINED, list(areas), limit)]


async def last_seen(conn: Connection, homes: Sequence[UUID]) -> dict[UUID, datetime | None]:
    """Return when each home's terminals were last heard; homes without one are left out."""
    return {row["home_id"]: row["at"] for row in await conn.fetch(LAST_SEEN, homes)}


async def ways_in(conn: Connection, homes: Sequence[UUID]) -> dict[UUID, str]:
    """Return how to get into each home, without door codes; unknown ones are left out."""
    return {row["home_id"]: row["way_in"] for row in await conn.fetch(WAYS_IN, homes)}


async def patience(conn: Connection, granted: Sequence[str]) -> Patience:
    """Return the patience that holds where an account works; `granted` has its topmost areas."""
    row = await conn.fetchrow(PATIENCE, granted)
    return Patience(**dict(row or {}))
