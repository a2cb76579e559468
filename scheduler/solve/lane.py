"""One core's search: cooling by the clock or by the count, and what it remembers."""

import math
import threading
import time
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from scheduler.solve.core.search import Recipe, construct, copy, run_chunk, total
from scheduler.solve.core.types import Data, Ints, State, Work, allocate, clone
from scheduler.solve.pool import Pool

CHUNK_SECONDS: Final = 0.15
"""How long the compiled search runs before it looks up."""
FIXED_CHUNK: Final = 200
"""Tries in a chunk when they are counted."""
MOST_PLACES: Final = 100
MOST_PLACES_PAIRED: Final = 200
"""How many of the places nearest to it a unit is tried in, on days of many units; the second with
pairs or gaps, which leave fewer of them open."""
TAILS: Final = 5
"""Pairs of tails looked at between two ruins, on days of many units (fewer: no gain measured)."""
WARM: Final = 6.0
COLD: Final = 0.03
"""First and last temperature, as shares of what a unit costs on average (measured)."""
ROUND_SECONDS: Final = 0.1
"""For each unit, in a round of cooling."""
MOST_ROUNDS: Final = 6
COLDEST: Final = 0.01
"""Last temperature when a plan is only polished or repaired, from COLD down."""


def is_paired(data: Data) -> bool:
    """Whether the times of any services hang together: pairs, or gaps between two."""
    return len(data.link) > 0


def recipe(data: Data) -> Recipe:
    """How to search this kind of problem."""
    paired = is_paired(data)
    units = data.units
    return Recipe(
        mean_out=14.0 if paired else 10.0,
        most_out=min(40, units),
        longest=10.0,
        blink=0.01,
        share_strings=0.60 if paired else 0.85,
        share_related=0.26 if paired else 0.08,
        share_day=0.02,
        share_worst=0.04 if paired else 0.02,
        retries=8,
        by_travel=0.3 if paired else 0.8,
        most_near=(MOST_PLACES_PAIRED if paired else MOST_PLACES) if len(data.pay) else 0,
        tails=TAILS if len(data.pay) else 0,
    )


def temperatures(data: Data, seconds: float) -> tuple[float, float]:
    """First and last, of what a unit costs; short searches of large days cool through less."""
    hotter = 2.0 if is_paired(data) else min(3.0, max(1.0, data.units / (10.0 * seconds)))
    cold = hotter * COLD
    return max(cold, WARM * min(1.0, 100.0 * seconds / max(1, data.units))), cold


def rounds(data: Data, seconds: float) -> int:
    """How often to cool anew: with pairs a search ends in a basin that no longer one would avoid.

    Measured on seven days of a hundred visits: the best of four coolings of 11 s was 0.25 % under
    the best of two of 23 s.
    """
    if not is_paired(data):
        return 1
    return max(1, min(MOST_ROUNDS, int(seconds / (ROUND_SECONDS * max(1, data.units)))))


@dataclass(slots=True)
class Lane:
    """A search with its own seed, routes and memory."""

    data: Data
    seed: int
    state: State
    cost: float = 0.0
    best_cost: float = 0.0
    iterations: int = 0
    work: Work = field(init=False)
    best: State = field(init=False)
    spare: State = field(init=False)
    pool: Pool = field(init=False)
    stopped: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.work = allocate(self.data, self.seed)
        self.best, self.spare = clone(self.state), clone(self.state)
        self.pool = Pool(self.data)

    def begin(self) -> None:
        """Put in what is not in yet."""
        self.cost = float(construct(self.data, self.state, self.work, order_of(self.data)))
        self.keep_best()

    def adopt(self, state: State, cost: float) -> None:
        """Go on from these routes."""
        copy(self.state, state)
        self.cost = cost
        if cost < self.best_cost:
            self.keep_best()

    def keep_best(self) -> None:
        """The present routes are the best so far."""
        copy(self.best, self.state)
        self.best_cost = self.cost
        self.pool.harvest(self.best)

    def search(self, *, until: float, tries: int | None, warm: float, cold: float) -> None:
        """Cool from `warm` to `cold` (points) until the clock or the count runs out.

        Args:
            until: `time.perf_counter` value.
            tries: iterations, or None to go by the clock alone.
            warm: first temperature.
            cold: last temperature.
        """
        began, first = time.perf_counter(), self.iterations
        rate, done = 100.0, 0
        span = max(1e-9, until - began)
        while not self.stopped.is_set():
            now = time.perf_counter()
            if now >= until or (tries is not None and done >= tries):
                break
            if tries is None:
                chunk = max(10, int(rate * min(CHUNK_SECONDS, until - now)))
                share, ahead = (now - began) / span, min(1.0, (now - began + chunk / rate) / span)
            else:
                chunk = min(FIXED_CHUNK, tries - done)
                share, ahead = done / tries, (done + chunk) / tries
            ratio = cold / warm
            before = self.best_cost
            self.cost, self.best_cost, _ = run_chunk(
                self.data,
                self.state,
                self.best,
                self.spare,
                self.work,
                recipe(self.data),
                self.cost,
                self.best_cost,
                chunk,
                (warm * ratio**share, warm * ratio**ahead),
            )
            done += chunk
            self.iterations = first + done
            rate = done / max(1e-6, time.perf_counter() - began)
            if self.best_cost < before:
                self.pool.harvest(self.best)
            self.pool.harvest(self.state)

    def heat(self) -> float:
        """What a placed unit costs on average; the yardstick of temperatures."""
        placed = self.state.op["nxt"][self.data.un["first"]] >= 0
        paid = self.cost - float(self.data.un["price"][~placed].sum())
        return max(1e-3, paid / max(1, int(placed.sum())))


def order_of(data: Data) -> Ints:
    """Units in the order of first insertion: dear ones first, then scarce, early, side by side."""
    first = data.un["first"]
    if len(first) == 0:
        return np.zeros(0, np.int64)
    at = data.op["can_at"]
    scarce = (at[first + 1] - at[first]) / max(1, data.chains)
    paired = data.un["second"] >= 0
    ready = data.op["ready"][first]
    early = (ready - ready.min()) / max(1.0, float(np.ptp(ready)))
    key = np.round(np.where(paired, 0.5, 1.0) * scarce + early, 1)
    return np.lexsort((_neighbourly(data), key, -data.un["price"])).astype(np.int64)


def _neighbourly(data: Data) -> Ints:
    """Rank of each unit on a walk that always goes on to the nearest unit not yet seen."""
    places = data.op["node"][data.un["first"]]
    rank = np.zeros(len(places), np.int64)
    waiting = np.ones(len(places), np.bool_)
    here = int(data.op["node"][data.base])
    for step in range(len(places)):
        distance = np.where(waiting, data.travel[here, places], np.iinfo(np.int32).max)
        u = int(np.argmin(distance))
        rank[u], waiting[u], here = step, False, int(places[u])
    return rank


def evaluate(data: Data, state: State) -> float:
    """Points of these routes."""
    cost = float(total(data, state))
    return cost if math.isfinite(cost) else math.inf
