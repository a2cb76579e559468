"""One solve from start to end: search on each core, merge, polish, explain, check."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from scheduler.model.plan import Plan, Route, Solved
from scheduler.model.problem import Problem
from scheduler.model.verify import Violation, violations
from scheduler.solve.core.ruin import take_out
from scheduler.solve.core.search import in_time
from scheduler.solve.core.timing import retime
from scheduler.solve.core.types import State, Work, allocate, clone
from scheduler.solve.decode import decode, left_out
from scheduler.solve.encode import Encoded, encode
from scheduler.solve.explain import explain
from scheduler.solve.lane import COLD, COLDEST, Lane, evaluate, is_paired, rounds, temperatures
from scheduler.solve.merge import Merged, MergeLimits, merge
from scheduler.solve.pool import Column, assemble
from scheduler.solve.progress import OnProgress, Phase, Progress, ShouldStop
from scheduler.solve.regions import recombine
from scheduler.solve.relax import remedies
from scheduler.solve.resume import resume

REPORT_EVERY: Final = 0.5
LOOK_EVERY: Final = 0.1
QUENCH_SHARE: Final = 0.03
SEARCH_SHARE: Final = 0.85
MERGE_SHARE: Final = 0.10
LEAST_MERGE_SECONDS: Final = 1.0
"""Enough for CP-SAT to take up its hint, however short the solve."""
MOST_MERGE_SECONDS: Final = 10.0
DAYS_A_SECOND: Final = 300
"""Days of each lane's pool, newest first, that CP-SAT can weigh in a second."""
MOST_REMEDIES: Final = 12
"""Tasks left out for which the smallest relaxation is looked for."""


