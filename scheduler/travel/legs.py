"""Travel times of a city: only those that somebody asks for (pure).

A full matrix of 100,000 places would hold 10,000,000,000 times. The verifier and the cost ask for
one leg after the other, and a plan has hardly more legs than visits.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import cast

import numpy as np

from kernel.geo import Position
from scheduler.model.plan import Plan
from scheduler.model.problem import Matrix, Mode, Problem
from scheduler.travel.model import NOTHING_CLOSED, Closed, TravelTimes

AT_ONCE = 1_500
"""Places whose times to each other are asked for together."""


class Legs:
    """Looks like a square matrix of seconds; asks its provider for what it does not know."""

    def __init__(
        self, positions: Sequence[Position], mode: Mode, travel: TravelTimes, closed: Closed
    ) -> None:
        self.positions = positions
        self._mode = mode
        self._travel = travel
        self._closed = closed
        self._known: dict[tuple[int, int], int] = {}

    @property
    def shape(self) -> tuple[int, int]:
        """Places by places."""
        return len(self.positions), len(self.positions)

    def __getitem__(self, leg: tuple[int, int]) -> int:
        start, end = int(leg[0]), int(leg[1])
        found = self._known.get((start, end))
        if found is None:
            ends = [self.positions[start], self.positions[end]]
            times = self._travel(ends, frozenset({self._mode}), self._closed)
            found = int(times[self._mode][0, 1])
            self._known[start, end] = found
        return found

    def measure(self, legs: Iterable[tuple[int, int]]) -> None:
        """Ask for many legs, a few hundred places at a time; near ones best follow each other."""
        wanted: list[tuple[int, int]] = []
        rows: dict[int, int] = {}
        for leg in legs:
            if len(rows) >= AT_ONCE:
                self._ask(wanted, list(rows))
                wanted, rows = [], {}
            for end in leg:
                rows.setdefault(end, len(rows))
            wanted.append(leg)
        self._ask(wanted, list(rows))

    def _ask(self, wanted: Sequence[tuple[int, int]], rows: Sequence[int]) -> None:
        if not wanted:
            return
        places = [self.positions[row] for row in rows]
        times = self._travel(places, frozenset({self._mode}), self._closed)
        number = {row: n for n, row in enumerate(rows)}
        pairs = np.array([(number[start], number[end]) for start, end in wanted])
        found = times[self._mode][pairs[:, 0], pairs[:, 1]]
        self._known.update(zip(wanted, (int(seconds) for seconds in found), strict=True))


def lazily(travel: TravelTimes) -> TravelTimes:
    """Return a provider of travel times that measures a leg when it is looked at."""

    def times(
        positions: Sequence[Position], modes: frozenset[Mode], closed: Closed = NOTHING_CLOSED
    ) -> Mapping[Mode, Matrix]:
        places = tuple(positions)
        return {mode: cast("Matrix", Legs(places, mode, travel, closed)) for mode in sorted(modes)}

    return times


def legs_of(problem: Problem) -> Mapping[Mode, Legs] | None:
    """Return the travel times of a city; None for a problem with full matrices."""
    found = {mode: times for mode, times in problem.travel.items() if isinstance(times, Legs)}
    return cast("Mapping[Mode, Legs]", found) or None


def measure(problem: Problem, plan: Plan) -> None:
    """Ask for all legs of a plan at once, so that verifying it does not ask for each."""
    legs = legs_of(problem)
    if legs is None:
        return
    people = {person.id: person for person in problem.caregivers}
    for mode, times in legs.items():
        times.measure(
            (before.location, after.location)
            for route in plan.routes
            for before, after in pairwise(route.stops)
            if people[route.caregiver].mode_in(people[route.caregiver].shifts[after.shift]) == mode
        )
