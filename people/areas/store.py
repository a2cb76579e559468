"""Rows of the map."""

from dataclasses import dataclass
from typing import Any, Final

from kernel.db import Connection

FEATURES: Final = "SELECT layer, name, geometry FROM dispatch.map_feature ORDER BY layer, id"


@dataclass(frozen=True, slots=True, kw_only=True)
class MapFeature:
    """A thing on the map; `layer` is area, road, station or meal_point, `geometry` GeoJSON."""

    layer: str
    name: str
    geometry: dict[str, Any]


async def features(conn: Connection) -> list[MapFeature]:
    """Return everything the map shows; it is the same for everybody."""
    return [MapFeature(**dict(row)) for row in await conn.fetch(FEATURES)]
