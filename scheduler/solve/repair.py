"""When the day changes: keep what holds, insert the rest in milliseconds, then look around.

Who is pulled out, late or ill, what is new or cancelled, and what is pinned, all stands in the
problem; the plan in force says what was promised. Three answers of growing reach are given, each
verified and priced with its changes, so that a person can choose; one that changes much that has
nothing to do with what happened is not given. Where nobody is left to move
anything there is one answer: what is left out then, and why.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from operator import is_
from typing import Any, Final

import numpy as np

from scheduler.model.cost import cost_against
from scheduler.model.plan import Placement, Plan, Route, differences, moved_placements
from scheduler.model.problem import Problem, TaskId
from scheduler.model.verdicts import Verdicts
from scheduler.solve.alternative import Alternative, Reach
from scheduler.solve.core.search import construct
from scheduler.solve.core.types import Data, Flags, Ints, SmallInts, State, allocate, clone
from scheduler.solve.decode import decode, left_out
from scheduler.solve.driver import settle_plan
from scheduler.solve.encode import Encoded, encode
from scheduler.solve.explain import explain
from scheduler.solve.lane import COLD, COLDEST, Lane
from scheduler.solve.nearness import neighbours
from scheduler.solve.resume import resume

__all__ = ["Alternative", "Reach", "RepairMemory", "alternatives", "repair"]

NEIGHBOURS: Final = 15
"""Related visits of each displaced one that may move in the second answer."""
NEARBY_UNTIL: Final = 0.5
"""Share of the time after which the second answer is given; the third has the rest."""
WRITING_S: Final = 0.12
"""Kept back of the time for writing an answer out and verifying it."""
MOST_DISTURBED: Final = 0.01
LEAST_DISTURBED: Final = 3
"""Share, and number on a small day, of visits that nothing happened to and that an answer may
change; as many as were displaced are never too many. Who wants more has the day planned anew."""
MOST_WRITTEN: Final = 8_000
"""Days written out that are remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed(Plan):
    """A plan whose placements are at hand."""

    placed: dict[TaskId, Placement]

    def placements(self) -> dict[TaskId, Placement]:
        return self.placed


@dataclass(slots=True)
class RepairMemory:
    """What one question about a day can take over from the question before.

    Attributes:
        units: of the problem that `near` is of, by the names of their tasks.
        near: see `Data.near`; a guide, not a rule: it may be that of a day slightly different.
        written: see `Encoded.written`.
        verdicts: of routes that were verified.
        placed: the plan in force and its placements.
    """

    units: tuple[tuple[str, str], ...] = ()
    near: SmallInts | None = None
    written: dict[object, Any] = field(default_factory=dict)
    verdicts: Verdicts = field(default_factory=Verdicts)
    placed: tuple[Plan, dict[TaskId, Placement]] | None = None
    _equal: dict[int, tuple[Route, Route]] = field(default_factory=dict)

    def forget_ways(self) -> None:
        """Travel times are others: nothing written or verified with the old ones holds."""
        self.written.clear()
        self.verdicts.forget()

    def forget_some(self) -> None:
        """Keep within bounds."""
        if len(self.written) > MOST_WRITTEN:
            self.written.clear()
            self._equal.clear()

    def placements(self, plan: Plan) -> dict[TaskId, Placement]:
        """Of the plan in force, which is the same from question to question."""
        if self.placed is None or not _is_made_of(self.placed[0], plan):
            self.placed = (plan, plan.placements())
        return self.placed[1]

    def settled(self, encoded: Encoded, state: State, previous: Plan) -> Plan:
        """As `settle_plan`; routes that equal the plan in force's are its very objects."""
        plan = decode(encoded, state, explain(encoded, left_out(encoded, state)))
        plan = replace(plan, routes=tuple(self._known(plan.routes, previous.routes)))
        if not self.verdicts.violations(encoded.problem, plan):
            return plan
        return settle_plan(encoded, state, None, allocate(encoded.data, 1))

    def _known(self, routes: Sequence[Route], before: Sequence[Route]) -> Iterator[Route]:
        in_force = {route.caregiver: route for route in before}
        for route in routes:
            old = in_force.get(route.caregiver)
            new, same = self._equal.get(id(route), (None, None))
            if new is route and same is old and old is not None:
                yield old
            elif old == route and old is not None:
                self._equal[id(route)] = (route, old)
                yield old
            else:
                yield route

    def related(self, encoded: Encoded) -> SmallInts:
        """Who is near whom, looked up as far as possible: the rest takes time."""
        data = encoded.data
        seconds = data.un["second"].tolist()
        units = tuple(
            (encoded.op_task[first].id, encoded.op_task[second].id if second >= 0 else "")
            for first, second in zip(data.un["first"].tolist(), seconds, strict=True)
        )
        if self.near is None or not _mostly_same(units, self.units):
            self.near = neighbours(data)
        elif units != self.units:
            self.near = _moved(data, self.near, units, self.units)
        self.units = units
        return self.near


