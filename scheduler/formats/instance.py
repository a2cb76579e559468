"""A public benchmark instance: our problem, and how its authors count."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scheduler.model.plan import Plan, StopKind
from scheduler.model.problem import Problem, TaskId

FOREVER = 1_000_000
"""An end that never binds, in the file's units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a task comes from: row of the file with the depot first, index of the service."""

    node: int
    service: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Instance:
    """A file, read.

    Attributes:
        problem: with times multiplied by `scale`, rounded.
        scale: our seconds for each unit of the file.
        places: of each task.
        travel: the file's own travel times between locations, unrounded; None: `problem`'s are
            what the convention counts.
        divisor: of travel + total lateness + largest lateness.
    """

    name: str
    problem: Problem
    scale: int
    places: dict[TaskId, Place]
    travel: NDArray[np.float64] | None = None
    divisor: float = 1.0

    def routes(self, plan: Plan) -> list[list[dict[str, Any]]]:
        """One list of stops for each caregiver in file order, in the file's units."""
        return [
            [
                {
                    "node": self.places[stop.task].node,
                    "service": self.places[stop.task].service,
                    "start": round(stop.start / self.scale, 6),
                }
                for stop in route.stops
                if stop.task is not None
            ]
            for route in plan.routes
        ]

    def objective(self, plan: Plan) -> float:
        """What the literature reports: travel, plus lateness where the format knows it."""
        tasks = {task.id: task for task in self.problem.tasks}
        late = [0.0]
        for route in plan.routes:
            late += [
                max(0, stop.start - tasks[stop.task].latest_wanted) / self.scale
                for stop in route.stops
                if stop.task is not None
            ]
        weighs_lateness = self.problem.weights.lateness > 0
        lateness = sum(late) + max(late) if weighs_lateness else 0.0
        return (self._travelled(plan) + lateness) / self.divisor

    def _travelled(self, plan: Plan) -> float:
        people = {person.id: person for person in self.problem.caregivers}
        total = 0.0
        for route in plan.routes:
            ours = self.problem.travel[people[route.caregiver].mode]
            for before, after in pairwise(route.stops):
                if after.kind == StopKind.RETURN and before.location == after.location:
                    continue
                if self.travel is None:
                    total += float(ours[before.location, after.location]) / self.scale
                else:
                    total += float(self.travel[before.location, after.location])
        return total


def scaled(values: NDArray[np.float64], scale: int) -> NDArray[np.int32]:
    """Times in whole seconds of ours."""
    return np.rint(values * scale).astype(np.int32)


def never_sooner(values: NDArray[np.float64], scale: int) -> NDArray[np.int32]:
    """Times in whole seconds of ours, rounded up: a check with the file's own finds no fault.

    For formats whose travel counts unrounded; what is an integer but for its last bits stays one.
    """
    return np.ceil(values * scale - 1e-6).astype(np.int32)


def euclidean(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Straight-line distances between all points."""
    distances: NDArray[np.float64] = np.hypot(x[:, None] - x[None, :], y[:, None] - y[None, :])
    return distances
