"""SQL that reads centres."""

from typing import Final
from zoneinfo import ZoneInfo

from kernel.db import Connection, Record
from kernel.errors import NotFoundError
from kernel.geo import Position
from scheduler.centre.model import Centre

FIND: Final = """
SELECT area, zone, lat, lon, measured_percentile FROM scheduler.centre WHERE area = $1
"""

EVERY: Final = """
SELECT area, zone, lat, lon, measured_percentile FROM scheduler.centre ORDER BY area
"""

AMONG: Final = """
SELECT area, zone, lat, lon, measured_percentile FROM scheduler.centre
WHERE area = ANY ($1) ORDER BY area
"""


async def find(conn: Connection, area: str) -> Centre:
    """Return the centre of `area`.

    Raises:
        NotFoundError: there is none.
    """
    row = await conn.fetchrow(FIND, area)
    if row is None:
        raise NotFoundError("There is no such centre.", area=area)
    return _centre(row)


async def every(conn: Connection) -> list[Centre]:
    """Return all centres by area."""
    return [_centre(row) for row in await conn.fetch(EVERY)]


async def among(conn: Connection, areas: frozenset[str]) -> list[Centre]:
    """Return the centres among `areas`, by area."""
    return [_centre(row) for row in await conn.fetch(AMONG, sorted(areas))]


def _centre(row: Record) -> Centre:
    return Centre(
        area=row["area"],
        zone=ZoneInfo(row["zone"]),
        at=Position(row["lat"], row["lon"]),
        percentile=row["measured_percentile"],
    )
