"""Which parts border on each other, and which borders can be traded at once (pure)."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from scheduler.city.model import Part, Points
from scheduler.model.problem import TaskId

CLOSE_M: Final = 600
"""Two parts with visits in squares of this size that touch are neighbours."""
FEW: Final = 10
"""Fewer visits than this in such squares make no border worth a trade."""

Border = tuple[int, int]
"""Two parts by number, the smaller first."""


def borders(
    parts: Sequence[Part], points: Points, location: dict[TaskId, int]
) -> dict[Border, int]:
    """Return the borders, and how many visits lie along each."""
    squares: dict[tuple[int, int], dict[int, int]] = {}
    for number, part in enumerate(parts):
        places = np.floor(points[[location[task] for task in part.tasks]] / CLOSE_M).astype(int)
        for x, y in places.tolist():
            there = squares.setdefault((x, y), {})
            there[number] = there.get(number, 0) + 1
    found: dict[Border, int] = {}
    for (x, y), there in sorted(squares.items()):
        near: dict[int, int] = {}
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                for number in squares.get((x + dx, y + dy), ()):
                    near[number] = 1
        for number, count in there.items():
            for other in near:
                if other != number:
                    pair = (min(number, other), max(number, other))
                    found[pair] = found.get(pair, 0) + count
    return {pair: count for pair, count in sorted(found.items()) if count >= FEW}


def rounds(found: dict[Border, int]) -> list[tuple[Border, ...]]:
    """Return the borders in rounds; in one round no part trades twice. The longest come first.

    This colours the edges of the map of parts: each takes the first colour neither end has.
    """
    colours: list[set[int]] = []
    dealt: list[list[Border]] = []
    for pair in sorted(found, key=lambda pair: (-found[pair], pair)):
        free = (n for n, taken in enumerate(colours) if not taken & set(pair))
        n = next(free, len(colours))
        if n == len(colours):
            colours.append(set())
            dealt.append([])
        colours[n] |= set(pair)
        dealt[n].append(pair)
    return [tuple(sorted(each)) for each in dealt]
