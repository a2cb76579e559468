"""Rows of areas and of the map."""

from dataclasses import dataclass
from typing import Any, Final

from dispatch.ids import AccountId
from kernel.db import Connection

GRANTED: Final = """
SELECT a.id, a.name, a.level
FROM dispatch.account_area AS g JOIN dispatch.area AS a ON a.id = g.area
WHERE g.account_id = $1 ORDER BY cardinality(a.path), a.id
"""

BELOW: Final = "SELECT id FROM dispatch.area WHERE path && $1::text[]"

FEATURES: Final = """
SELECT layer, name, geometry FROM dispatch.map_feature ORDER BY layer, id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A part of the city; `level` is city, district, street, community or grid."""

    id: str
    name: str
    level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Visible:
    """What an account may see: `areas` is every visible area, `granted` only the topmost ones."""

    areas: frozenset[str]
    granted: tuple[Area, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapFeature:
    """A thing on the map; `layer` is area, road, station or meal_point, `geometry` GeoJSON."""

    layer: str
    name: str
    geometry: dict[str, Any]


async def visible(conn: Connection, account_id: AccountId) -> Visible:
    """Return the areas granted to the account, with everything below them."""
    granted = tuple(
        Area(id=row["id"], name=row["name"], level=row["level"])
        for row in await conn.fetch(GRANTED, account_id)
    )
    below = await conn.fetch(BELOW, [area.id for area in granted])
    return Visible(areas=frozenset(row["id"] for row in below), granted=granted)


async def features(conn: Connection) -> list[MapFeature]:
    """Return everything the map shows; it is the same for everybody."""
    return [
        MapFeature(layer=row["layer"], name=row["name"], geometry=row["geometry"])
        for row in await conn.fetch(FEATURES)
    ]
