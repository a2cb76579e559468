"""Recombine remembered days region by region: all at once, those of a large day are too many.

In small parts of the pool CP-SAT proves the best choice in hundredths of a second; after
Subramanian, Uchoa and Ochi, "A hybrid algorithm for a class of vehicle routing problems" (2013),
who choose from all routes at once.
"""

import time
from collections import Counter, deque
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from scheduler.solve.core.types import Data, Words
from scheduler.solve.merge import Merged, MergeLimits, merge
from scheduler.solve.pool import Column

MOST_DAYS: Final = 600
"""Days of one region to choose from; twice as many each time that no region gains any more."""
REGION_SECONDS: Final = 0.5
NEAR_UNITS: Final = 30
"""How many units near to one of a day say which other days are near to it."""
LEAST_REGION: Final = 3
"""Days in a region, however many others could be in their place."""
REPEATABLE_REGIONS: Final = 20


def recombine(
    data: Data, columns: Sequence[Column], best: Sequence[Column], limits: MergeLimits
) -> Merged:
    """Choose days, of neighbouring days at a time, until the whole gains nothing or time is over.

    Args: see `merge`.
    """
    until = time.perf_counter() + limits.seconds
    current, now = list(best), points(data, best)
    rng = np.random.default_rng(limits.seed)
    held = words(data, columns)
    waiting = deque(shuffled(rng, current))
    most, looked_at = MOST_DAYS, 0
    while waiting or most < len(columns):
        left = until - time.perf_counter()
        if looked_at >= REPEATABLE_REGIONS if limits.repeatable else left <= 0:
            break
        if not waiting:
            most *= 2
            waiting.extend(shuffled(rng, current))
        day = waiting.popleft()
        if not any(column is day for column in current):
            continue
        looked_at += 1
        inside, choice = region(data, columns, held, current, day, most)
        within = {id(column) for column in inside}
        merged = merge(
            data,
            choice,
            inside,
            replace(limits, seconds=min(max(0.0, left), REGION_SECONDS)),
            fixed=[column for column in current if id(column) not in within],
        )
        after = points(data, merged.columns)
        if merged.columns and after < now - 0.5:
            before = {id(column) for column in current}
            current, now = list(merged.columns), after
            waiting.extend(column for column in current if id(column) not in before)
    return Merged(verdict="feasible", bound=None, columns=tuple(current))


def shuffled(rng: np.random.Generator, columns: Sequence[Column]) -> list[Column]:
    """In any order, which the generator decides."""
    return [columns[n] for n in rng.permutation(len(columns)).tolist()]


def region(
    data: Data,
    columns: Sequence[Column],
    held: Words,
    current: Collection[Column],
    seed: Column,
    most: int,
) -> tuple[list[Column], list[Column]]:
    """The days around one, and the days that could be in their place, at most so many.

    `held` is what `words` says of the columns.
    """
    owner = {o: column for column in current for o in column.ops}
    near = Counter[int]()
    by_id = {id(column): column for column in current}
    for o in seed.ops:
        for u in data.near[0, data.op["unit"][o], :NEAR_UNITS].tolist():
            other = owner.get(int(data.un["first"][u]))
            if other is not None and other is not seed:
                near[id(other)] += 1
    free = 0
    for first, second in zip(data.un["first"].tolist(), data.un["second"].tolist(), strict=True):
        for o in (first, second):
            if o >= 0 and o not in owner:
                free |= 1 << o
    mask = free | seed.mask
    inside = [seed]
    choice = held_within(held, mask)
    for number, _ in near.most_common():
        other = by_id[number]
        wider = held_within(held, mask | other.mask)
        if len(wider) > most and len(inside) >= LEAST_REGION:
            break
        inside.append(other)
        mask |= other.mask
        choice = wider
    keys = {column.key for column in inside}
    others = [columns[n] for n in choice if columns[n].key not in keys][-most:]
    return inside, [*others, *inside]


def words(data: Data, columns: Sequence[Column]) -> Words:
    """[column, word]: the ops of each as bits."""
    size = 8 * (data.tasks // 64 + 1)
    held = b"".join(column.mask.to_bytes(size, "little") for column in columns)
    return np.frombuffer(held, np.uint64).reshape(len(columns), -1)


def held_within(held: Words, mask: int) -> list[int]:
    """Numbers of the columns that hold nothing but ops of the mask."""
    others = np.frombuffer(
        (~mask & (1 << 64 * held.shape[1]) - 1).to_bytes(8 * held.shape[1], "little"), np.uint64
    )
    return np.flatnonzero(~(held & others).any(axis=1)).tolist()


def points(data: Data, columns: Collection[Column]) -> float:
    """What a choice of days costs, the units it leaves out included."""
    placed = {o for column in columns for o in column.ops}
    cost = sum(column.cost for column in columns)
    cost += data.worst_cost * max((column.worst for column in columns), default=0)
    for first, price in zip(data.un["first"].tolist(), data.un["price"].tolist(), strict=True):
        if first not in placed:
            cost += price
    return cost
