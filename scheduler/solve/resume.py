"""From a plan back to routes in arrays, as far as they still hold."""

from collections.abc import Iterator

import numpy as np

from scheduler.plan import Plan, StopKind
from scheduler.problem import TaskId
from scheduler.solve.core.limits import within_limits
from scheduler.solve.core.ruin import take_out
from scheduler.solve.core.timing import leaving, link, refresh, retime, unlink
from scheduler.solve.core.types import State, Work, blank
from scheduler.solve.encode import Encoded


def resume(
    encoded: Encoded,
    work: Work,
    plan: Plan | None,
    *,
    without: frozenset[TaskId] = frozenset(),
) -> State:
    """Routes as the plan has them.

    Facts come first, whether the plan knows them or not. A task that no longer fits (skill, shift,
    window, limit) is left out: inserting it again is the search's part.

    Args:
        encoded: the problem.
        work: scratch.
        plan: the plan to follow; None gives routes with nothing but facts.
        without: tasks not to take from the plan.
    """
    state = blank(encoded.data)
    _put_facts(encoded, state)
    if plan is not None:
        _follow(encoded, state, plan, without)
    work.touched[:] = True
    retime(encoded.data, state, work)
    for c in range(len(encoded.chains)):
        refresh(encoded.data, state, c)
    while True:
        bad = next(_misfits(encoded, state), None)
        if bad is None:
            return state
        work.out[0] = bad
        take_out(encoded.data, state, work, 1)
        retime(encoded.data, state, work)


def _give(encoded: Encoded, state: State, o: int, c: int) -> bool:
    """Append op o to chain c if that chain may do it."""
    d = encoded.data
    first, behind = int(d.op["can_at"][o]), int(d.op["can_at"][o + 1])
    e = first + int(np.searchsorted(d.can["chain"][first:behind], c))
    if e == behind or d.can["chain"][e] != c:
        return False
    link(state, int(state.op["prv"][d.base + c]), o, c)
    state.op["start"][o] = d.op["ready"][o]
    state.op["paid"][o] = d.can["cost"][e]
    state.service[d.ch["person"][c]] += d.op["dur"][o]
    return True


def _put_facts(encoded: Encoded, state: State) -> None:
    d = encoded.data
    facts = [
        o for o in range(d.tasks) if d.op["fixed"][o] and d.op["can_at"][o] < d.op["can_at"][o + 1]
    ]
    for o in sorted(facts, key=lambda o: int(d.op["ready"][o])):
        _give(encoded, state, o, int(d.can["chain"][d.op["can_at"][o]]))


def _follow(encoded: Encoded, state: State, plan: Plan, without: frozenset[TaskId]) -> None:
    numbers = {(chain.person.id, chain.number): c for c, chain in enumerate(encoded.chains)}
    points = {point.id: n for n, point in enumerate(encoded.problem.meal_points)}
    for route in plan.routes:
        for stop in route.stops:
            c = numbers.get((route.caregiver, stop.shift))
            if c is None:
                continue
            if stop.task is not None and stop.task not in without:
                _take_seat(encoded, state, stop.task, c)
            elif stop.kind == StopKind.LOAD and stop.meal_point in points:
                _start_trip(encoded, state, c, points[stop.meal_point])
            elif stop.kind == StopKind.BREAK:
                _take_break(encoded, state, c, stop.start)
    _drop_halves(encoded, state)


def _drop_halves(encoded: Encoded, state: State) -> None:
    """Take out units of which only one op is in, and load ops with nothing behind them."""
    d = encoded.data
    for u in range(d.units):
        ops = [int(d.un[end][u]) for end in ("first", "second") if d.un[end][u] >= 0]
        placed = [o for o in ops if state.op["nxt"][o] >= 0]
        if len(placed) < len(ops):
            for o in placed:
                state.service[d.ch["person"][state.op["chain"][o]]] -= d.op["dur"][o]
                unlink(state, o)
    for h in range(d.tasks, d.base):
        if state.op["nxt"][h] >= d.tasks:
            unlink(state, h)


def _take_seat(encoded: Encoded, state: State, task: TaskId, c: int) -> None:
    for o in encoded.seats.get(task, ()):
        if (
            state.op["nxt"][o] < 0
            and not encoded.data.op["fixed"][o]
            and _give(encoded, state, o, c)
        ):
            return


