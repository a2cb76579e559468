"""Closed roads on the wire."""

from uuid import UUID

from pydantic import Field

from kernel.geo import Datum
from web.wire.base import Shown, Time, Write


class CloseRoad(Write):
    """Nobody travels through a circle for a time; who has something to do inside gets there."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    crs: Datum = Field(Datum.WGS84, description="The datum: wgs84, gcj02 or bd09")
    radius_m: int = Field(ge=10, le=1500)
    starts_at: Time
    ends_at: Time


class RoadClosure(Shown):
    """A closed road; WGS-84."""

    id: UUID
    lat: float
    lon: float
    radius_m: int
    starts_at: Time
    ends_at: Time
    lifted_at: Time | None = Field(description="When it was opened again before its time")


class RoadClosures(Shown):
    """Closures in force or ahead."""

    items: list[RoadClosure]
