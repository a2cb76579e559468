"""A centre, and what it makes plans of (pure)."""

from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from kernel.geo import Position


class Kind(StrEnum):
    """What a plan is about; each has people of its own."""

    VISITS = "visits"
    MEALS = "meals"


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """Who plans: an area's centre, its zone and where it stands.

    Attributes:
        percentile: share of past visits, in percent, that a planned length is long enough for;
            0: lengths as agreed.
    """

    area: str
    zone: ZoneInfo
    at: Position
    percentile: int = 0
