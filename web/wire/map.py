"""What is on the map, and the terminals."""

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from web.wire.base import Asked, Shown, TerminalCondition, Time, Write


class CaregiverPosition(Shown):
    """Where a caregiver is and what they are doing."""

    caregiver_id: UUID
    name: str
    lat: float
    lon: float
    at: Time = Field(description="When the fix was taken")
    state: Literal["idle", "visit", "incident", "off"]


class CaregiverPositions(Shown):
    """All caregivers who have been located."""

    items: list[CaregiverPosition]


class TerminalCounts(Shown):
    """How the terminals are."""

    total: int
    online: int
    silent: int
    low_battery: int
    unknown: int


class TerminalItem(Shown):
    """A terminal."""

    id: str
    area: str
    home_id: UUID | None
    address: str | None
    resident_name: str | None
    condition: TerminalCondition
    battery: int | None
    low_battery: bool
    last_seen_at: Time | None


class Terminals(Shown):
    """Terminals, those not heard for longest first, and the counts of all."""

    items: list[TerminalItem]
    counts: TerminalCounts


class Dot(Shown):
    """A home on the map."""

    home_id: UUID
    lat: float
    lon: float
    status: Literal["ok", "silent", "incident"]


class Dots(Shown):
    """All homes."""

    items: list[Dot]


class Feature(Shown):
    """A GeoJSON feature."""

    type: Literal["Feature"]
    geometry: dict[str, Any]
    properties: dict[str, Any]


class FeatureCollection(Shown):
    """GeoJSON of the own map: areas, roads, stations, meal points."""

    type: Literal["FeatureCollection"]
    features: list[Feature]


class Bind(Write):
    """Put a terminal into a home."""

    home_id: UUID


class Enrol(Asked):
    """A new terminal."""

    id: str = Field(pattern=r"^[A-Za-z0-9-]{1,40}$")
    area: str = Field(pattern=r"^[a-z0-9-]{1,32}$")
    model: str = Field(min_length=1, max_length=100)


class Enrolled(Shown):
    """The credentials of a new terminal; the secret is shown this once."""

    id: str
    secret: str
