"""Rows of caregivers and of their positions."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from dispatch.ids import CaregiverId, IncidentId
from kernel.db import Connection
from kernel.errors import InvalidError, NotFoundError
from kernel.geo import Datum, to_wgs84

FIND: Final = """
SELECT c.id, c.area, c.kind, c.name, c.phone, coalesce(p.lat, c.base_lat) AS lat,
       coalesce(p.lon, c.base_lon) AS lon, p.at AS fix_at
FROM dispatch.caregiver AS c LEFT JOIN dispatch.caregiver_position AS p ON p.caregiver_id = c.id
WHERE c.id = $1
"""

INCIDENT_OF: Final = """
SELECT incident_id FROM dispatch.assignment
WHERE caregiver_id = $1 AND state IN ('offered', 'accepted', 'en_route', 'on_scene')
"""

# An older fix that arrives late (an offline phone) does not replace a newer one.
RECORD: Final = """
INSERT INTO dispatch.caregiver_position AS p (caregiver_id, lat, lon, accuracy_m, at)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (caregiver_id) DO UPDATE
SET lat = excluded.lat, lon = excluded.lon, accuracy_m = excluded.accuracy_m, at = excluded.at
WHERE p.at < excluded.at
"""

POSITIONS: Final = """
SELECT c.id, c.name, c.kind, p.lat, p.lon, p.accuracy_m, p.at,
       CASE
           WHEN EXISTS (SELECT FROM dispatch.assignment AS a WHERE a.caregiver_id = c.id
                        AND a.state IN ('accepted', 'en_route', 'on_scene')) THEN 'incident'
           WHEN NOT EXISTS (SELECT FROM scheduler.duty_v1 AS d WHERE d.caregiver_id = c.id
                            AND d.starts_at <= $2 AND $2 < d.ends_at) THEN 'off'
           WHEN busy.caregiver_id IS NOT NULL THEN 'visit'
           ELSE 'idle'
       END AS state
FROM dispatch.caregiver AS c
JOIN dispatch.caregiver_position AS p ON p.caregiver_id = c.id
LEFT JOIN (
    SELECT DISTINCT s.caregiver_id FROM scheduler.stop_v1 AS s
    WHERE s.state = 'started' AND s.start_at BETWEEN $2::timestamptz - interval '1 day'
                                                 AND $2::timestamptz + interval '1 day'
) AS busy ON busy.caregiver_id = c.id
WHERE c.active AND c.area = ANY($1::text[])
ORDER BY c.id
"""


class Doing(StrEnum):
    """What a caregiver is doing now."""

    IDLE = "idle"
    VISIT = "visit"
    INCIDENT = "incident"
    OFF = "off"
    """Not on shift; the position is where they were last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caregiver:
    """A caregiver or courier; (lat, lon) is the last fix, else the base (`fix_at` None)."""

    id: CaregiverId
    area: str
    kind: str
    name: str
    phone: str
    lat: float
    lon: float
    fix_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaregiverPosition:
    """Where a caregiver was at `at`, on WGS-84."""

    caregiver_id: CaregiverId
    name: str
    kind: str
    lat: float
    lon: float
    accuracy_m: float | None
    at: datetime
    state: Doing


async def find(conn: Connection, caregiver_id: CaregiverId) -> Caregiver:
    """Return the caregiver.

    Raises:
        NotFoundError: there is none.
    """
    row = await conn.fetchrow(FIND, caregiver_id)
    if row is None:
        raise NotFoundError("There is no such caregiver.", id=caregiver_id)
    return Caregiver(**dict(row))


async def incident_of(conn: Connection, caregiver_id: CaregiverId) -> IncidentId | None:
    """Return the incident the caregiver has a job for."""
    found: IncidentId | None = await conn.fetchval(INCIDENT_OF, caregiver_id)
    return found


async def record_position(
    conn: Connection,
    caregiver_id: CaregiverId,
    *,
    lat: float,
    lon: float,
    datum: Datum,
    accuracy_m: float | None,
    at: datetime,
) -> None:
    """Keep a fix given in `datum`, as WGS-84; only the newest is kept.

    Raises:
        InvalidError: the coordinate is not on earth.
    """
    try:
        fix = to_wgs84(lat, lon, datum)
    except ValueError as error:
        raise InvalidError("The coordinate is not on earth.", field="lat") from error
    await conn.execute(RECORD, caregiver_id, fix.lat, fix.lon, accuracy_m, at)


async def positions(
    conn: Connection, areas: frozenset[str], now: datetime
) -> list[CaregiverPosition]:
    """Return the last position of every active caregiver of `areas`, and what they are doing."""
    return [
        CaregiverPosition(
            caregiver_id=CaregiverId(row["id"]),
            name=row["name"],
            kind=row["kind"],
            lat=row["lat"],
            lon=row["lon"],
            accuracy_m=row["accuracy_m"],
            at=row["at"],
            state=Doing(row["state"]),
        )
        for row in await conn.fetch(POSITIONS, list(areas), now)
    ]
