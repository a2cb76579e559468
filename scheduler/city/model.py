"""A city's day, and the parts it is cut into (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kernel.geo import Position
from scheduler.model.plan import Plan
from scheduler.model.problem import (
    Caregiver,
    CaregiverId,
    MealPoint,
    Precedence,
    Problem,
    Task,
    TaskId,
    Weights,
)
from scheduler.travel.model import Closed

AreaPath: TypeAlias = tuple[str, ...]
"""Areas from the city down to the one a visit belongs to."""
Points: TypeAlias = NDArray[np.float64]
"""East and north of each place in metres, from some point near by."""

METRES_A_DEGREE: Final = 111_195


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How large a part may be: visits, and caregivers at work."""

    visits: int = 2_000
    caregivers: int = 300


BOUNDS: Final = Bounds()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class City:
    """A day too large for one search.

    Attributes:
        problem: the whole day; its travel times are `legs.Legs`, not full matrices.
        positions: of each location.
        areas: of each task.
        closed: roads, to each mode; already in the problem's travel times.
    """

    problem: Problem
    positions: Sequence[Position]
    areas: Mapping[TaskId, AreaPath]
    closed: Closed = field(default_factory=dict)

    @property
    def points(self) -> Points:
        """Every location on a plane: good to a percent within a city."""
        lat = np.array([at.lat for at in self.positions], dtype=np.float64)
        lon = np.array([at.lon for at in self.positions], dtype=np.float64)
        middle = np.radians(lat.mean()) if len(lat) else 0.0
        plane: Points = np.column_stack([lon * np.cos(middle), lat]) * METRES_A_DEGREE
        return plane


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """Seconds of service a part needs beyond what its people have; `skill` None: of any kind."""

    skill: str | None
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one search is about: every task and every caregiver of a city is in exactly one."""

    tasks: tuple[TaskId, ...]
    caregivers: tuple[CaregiverId, ...]
    shortages: tuple[Shortage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A problem without its travel times: what a worker is given.

    Attributes:
        positions: of each location.
        places: the city's location of each of these locations.
        closed: roads, to each mode.
        initial: a plan to start from, in these locations.
        previous: the plan in force, when changes against it have a price.
    """

    tasks: tuple[Task, ...]
    caregivers: tuple[Caregiver, ...]
    positions: tuple[Position, ...]
    places: tuple[int, ...]
    precedences: tuple[Precedence, ...] = ()
    meal_points: tuple[MealPoint, ...] = ()
    weights: Weights = field(default_factory=Weights)
    closed: Closed = field(default_factory=dict)
    initial: Plan | None = None
    previous: Plan | None = None
