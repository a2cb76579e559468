"""SQL of what routers answered, and of closed roads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import numpy as np

from kernel.columns import Columns, filled
from kernel.db import Connection, Record
from kernel.geo import Position
from scheduler.centre.model import Kind
from scheduler.model.problem import Matrix
from scheduler.travel.model import Circle, Closure, Layer
from scheduler.travel.pairs import Keys

KNOWN: Final = """
SELECT origin, targets, seconds, expires_at FROM scheduler.travel_time
WHERE provider = $1 AND mode = $2 AND slot = $3 AND avoiding = $4 AND origin = ANY ($5)
  AND expires_at > $6
"""

# Columns are added to a row that still holds; it expires when it would have.
KEEP: Final = """
INSERT INTO scheduler.travel_time AS t
    (provider, mode, slot, avoiding, origin, targets, seconds, expires_at)
SELECT $1, $2, $3, $4, origin, targets, seconds, expires_at
FROM unnest($5::bigint[], $6::bytea[], $7::bytea[], $8::timestamptz[])
    AS n (origin, targets, seconds, expires_at)
ORDER BY origin
ON CONFLICT (provider, mode, slot, avoiding, origin) DO UPDATE SET
    targets = CASE WHEN t.expires_at > $9 THEN t.targets || excluded.targets
                   ELSE excluded.targets END,
    seconds = CASE WHEN t.expires_at > $9 THEN t.seconds || excluded.seconds
                   ELSE excluded.seconds END,
    expires_at = CASE WHEN t.expires_at > $9 THEN t.expires_at ELSE excluded.expires_at END
"""

FORGET: Final = "DELETE FROM scheduler.travel_time WHERE expires_at <= $1"

CLOSE: Final = """
INSERT INTO scheduler.road_closure (id, event_id, centre, lat, lon, radius_m, starts_at, ends_at,
                                    created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (event_id) DO NOTHING
"""

_CLOSURE: Final = Columns(
    ("id", "centre", "lat", "lon", "radius_m", "starts_at", "ends_at", "lifted_at")
)

BY_EVENT: Final = filled(
    "SELECT {closure} FROM scheduler.road_closure WHERE event_id = $1", closure=_CLOSURE.of()
)

LOCK: Final = filled(
    """
SELECT {closure} FROM scheduler.road_closure WHERE id = $1 AND centre = ANY ($2) FOR UPDATE
""",
    closure=_CLOSURE.of(),
)

LIFT: Final = "UPDATE scheduler.road_closure SET lifted_at = $2 WHERE id = $1"

OF_CENTRE: Final = filled(
    """
SELECT {closure} FROM scheduler.road_closure
WHERE centre = $1 AND lifted_at IS NULL AND starts_at < $3 AND ends_at > $2
ORDER BY starts_at, id
""",
    closure=_CLOSURE.of(),
)

# Plans in force with something to do while a road is closed that they do not know to be.
STALE: Final = """
SELECT DISTINCT p.area, p.day, p.kind
FROM scheduler.road_closure c
JOIN scheduler.plan p ON p.area = c.centre AND p.state = 'published'
WHERE c.lifted_at IS NULL AND c.ends_at > $1 AND p.day >= $2
  AND NOT coalesce(p.summary -> 'travel' -> 'closures', '[]') ? c.id::text
  AND EXISTS (
    SELECT FROM scheduler.plan_stop s
    WHERE s.plan_id = p.id AND s.kind = 'task' AND s.start_at > $1
      AND s.start_at < c.ends_at AND s.end_at > c.starts_at
  )
ORDER BY p.day, p.kind
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginRow:
    """What is known of one origin."""

    origin: int
    targets: Keys
    seconds: Matrix
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A closure with the centre it belongs to, and when it was lifted."""

    closure: Closure
    centre: str
    lifted_at: datetime | None


async def known(
    conn: Connection, layer: Layer, origins: Sequence[int], now: datetime
) -> list[OriginRow]:
    """Return what is known of these origins and has not expired."""
    rows = await conn.fetch(
        KNOWN, layer.provider, layer.mode, layer.slot, layer.avoiding, origins, now
    )
    return [
        OriginRow(
            origin=row["origin"],
            targets=np.frombuffer(row["targets"], dtype="<i8"),
            seconds=np.frombuffer(row["seconds"], dtype="<i4"),
            expires_at=row["expires_at"],
        )
        for row in rows
    ]


async def keep(conn: Connection, layer: Layer, rows: Sequence[OriginRow], now: datetime) -> None:
    """Add to what is known; rows of one origin must not come twice."""
    await conn.execute(
        KEEP,
        layer.provider,
        layer.mode,
        layer.slot,
        layer.avoiding,
        [row.origin for row in rows],
        [row.targets.astype("<i8").tobytes() for row in rows],
        [row.seconds.astype("<i4").tobytes() for row in rows],
        [row.expires_at for row in rows],
        now,
    )


async def forget(conn: Connection, now: datetime) -> None:
    """Delete what has expired."""
    await conn.execute(FORGET, now)


async def close(
    conn: Connection, closure: Closure, *, event_id: UUID, centre: str, now: datetime
) -> bool:
    """Write a closure down; whether it was new."""
    circle = closure.circle
    done = await conn.execute(
        CLOSE,
        closure.id,
        event_id,
        centre,
        circle.at.lat,
        circle.at.lon,
        circle.radius_m,
        closure.starts_at,
        closure.ends_at,
        now,
    )
    return bool(done.endswith(" 1"))


async def by_event(conn: Connection, event_id: UUID) -> Reported | None:
    """Return the closure that an event reported."""
    row = await conn.fetchrow(BY_EVENT, event_id)
    return None if row is None else _reported(row)


async def lock(conn: Connection, closure_id: UUID, centres: Sequence[str]) -> Reported | None:
    """Return a closure, locked until the transaction ends; None: no such one of these centres."""
    row = await conn.fetchrow(LOCK, closure_id, list(centres))
    return None if row is None else _reported(row)


async def lift(conn: Connection, closure_id: UUID, now: datetime) -> None:
    """Note that a road is open again."""
    await conn.execute(LIFT, closure_id, now)


async def closures(conn: Connection, centre: str, start: datetime, end: datetime) -> list[Closure]:
    """Return the closures in force at some time between `start` and `end`."""
    return [_closure(row) for row in await conn.fetch(OF_CENTRE, centre, start, end)]


async def stale(conn: Connection, now: datetime) -> list[tuple[str, date, Kind]]:
    """Return the plans in force (centre, day, kind) that do not know of a closed road."""
    rows = await conn.fetch(STALE, now, now.date() - timedelta(days=1))
    return [(row["area"], row["day"], Kind(row["kind"])) for row in rows]


def _closure(row: Record) -> Closure:
    return Closure(
        id=row["id"],
        circle=Circle(at=Position(row["lat"], row["lon"]), radius_m=row["radius_m"]),
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
    )


def _reported(row: Record) -> Reported:
    return Reported(closure=_closure(row), centre=row["centre"], lifted_at=row["lifted_at"])
