"""Places as numbers; which pairs are not known, and in what portions to ask for them (pure)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kernel.geo import Position
from scheduler.model.problem import Matrix
from scheduler.travel.model import UNKNOWN

Keys: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

_STEPS: Final = 100_000
"""Of a degree: places are told apart to about a metre."""
WASTE: Final = 1.5
"""Pairs asked for, to pairs that were missing, at most."""
_AROUND: Final = 360 * _STEPS + 1


def key_of(at: Position) -> int:
    """Return the number of the square metre or so a position lies in."""
    return (round(at.lat * _STEPS) + 90 * _STEPS) * _AROUND + round(at.lon * _STEPS) + 180 * _STEPS


def place_of(key: int) -> Position:
    """Return the position a key stands for, rounded to about a metre."""
    lat, lon = divmod(int(key), _AROUND)
    return Position(lat / _STEPS - 90, lon / _STEPS - 180)


def keys_of(positions: Sequence[Position]) -> tuple[Keys, NDArray[np.intp]]:
    """Return the different places in order, and which of them each position is."""
    given = np.array([key_of(at) for at in positions], dtype=np.int64)
    keys, rows = np.unique(given, return_inverse=True)
    return keys, rows


def empty(size: int) -> Matrix:
    """Return a table in which only the way from a place to itself is known."""
    table: Matrix = np.full((size, size), UNKNOWN, dtype=np.int32)
    np.fill_diagonal(table, 0)
    return table


def fill(table: Matrix, keys: Keys, origin: int, targets: Keys, seconds: Matrix) -> None:
    """Write what is known of one origin into a table of `keys`, where nothing was known."""
    row = int(np.searchsorted(keys, origin))
    at = np.searchsorted(keys, targets)
    at[at == len(keys)] = 0
    known = keys[at] == targets
    columns, values = at[known], seconds[known]
    unknown = table[row, columns] == UNKNOWN
    table[row, columns[unknown]] = values[unknown]


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """One question: rows and columns of a table."""

    sources: NDArray[np.intp]
    targets: NDArray[np.intp]


def portions(missing: Flags, side: int) -> Iterator[Portion]:
    """Cut what is missing into questions of at most `side` origins and `side` targets.

    Origins that miss nearly the same targets are asked for together, so that few new places cost
    few questions; now and then a pair is asked for that is known.
    """
    for sources in _alike(missing, side):
        columns = np.flatnonzero(missing[sources].any(axis=0))
        for first in range(0, len(columns), side):
            yield Portion(sources=sources, targets=columns[first : first + side])


def _alike(missing: Flags, side: int) -> Iterator[NDArray[np.intp]]:
    """Group origins so that what is asked for is at most `WASTE` times what is missing."""
    rows = np.flatnonzero(missing.any(axis=1)).tolist()
    group: list[int] = []
    union, needed = np.zeros(len(missing), dtype=np.bool_), 0
    for row in sorted(rows, key=lambda each: missing[each].tobytes()):
        together, more = union | missing[row], needed + int(missing[row].sum())
        wasteful = int(together.sum()) * (len(group) + 1) > WASTE * more
        if group and (len(group) == side or wasteful):
            yield np.array(group, dtype=np.intp)
            group, together, more = [], missing[row].copy(), int(missing[row].sum())
        group.append(row)
        union, needed = together, more
    if group:
        yield np.array(group, dtype=np.intp)