@dataclass(slots=True)
class _Run:
    """What one solve knows."""

    encoded: Encoded
    seconds: float
    seed: int
    iterations: int | None
    previous: Plan | None
    on_progress: OnProgress
    should_stop: ShouldStop
    began: float
    lanes: list[Lane] = field(default_factory=list)

    def report(self, phase: Phase) -> None:
        lane = min(self.lanes, key=lambda lane: lane.best_cost)
        out = int((lane.best.op["nxt"][self.encoded.data.un["first"]] < 0).sum())
        self.on_progress(
            Progress(
                phase=phase,
                seconds=time.perf_counter() - self.began,
                cost=round(lane.best_cost),
                unplaced=out,
                iterations=sum(lane.iterations for lane in self.lanes),
            )
        )

    @property
    def best(self) -> Lane:
        return min(self.lanes, key=lambda lane: lane.best_cost)

    def search(self, *, until: float, tries: int | None, warm: float, cold: float) -> None:
        """Let every lane search in a thread of its own; compiled code runs without the lock."""
        threads = [
            threading.Thread(
                target=lane.search,
                kwargs={"until": until, "tries": tries, "warm": warm, "cold": cold},
            )
            for lane in self.lanes
        ]
        for thread in threads:
            thread.start()
        reported = time.perf_counter()
        while any(thread.is_alive() for thread in threads):
            threads[0].join(LOOK_EVERY)
            if self.should_stop():
                for lane in self.lanes:
                    lane.stopped.set()
            if time.perf_counter() - reported >= REPORT_EVERY:
                reported = time.perf_counter()
                self.report(Phase.SEARCH)
        for thread in threads:
            thread.join()

    def yardstick(self) -> float:
        """What a unit costs in a plan that is no longer a first guess; temperatures go by it."""
        unit = self.best.heat()
        self.search(
            until=time.perf_counter() + QUENCH_SHARE * self.seconds,
            tries=None if self.iterations is None else max(1, self.iterations // 30),
            warm=COLD * unit,
            cold=COLD * unit,
        )
        return self.best.heat()

    def merge(self, seconds: float) -> tuple[Merged, int]:
        """Recombine what all lanes remember; every lane goes on from what is better."""
        data, lane = self.encoded.data, self.best
        own = {id(each): each.pool.days(each.best) for each in self.lanes}
        best = own[id(lane)]
        columns: dict[object, Column] = {column.key: column for column in best}
        most = int(DAYS_A_SECOND * seconds)
        for each in self.lanes:
            days = [*each.pool.columns.values(), *own[id(each)]]
            # Pairs tie days to others far away: such a pool is taken as one, as far as time goes.
            for column in days[-most:] if is_paired(data) else days:
                columns.setdefault(column.key, column)
        at_once = len(columns) <= len(best) + most * len(self.lanes)
        merged = (merge if at_once else recombine)(
            data,
            list(columns.values()),
            best,
            MergeLimits(
                seconds=seconds,
                threads=len(self.lanes),
                seed=self.seed,
                repeatable=self.iterations is not None,
            ),
        )
        if not merged.columns:
            merged = self.confirm(best)
        else:
            state = assemble(data, lane.work, merged.columns)
            cost = evaluate(data, state)
            if cost < lane.best_cost - 0.5 and in_time(data, state):
                gain = round(lane.best_cost - cost)
                lane.adopt(state, cost)
                return merged, gain
        return merged, 0

    def confirm(self, best: list[Column]) -> Merged:
        """No time to choose from the pool: let CP-SAT at least confirm the best days together."""
        merged = merge(
            self.encoded.data,
            best,
            best,
            MergeLimits(seconds=MOST_MERGE_SECONDS, threads=1, seed=self.seed, repeatable=True),
        )
        return replace(merged, verdict="confirmed", bound=None) if merged.columns else merged


def run(
    problem: Problem,
    *,
    seconds: float,
    threads: int,
    seed: int,
    iterations: int | None,
    initial: Plan | None,
    previous: Plan | None,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> Plan:
    """See `scheduler.solve.solve`."""
    began = time.perf_counter()
    encoded = encode(problem, previous=previous)
    data = encoded.data
    this = _Run(encoded, seconds, seed, iterations, previous, on_progress, should_stop, began)
    if data.tasks == 0 or len(encoded.chains) == 0:
        return _finish(this, None, Merged(verdict="nothing to merge", bound=None, columns=()), 0)
    first = Lane(data, seed, resume(encoded, allocate(data, seed), initial))
    this.lanes.append(first)
    first.begin()
    this.report(Phase.CONSTRUCT)
    for number in range(1, threads):
        lane = Lane(data, seed + 1_000 * number, clone(first.state), first.cost)
        lane.keep_best()
        this.lanes.append(lane)
    unit = this.yardstick()
    steps = 1 if iterations is not None else rounds(data, seconds)
    warm, cold = temperatures(data, seconds / steps)
    start = time.perf_counter()
    for step in range(1, steps + 1):
        this.search(
            until=start + (began + SEARCH_SHARE * seconds - start) * step / steps,
            tries=iterations,
            warm=warm * unit,
            cold=cold * unit,
        )
    this.report(Phase.MERGE)
    merged, gain = this.merge(
        min(MOST_MERGE_SECONDS, max(LEAST_MERGE_SECONDS, MERGE_SHARE * seconds))
    )
    best = this.best
    for lane in this.lanes:
        lane.adopt(best.best, best.best_cost)
    this.search(
        until=began + seconds,
        tries=None if iterations is None else max(1, iterations // 10),
        warm=COLD * unit,
        cold=COLDEST * unit,
    )
    return _finish(this, this.best.best, merged, gain)


def _finish(this: _Run, state: State | None, merged: Merged, gain: int) -> Plan:
    """Write the plan, explain what was left out, and let nothing pass that breaks a rule."""
    encoded = this.encoded
    problem = encoded.problem
    solved = Solved(
        seed=this.seed,
        iterations=sum(lane.iterations for lane in this.lanes),
        seconds=time.perf_counter() - this.began,
        merged=merged.verdict,
        pool=sum(len(lane.pool.columns) for lane in this.lanes),
        bound=merged.bound,
        merge_gain=gain,
    )
    if state is None:
        routes = tuple(Route(caregiver=person.id) for person in problem.caregivers)
        out = tuple(task.id for task in problem.tasks)
        plan = Plan(routes=routes, unplaced=explain(encoded, out), solved=solved)
    else:
        encoded, state = _one_of_two(this, encoded, state)
        plan = settle_plan(encoded, state, solved, allocate(encoded.data, this.seed))
        if plan.unplaced:
            this.report(Phase.EXPLAIN)
            plan = with_remedies(problem, plan)
    if this.lanes:
        this.report(Phase.DONE)
    return plan


def _one_of_two(this: _Run, encoded: Encoded, state: State) -> tuple[Encoded, State]:
    """Where two services that go in together were left out, try to place one of them."""
    data = encoded.data
    pairs = [
        (encoded.op_task[first].id, encoded.op_task[second].id)
        for first, second in zip(data.un["first"], data.un["second"], strict=True)
        if second >= 0 and state.op["nxt"][first] < 0
    ]
    alone = frozenset(task for pair in pairs if len(set(pair)) == 2 for task in pair)
    if not alone:
        return encoded, state
    split = encode(encoded.problem, previous=this.previous, alone=alone)
    plan = decode(encoded, state, explain(encoded, left_out(encoded, state)))
    lane = Lane(split.data, this.seed, resume(split, allocate(split.data, this.seed), plan))
    lane.begin()
    if lane.best_cost < evaluate(data, state) - 0.5 and in_time(split.data, lane.best):
        return split, lane.best
    return encoded, state


def settle_plan(encoded: Encoded, state: State, solved: Solved | None, work: Work) -> Plan:
    """The plan of these routes; a task whose stop breaks a rule is left out instead.

    The search keeps the rules, so nothing should ever go here; that nothing broken leaves the
    solver must not hang on it.
    """
    data = encoded.data
    refused = 0
    while True:
        out = left_out(encoded, state)
        plan = decode(encoded, state, explain(encoded, out))
        broken = violations(encoded.problem, plan)
        culprits = [item.task for item in broken if item.task is not None]
        units = {int(data.op["unit"][encoded.seats[task][0]]) for task in culprits if task}
        units = {
            u for u in units if data.un["movable"][u] and state.op["nxt"][data.un["first"][u]] >= 0
        }
        if not units and broken:
            units = _last_of(encoded, state, broken)
        if not units:
            return replace(plan, solved=solved and replace(solved, refused=refused))
        refused += len(units)
        for n, u in enumerate(sorted(units)):
            work.out[n] = u
        take_out(data, state, work, len(units))
        retime(data, state, work)


def _last_of(encoded: Encoded, state: State, broken: Sequence[Violation]) -> set[int]:
    """Where a whole day or meal point breaks a rule: the last task that can go."""
    data = encoded.data
    who = {item.caregiver for item in broken}
    for c, chain in enumerate(encoded.chains):
        if chain.person.id in who or who == {None}:
            o = int(state.op["prv"][data.base + c])
            while o < data.base:
                if o < data.tasks and data.un["movable"][data.op["unit"][o]]:
                    return {int(data.op["unit"][o])}
                o = int(state.op["prv"][o])
    return set()


def with_remedies(problem: Problem, plan: Plan) -> Plan:
    """Say of the first tasks left out what would place them."""
    found = remedies(problem, plan, MOST_REMEDIES)
    items = zip(plan.unplaced, found, strict=True)
    return replace(plan, unplaced=tuple(replace(item, remedy=help_) for item, help_ in items))
