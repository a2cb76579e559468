"""How long a responder needs to a door (pure): a first estimate for the desk, not a route.

Speeds are door to door in a dense city, stops included; the detour is the usual ratio of street
to straight-line distance there. Both are assumptions, kept here in one place.
"""

from datetime import datetime, timedelta
from typing import Final

DETOUR: Final = 1.35
SPEED_M_S: Final[dict[str, float]] = {"walk": 1.2, "ebike": 4.5, "car": 6.0, "bus": 3.5}
GETTING_READY_S: Final = 60


def eta_s(distance_m: float, travel_mode: str) -> int:
    """Return the seconds from now to the door for a straight-line distance in metres."""
    return round(GETTING_READY_S + distance_m * DETOUR / SPEED_M_S[travel_mode])


def arrival(at: datetime, distance_m: float, travel_mode: str) -> datetime:
    """Return when a responder who is told at `at` will be there."""
    return at + timedelta(seconds=eta_s(distance_m, travel_mode))
