"""What travel times are made of (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Protocol, TypeAlias
from uuid import UUID

from kernel.geo import Position
from scheduler.model.problem import Matrix, Mode

UNCONNECTED: Final = -1
"""In a router's table: it knows no way."""
UNKNOWN: Final = -2
"""In a table: nobody was asked yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """Nobody travels through it; who has something to do inside still gets there."""

    at: Position
    radius_m: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """A road closed around a place for a time, as a planner has said."""

    id: UUID
    circle: Circle
    starts_at: datetime
    ends_at: datetime


Closed: TypeAlias = Mapping[Mode, tuple[Circle, ...]]
"""What is closed to each mode, that is at its time of day."""


NOTHING_CLOSED: Final[Closed] = MappingProxyType({})


class TravelTimes(Protocol):
    """Seconds between all places for each mode."""

    def __call__(
        self, positions: Sequence[Position], modes: frozenset[Mode], closed: Closed = ...
    ) -> Mapping[Mode, Matrix]:
        """Return a read-only matrix for each of `modes`, rows and columns as `positions`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Which answers belong together: names of provider, mode and slot, and what was avoided."""

    provider: str
    mode: str
    slot: str = ""
    avoiding: str = ""


class RouterState(StrEnum):
    """How a run fared with the router."""

    NONE = "none"
    """Nobody wanted one."""
    UP = "up"
    DOWN = "down"
    LATE = "late"
    """It answered, but not all of it in the time a run may wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TravelNote:
    """Where a plan's travel times came from, for its summary.

    Attributes:
        provider: "builtin", "osrm" or "valhalla".
        pairs: of different places, over all modes.
        estimated: of them, those the built-in provider had to fill in for the router.
        closures: roads that were known to be closed.
    """

    provider: str = "builtin"
    router: RouterState = RouterState.NONE
    pairs: int = 0
    estimated: int = 0
    closures: tuple[UUID, ...] = ()

    def summary(self) -> dict[str, Any]:
        """Return what is stored with the plan; no place can be told from it."""
        return {
            "provider": self.provider,
            "router": str(self.router),
            "pairs": self.pairs,
            "estimated": self.estimated,
            "closures": [str(each) for each in self.closures],
        }


UNTOLD: Final = TravelNote()
"""Built-in times, and no road closed."""
