"""Built-in travel times: great circle × detour × speed of the mode (pure).

Speeds are door to door, so they are lower than what a vehicle shows: a car is parked, a bus is
waited for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np

from kernel.geo import EARTH_RADIUS_M, Position, distance_m
from scheduler.model.problem import BUS, CAR, EBIKE, WALK, Matrix, Mode
from scheduler.travel.closures import Floats, extra_metres
from scheduler.travel.model import NOTHING_CLOSED, Circle, Closed
from scheduler.travel.slots import ALL_DAY, Slots, base

DETOUR: Final = 1.35
METRES_A_SECOND: Final[Mapping[Mode, float]] = MappingProxyType(
    {WALK: 1.2, EBIKE: 4.2, CAR: 6.5, BUS: 3.5}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Builtin:
    """The provider that always answers.

    Attributes:
        detour: metres of road for each metre of straight line.
        speeds: metres a second by mode, without its time of day.
        slots: whose factors slow a mode down.
    """

    detour: float = DETOUR
    speeds: Mapping[Mode, float] = field(default_factory=lambda: METRES_A_SECOND)
    slots: Slots = ALL_DAY

    def times(
        self,
        positions: Sequence[Position],
        modes: frozenset[Mode],
        closed: Closed = NOTHING_CLOSED,
    ) -> dict[Mode, Matrix]:
        """Return seconds between all positions for each mode; see `TravelTimes`."""
        straight = _straight(positions)
        around = {
            circles: extra_metres(positions, circles)
            for circles in {closed.get(mode, ()) for mode in modes}
            if circles
        }
        times: dict[Mode, Matrix] = {}
        for mode in modes:
            circles = closed.get(mode, ())
            metres = straight + around[circles] if circles else straight
            times[mode] = np.rint(metres * self._seconds_a_metre(mode)).astype(np.int32)
            times[mode].setflags(write=False)
        return times

    def detours(
        self, positions: Sequence[Position], mode: Mode, closed: Sequence[Circle]
    ) -> Floats:
        """Return the seconds that closed roads add to each leg, where times know none of them."""
        seconds: Floats = extra_metres(positions, closed) * self._seconds_a_metre(mode)
        return seconds

    def _seconds_a_metre(self, mode: Mode) -> float:
        return self.detour / self.speeds[base(mode)] * self.slots.factor(mode)


def travel_times(
    positions: Sequence[Position], modes: frozenset[Mode], closed: Closed = NOTHING_CLOSED
) -> dict[Mode, Matrix]:
    """Return seconds between all positions for each mode, as nobody has set it otherwise."""
    return Builtin().times(positions, modes, closed)


def seconds_between(start: Position, end: Position, mode: Mode) -> int:
    """Return the seconds of one journey."""
    return round(distance_m(start, end) * DETOUR / METRES_A_SECOND[base(mode)])


def _straight(positions: Sequence[Position]) -> Floats:
    """Metres of great circle between all positions."""
    lat = np.radians(np.array([at.lat for at in positions], dtype=np.float64))
    lon = np.radians(np.array([at.lon for at in positions], dtype=np.float64))
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half += np.cos(lat)[:, None] * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    metres: Floats = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(half))
    return metres
