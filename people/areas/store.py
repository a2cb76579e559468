"""Rows of areas and of the map."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from kernel.db import Connection

NAMES: Final = "SELECT id, name FROM dispatch.area WHERE id = ANY ($1)"

FEATURES: Final = "SELECT layer, name, geometry FROM dispatch.map_feature ORDER BY layer, id"


@dataclass(frozen=True, slots=True, kw_only=True)
class MapFeature:
    """A thing on the map; `layer` is area, road, station or meal_point, `geometry` GeoJSON."""

    layer: str
    name: str
    geometry: dict[str, Any]


async def names(conn: Connection, areas: Sequence[str]) -> dict[str, str]:
    """Return what areas are called, by id."""
    return {row["id"]: row["name"] for row in await conn.fetch(NAMES, areas)}


async def features(conn: Connection) -> list[MapFeature]:
    """Return everything the map shows; it is the same for everybody."""
    return [MapFeature(**dict(row)) for row in await conn.fetch(FEATURES)]