def _take_break(encoded: Encoded, state: State, c: int, start: int) -> None:
    """Let a break fall where it fell."""
    d = encoded.data
    for k in range(int(d.ch["break_at"][c]), int(d.ch["break_at"][c + 1])):
        if d.rest["begin"][k] <= start <= d.rest["latest"][k]:
            state.theta[k] = start
            return


def _start_trip(encoded: Encoded, state: State, c: int, point: int) -> None:
    d = encoded.data
    if not d.may_load[c, point]:
        return
    for h in range(d.ch["load_from"][c], d.ch["load_from"][c + 1]):
        if state.op["nxt"][h] < 0:
            link(state, int(state.op["prv"][d.base + c]), h, c)
            state.op["point"][h] = point
            state.op["node"][h] = d.pt["node"][point]
            state.op["start"][h] = max(d.pt["ready"][point], d.op["ready"][h])
            return


def _misfits(encoded: Encoded, state: State) -> Iterator[int]:
    """Units that break a hard rule where they are, worst place first found."""
    d = encoded.data
    op, at = d.op[: d.tasks], state.op[: d.tasks]
    there = (at["nxt"] >= 0) & ~op["fixed"].astype(np.bool_)
    for o in np.flatnonzero(there & (at["start"] > op["late"])).tolist():
        yield _giving_way(encoded, state, o)
    boxed = (op["hot"] + op["cold"] > 0) | op["needs_point"].astype(np.bool_)
    for o in np.flatnonzero(there & boxed).tolist():
        if not _goes_with_trip(encoded, state, o):
            yield int(op["unit"][o])
    apart = np.diff(d.op["apart_at"][: d.tasks + 1]) > 0
    for o in np.flatnonzero(there & (apart | (d.un["second"][op["unit"]] >= 0))).tolist():
        if _shares(encoded, state, o):
            yield int(op["unit"][o])
    chains = len(encoded.chains)
    late = state.op["start"][d.size : d.size + chains] > d.ch["end_late"][:chains]
    special = d.ch["special"][:chains].astype(np.bool_)
    for c in np.flatnonzero((state.ch["length"] > 0) & (late | special)).tolist():
        if late[c] or not within_limits(d, state, c):
            last = [o for o in _chain(encoded, state, c) if o < d.tasks and not d.op["fixed"][o]]
            if last:
                yield int(d.op["unit"][last[-1]])


def _giving_way(encoded: Encoded, state: State, o: int) -> int:
    """Which unit goes when o comes too late: the cheapest of those ahead of it, or itself."""
    d = encoded.data
    ahead = [int(d.op["unit"][o])]
    i = int(state.op["prv"][o])
    while i < d.tasks and not d.op["fixed"][i]:
        ahead.append(int(d.op["unit"][i]))
        i = int(state.op["prv"][i])
    return min(ahead, key=lambda u: float(d.un["price"][u]))


def _goes_with_trip(encoded: Encoded, state: State, o: int) -> bool:
    """Whether o's boxes fit and suit the trip it is on, and are not too long in the box."""
    d = encoded.data
    c, h = int(state.op["chain"][o]), int(state.op["trip"][o])
    if state.op["hot"][h] > d.ch["hot_room"][c] or state.op["cold"][h] > d.ch["cold_room"][c]:
        return bool(d.op["hot"][o] + d.op["cold"][o] == 0)
    if d.op["needs_point"][o]:
        if h >= d.base or not d.serves[o, state.op["point"][h]]:
            return False
        if state.op["start"][h] > d.pt["late"][state.op["point"][h]]:
            return False
        return bool(state.op["start"][o] - leaving(d, state, c, h) <= d.op["ride"][o])
    return True


def _shares(encoded: Encoded, state: State, o: int) -> bool:
    """Whether o's person also does what somebody else must do."""
    d = encoded.data
    who = d.ch["person"][state.op["chain"][o]]
    others = [int(d.apart_to[e]) for e in range(d.op["apart_at"][o], d.op["apart_at"][o + 1])]
    second = int(d.un["second"][d.op["unit"][o]])
    if second >= 0 and second != o:
        others.append(second)
    return any(
        state.op["nxt"][q] >= 0 and d.ch["person"][state.op["chain"][q]] == who for q in others
    )


def _chain(encoded: Encoded, state: State, c: int) -> list[int]:
    d = encoded.data
    found, o = [], int(state.op["nxt"][d.base + c])
    while o < d.base:
        found.append(o)
        o = int(state.op["nxt"][o])
    return found
