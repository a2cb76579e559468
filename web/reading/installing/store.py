"""SQL for the installer: a terminal as it was last heard, homes to put one into, areas."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from kernel.db import Connection, literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a terminal's messages have told."""

    model: str
    rssi: int | None
    heartbeat_s: int
    installed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardAlarm:
    """An alarm as it came in."""

    id: str
    kind: str
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeRow:
    """A home with who lives there and what already stands in it."""

    home_id: UUID
    area: str
    address: str
    residents: Sequence[str]
    terminals: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaRow:
    """An area; `place` names it from the top down to itself."""

    id: str
    place: Sequence[str]


HEARD: Final = """
SELECT model, rssi, heartbeat_s, installed_at FROM devices.terminal_v1 WHERE terminal_id = $1
"""

ALARMS: Final = """
SELECT signal_id AS id, kind, received_at FROM devices.signal_v1
WHERE terminal_id = $1 ORDER BY received_at DESC, signal_id LIMIT $2
"""

HOMES: Final = """
SELECT h.home_id, h.area, h.address, people.names AS residents, standing.ids AS terminals
FROM dispatch.home_v1 AS h
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(r.name ORDER BY r.resident_id), '{}') AS names,
           coalesce(bool_or(r.name ILIKE '%' || $2 || '%' OR r.phone LIKE '%' || $2 || '%'), false)
               AS meant
    FROM dispatch.resident_v1 AS r WHERE r.home_id = h.home_id AND r.active
) AS people
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(t.terminal_id ORDER BY t.terminal_id), '{}') AS ids
    FROM devices.terminal_v1 AS t WHERE t.home_id = h.home_id
) AS standing
WHERE h.area = ANY($1::text[]) AND (people.meant OR h.address ILIKE '%' || $2 || '%')
ORDER BY people.meant DESC, h.address, h.home_id LIMIT $3
"""

AREAS: Final = """
SELECT a.id, (
    SELECT array_agg(p.name ORDER BY array_position(a.path, p.id))
    FROM dispatch.area_v1 AS p WHERE p.id = ANY(a.path)
) AS place
FROM dispatch.area_v1 AS a WHERE a.id = ANY($1::text[]) ORDER BY place, a.id
"""


async def heard(conn: Connection, terminal: str) -> Heard | None:
    """Return what a terminal has told; None when there is none of this id."""
    row = await conn.fetchrow(HEARD, terminal)
    return Heard(**row) if row else None


async def alarms(conn: Connection, terminal: str, limit: int) -> list[HeardAlarm]:
    """Return the last alarms of a terminal, newest first."""
    return [HeardAlarm(**row) for row in await conn.fetch(ALARMS, terminal, limit)]


async def homes(conn: Connection, areas: frozenset[str], words: str, limit: int) -> list[HomeRow]:
    """Return homes by part of a resident's name or phone number, or of the address."""
    return [HomeRow(**row) for row in await conn.fetch(HOMES, list(areas), literal(words), limit)]


async def areas(conn: Connection, visible: frozenset[str]) -> list[AreaRow]:
    """Return areas in the order of their places."""
    return [AreaRow(**row) for row in await conn.fetch(AREAS, list(visible))]
