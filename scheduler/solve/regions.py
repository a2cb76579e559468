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

from scheduler.solve.core.types import Data
from scheduler.solve.merge import Effort, Merged, merge
from scheduler.solve.pool import Column

MOST_DAYS: Final = 600
"""Days of one region to choose from."""
REGION_SECONDS: Final = 0.5
NEAR_UNITS: Final = 30
"""How many units near to one of a day say which other days are near to it."""
LEAST_REGION: Final = 3
"""Days in a region, however many others could be in their place."""
REPEATABLE_REGIONS: Final = 20


def recombine(
    data: Data, columns: Sequence[Column], best: Sequence[Column], effort: Effort
) -> Merged:
    """Choose days, of neighbouring days at a time, until no region gains or the time is over.

    Args: see `merge`.
    """
    until = time.perf_counter() + effort.seconds
    current, now = list(best), points(data, best)
    order = np.random.default_rng(effort.seed).permutation(len(best)).tolist()
    waiting = deque(best[n] for n in order)
    looked_at = 0
    while waiting:
        left = until - time.perf_counter()
        if looked_at >= REPEATABLE_REGIONS if effort.repeatable else left <= 0:
            break
        day = waiting.popleft()
        if not any(column is day for column in current):
            continue
        looked_at += 1
        inside, choice = region(data, columns, current, day)
        within = {id(column) for column in inside}
        merged = merge(
            data,
            choice,
            inside,
            replace(effort, seconds=min(max(0.0, left), REGION_SECONDS)),
            fixed=[column for column in current if id(column) not in within],
        )
        after = points(data, merged.columns)
        if merged.columns and after < now - 0.5:
            before = {id(column) for column in current}
            current, now = list(merged.columns), after
            waiting.extend(column for column in current if id(column) not in before)
    return Merged(verdict="feasible", bound=None, columns=tuple(current))


def region(
    data: Data, columns: Sequence[Column], current: Collection[Column], seed: Column
) -> tuple[list[Column], list[Column]]:
    """The days around one, and the days that could be in their place, at most MOST_DAYS."""
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
    choice = [column for column in columns if not column.mask & ~mask]
    for number, _ in near.most_common():
        other = by_id[number]
        wider = [column for column in columns if not column.mask & ~(mask | other.mask)]
        if len(wider) > MOST_DAYS and len(inside) >= LEAST_REGION:
            break
        inside.append(other)
        mask |= other.mask
        choice = wider
    keys = {column.key for column in inside}
    choice = [column for column in choice if column.key not in keys][-MOST_DAYS:]
    return inside, [*choice, *inside]


def points(data: Data, columns: Collection[Column]) -> float:
    """What a choice of days costs, the units it leaves out included."""
    placed = {o for column in columns for o in column.ops}
    cost = sum(column.cost for column in columns)
    cost += data.worst_cost * max((column.worst for column in columns), default=0)
    for first, price in zip(data.un["first"].tolist(), data.un["price"].tolist(), strict=True):
        if first not in placed:
            cost += price
    return cost