def repair(
    problem: Problem,
    previous: Plan,
    *,
    seconds: float = 0.8,
    seed: int = 1,
    on_alternative: Callable[[Alternative], None] | None = None,
    memory: RepairMemory | None = None,
) -> tuple[Alternative, ...]:
    """Answer with up to three alternatives, cheapest first.

    Args:
        problem: the day as it is now, facts and promises pinned.
        previous: the plan in force.
        seconds: from the question to the last answer; the first takes no search.
        seed: of the search.
        on_alternative: called with each answer as soon as it is there.
        memory: of earlier questions about the same day.
    """
    found: list[Alternative] = []
    for alternative in alternatives(problem, previous, seconds, seed, memory or RepairMemory()):
        if on_alternative is not None:
            on_alternative(alternative)
        if all(alternative.plan.routes != other.plan.routes for other in found):
            found.append(alternative)
    return tuple(sorted(found, key=lambda each: each.cost.total))


def alternatives(
    problem: Problem, previous: Plan, seconds: float, seed: int, memory: RepairMemory
) -> Iterator[Alternative]:
    """The answers one by one, each as soon as it is there; see `repair`."""
    began = time.perf_counter()
    memory.forget_some()
    placed = _Placed(routes=previous.routes, placed=memory.placements(previous))
    encoded = encode(problem, previous=placed, for_search=False)
    encoded = Encoded(
        encoded.problem,
        encoded.data,
        encoded.chains,
        encoded.op_task,
        encoded.seats,
        memory.written,
    )
    data = encoded.data
    if data.tasks == 0 or data.chains == 0:
        yield _nothing_to_move(encoded, previous, memory, began)
        return
    work = allocate(data, seed)
    state = resume(encoded, work, previous)
    displaced = state.op["nxt"][data.un["first"]] < 0
    happened = frozenset(left_out(encoded, state))
    construct(
        _only(data, _free(data, displaced, Reach.ONLY_DISPLACED)),
        state,
        work,
        _dear_first(data, displaced),
    )
    write = partial(_alternative, encoded, previous, memory, began)
    yield write(clone(state), Reach.ONLY_DISPLACED)
    data = data._replace(near=memory.related(encoded))
    calm = int((data.un["movable"].astype(np.bool_) & ~displaced).sum())
    most = max(LEAST_DISTURBED, len(happened), int(MOST_DISTURBED * calm))
    for reach, share in ((Reach.NEARBY, NEARBY_UNTIL), (Reach.WHOLE_DAY, 1.0)):
        lane = Lane(_only(data, _free(data, displaced, reach)), seed, state)
        lane.begin()
        unit = lane.heat()
        lane.search(
            until=began + share * seconds - WRITING_S,
            tries=None,
            warm=COLD * unit,
            cold=COLDEST * unit,
        )
        answer = write(clone(lane.best), reach)
        if sum(change.task not in happened for change in answer.changes) > most:
            continue
        yield answer
        state = lane.best


def _nothing_to_move(
    encoded: Encoded, previous: Plan, memory: RepairMemory, began: float
) -> Alternative:
    """The one answer where nobody is at work or nothing is to be done: all that is left is out."""
    problem = encoded.problem
    plan = Plan(
        routes=tuple(Route(caregiver=person.id) for person in problem.caregivers),
        unplaced=explain(encoded, [task.id for task in problem.tasks]),
    )
    return _priced(problem, plan, previous, memory, Reach.ONLY_DISPLACED, began)


def _dear_first(data: Data, displaced: Flags) -> Ints:
    units = np.flatnonzero(displaced)
    order: Ints = units[np.argsort(-data.un["price"][units], kind="stable")]
    return order


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
    encoded: Encoded, previous: Plan, memory: RepairMemory, began: float, state: State, reach: Reach
) -> Alternative:
    plan = memory.settled(encoded, state, previous)
    return _priced(encoded.problem, plan, previous, memory, reach, began)


def _priced(
    problem: Problem, plan: Plan, previous: Plan, memory: RepairMemory, reach: Reach, began: float
) -> Alternative:
    before = memory.placements(previous)
    after = moved_placements(previous, before, plan)
    return Alternative(
        reach=reach,
        plan=plan,
        cost=cost_against(problem, plan, (before, after)),
        changes=differences(before, after, tolerance=problem.weights.change_tolerance),
        seconds=time.perf_counter() - began,
    )


def _is_made_of(plan: Plan, other: Plan) -> bool:
    """Whether two plans have the very same routes."""
    return len(plan.routes) == len(other.routes) and all(map(is_, plan.routes, other.routes))


def _mostly_same(units: tuple[tuple[str, str], ...], before: tuple[tuple[str, str], ...]) -> bool:
    return len(set(units) ^ set(before)) <= len(units) // 20


def _moved(
    data: Data,
    near: SmallInts,
    units: tuple[tuple[str, str], ...],
    before: tuple[tuple[str, str], ...],
) -> SmallInts:
    """The same neighbours under new numbers; a new unit has those of the old one nearest to it."""
    old = {unit: u for u, unit in enumerate(before)}
    source = np.array([old.get(unit, -1) for unit in units], np.int64)
    places = data.op["node"][data.un["first"]]
    known = np.flatnonzero(source >= 0)
    for u in np.flatnonzero(source < 0).tolist():
        source[u] = source[known[np.argmin(data.travel[places[u], places[known]])]]
    number = np.full(len(before), -1, np.int32)
    number[source[known]] = known
    table = number[near[:, source]]
    gone = table < 0
    table[gone] = np.broadcast_to(np.arange(len(units))[None, :, None], table.shape)[gone]
    return np.ascontiguousarray(table, np.int32)
