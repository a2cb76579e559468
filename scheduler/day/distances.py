"""Built-in travel times: great circle × detour × speed of the mode (pure).

Speeds are door to door, so they are lower than what a vehicle shows: a car is parked, a bus is
waited for.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from kernel.geo import EARTH_RADIUS_M, Position, distance_m
from scheduler.problem import BUS, CAR, EBIKE, WALK, Matrix, Mode

DETOUR: Final = 1.35
METRES_A_SECOND: Final[Mapping[Mode, float]] = {WALK: 1.2, EBIKE: 4.2, CAR: 6.5, BUS: 3.5}


def travel_times(positions: Sequence[Position], modes: frozenset[Mode]) -> dict[Mode, Matrix]:
    """Return seconds between all positions for each mode."""
    lat = np.radians(np.array([at.lat for at in positions], dtype=np.float64))
    lon = np.radians(np.array([at.lon for at in positions], dtype=np.float64))
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half += np.cos(lat)[:, None] * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    metres = 2 * EARTH_RADIUS_M * DETOUR * np.arcsin(np.sqrt(half))
    times = {mode: np.rint(metres / METRES_A_SECOND[mode]).astype(np.int32) for mode in modes}
    for matrix in times.values():
        matrix.setflags(write=False)
    return times


def seconds_between(start: Position, end: Position, mode: Mode) -> int:
    """Return the seconds of one journey."""
    return round(distance_m(start, end) * DETOUR / METRES_A_SECOND[mode])
