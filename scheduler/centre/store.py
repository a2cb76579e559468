"""SQL that reads centres, and which of them somebody means."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from kernel.db import Connection, Pool, Record
from kernel.errors import NotFoundError
from kernel.geo import Position
from scheduler.centre.localtime import day_of
from scheduler.centre.model import Centre

FIND: Final = """
SELECT area, zone, lat, lon, measured_percentile FROM scheduler.centre WHERE area = $1
"""

EVERY: Final = """
SELECT area, zone, lat, lon, measured_percentile FROM scheduler.centre ORDER BY area
"""

CENTRES_IN: Final = "SELECT area, zone FROM scheduler.centre WHERE area = ANY ($1) ORDER BY area"


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


async def centre_of(pool: Pool, areas: frozenset[str], now: datetime) -> tuple[str, date]:
    """Return the first centre among `areas` and its local day.

    Raises:
        NotFoundError: there is none.
    """
    found = await first_among(pool, areas, now)
    if found is None:
        raise NotFoundError("There is no centre in your areas.")
    return found


async def first_among(pool: Pool, areas: frozenset[str], now: datetime) -> tuple[str, date] | None:
    """Return the first centre among `areas` and its local day; None if there is none."""
    row = await pool.fetchrow(CENTRES_IN, sorted(areas))
    return None if row is None else (row["area"], day_of(now, ZoneInfo(row["zone"])))


def _centre(row: Record) -> Centre:
    return Centre(
        area=row["area"],
        zone=ZoneInfo(row["zone"]),
        at=Position(row["lat"], row["lon"]),
        percentile=row["measured_percentile"],
    )
