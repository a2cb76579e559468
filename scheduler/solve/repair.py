"""When the day changes: keep what holds, insert the rest in milliseconds, then look around.

Who is pulled out, late or ill, what is new or cancelled, and what is pinned, all stands in the
problem; the plan in force says what was promised. Three answers of growing reach are given, each
verified and priced with its changes, so that a person can choose.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from scheduler.cost import Cost, cost
from scheduler.plan import Change, Plan, diff
from scheduler.problem import Problem
from scheduler.solve.core.types import Data, Flags, State, allocate, clone
from scheduler.solve.driver import settle_plan
from scheduler.solve.encode import Encoded, encode
from scheduler.solve.lane import COLD, Lane
from scheduler.solve.resume import resume

NEIGHBOURS: Final = 15
"""Related visits of each displaced one that may move in the second answer."""


class Reach(StrEnum):
    """How far an answer reaches."""

    ONLY_DISPLACED = "only_displaced"
    NEARBY = "nearby"
    WHOLE_DAY = "whole_day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One way to go on.

    Attributes:
        reach: which visits were free to move.
        plan: verified; what broke a rule was left out.
        cost: changes included.
        changes: against the plan in force, within `Weights.change_tolerance`.
        seconds: since the question.
    """

    reach: Reach
    plan: Plan
    cost: Cost
    changes: tuple[Change, ...]
    seconds: float


def repair(
    problem: Problem,
    previous: Plan,
    *,
    seconds: float = 2.0,
    seed: int = 1,
    on_alternative: Callable[[Alternative], None] | None = None,
) -> tuple[Alternative, ...]:
    """Answer with up to three alternatives, cheapest first.

    Args:
        problem: the day as it is now, facts and promises pinned.
        previous: the plan in force.
        seconds: of search for the second and third answer together; the first takes none.
        seed: of the search.
        on_alternative: called with each answer as soon as it is there.
    """
    found: list[Alternative] = []
    for alternative in _alternatives(problem, previous, seconds, seed):
        if on_alternative is not None:
            on_alternative(alternative)
        if all(alternative.plan.routes != other.plan.routes for other in found):
            found.append(alternative)
    return tuple(sorted(found, key=lambda each: each.cost.total))


def _alternatives(
    problem: Problem, previous: Plan, seconds: float, seed: int
) -> Iterator[Alternative]:
    began = time.perf_counter()
    encoded = encode(problem, previous=previous)
    data = encoded.data
    if data.tasks == 0 or data.chains == 0:
        return
    state = resume(encoded, allocate(data, seed), previous)
    displaced = state.op["nxt"][data.un["first"]] < 0
    for reach in Reach:
        free = _free(data, displaced, reach)
        lane = Lane(_only(data, free), seed, state)
        lane.begin()
        if reach != Reach.ONLY_DISPLACED:
            unit = lane.heat()
            lane.search(
                until=time.perf_counter() + seconds / 2,
                tries=None,
                warm=3 * COLD * unit,
                cold=COLD * unit,
            )
        yield _alternative(encoded, clone(lane.best), previous, reach, began)
        state = lane.best


def _free(data: Data, displaced: Flags, reach: Reach) -> Flags:
    """Which units may move."""
    movable: Flags = data.un["movable"].astype(np.bool_)
    if reach == Reach.WHOLE_DAY:
        return movable
    free = displaced.copy()
    if reach == Reach.NEARBY:
        near = data.near[1][displaced][:, :NEIGHBOURS]
        free[near.ravel()] = True
    return free & movable


def _only(data: Data, free: Flags) -> Data:
    """The same problem with all other units held where they are."""
    units = data.un.copy()
    units["movable"] = free
    return data._replace(un=units)


def _alternative(
    encoded: Encoded, state: State, previous: Plan, reach: Reach, began: float
) -> Alternative:
    problem = encoded.problem
    plan = settle_plan(encoded, state, None, allocate(encoded.data, 1))
    return Alternative(
        reach=reach,
        plan=plan,
        cost=cost(problem, plan, previous=previous),
        changes=diff(previous, plan, tolerance=problem.weights.change_tolerance),
        seconds=time.perf_counter() - began,
    )
