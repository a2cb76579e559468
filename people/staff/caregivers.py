"""Rows of caregivers and of their positions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kernel.db import Connection
from kernel.errors import InvalidError, NotFoundError
from kernel.geo import Datum, to_wgs84
from people.ids import CaregiverId

FIND: Final = """
SELECT c.id, c.area, c.kind, c.name, c.phone, coalesce(p.lat, c.base_lat) AS lat,
       coalesce(p.lon, c.base_lon) AS lon, p.at AS fix_at
FROM dispatch.caregiver AS c LEFT JOIN dispatch.caregiver_position AS p ON p.caregiver_id = c.id
WHERE c.id = $1
"""

# An older fix that arrives late (an offline phone) does not replace a newer one.
RECORD: Final = """
INSERT INTO dispatch.caregiver_position AS p (caregiver_id, lat, lon, accuracy_m, at)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (caregiver_id) DO UPDATE
SET lat = excluded.lat, lon = excluded.lon, accuracy_m = excluded.accuracy_m, at = excluded.at
WHERE p.at < excluded.at
"""


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


async def find(conn: Connection, caregiver_id: CaregiverId) -> Caregiver:
    """Return the caregiver.

    Raises:
        NotFoundError: there is none.
    """
    row = await conn.fetchrow(FIND, caregiver_id)
    if row is None:
        raise NotFoundError("There is no such caregiver.", id=caregiver_id)
    return Caregiver(**dict(row))


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
