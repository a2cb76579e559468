"""From a plan back to routes in arrays, as far as they still hold."""

from collections.abc import Iterator, Sequence

import numpy as np

from scheduler.model.plan import Plan, Stop, StopKind
from scheduler.model.problem import TaskId
from scheduler.solve.core.limits import within_limits
from scheduler.solve.core.ruin import take_out
from scheduler.solve.core.timing import leaving, refresh, retime, unlink
from scheduler.solve.core.types import Data, Flags, Ints, State, Work, blank
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
    stops = [] if plan is None else list(_stops(encoded, plan, without))
    pairs = [(o, c) for stop, c in stops if stop.task for o in encoded.seats.get(stop.task, ())]
    given = _Given(encoded, state, pairs)
    _put_facts(encoded, given)
    _follow(encoded, state, given, stops)
    given.settle()
    if plan is not None:
        _drop_halves(encoded, state)
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


def _stops(encoded: Encoded, plan: Plan, without: frozenset[TaskId]) -> Iterator[tuple[Stop, int]]:
    """What is to be followed, with its chain."""
    numbers = {(chain.person.id, chain.number): c for c, chain in enumerate(encoded.chains)}
    for route in plan.routes:
        for stop in route.stops:
            c = numbers.get((route.caregiver, stop.shift))
            if c is not None and stop.task not in without:
                yield stop, c


class _Given:
    """Ops appended to chains; what can be written for all of them at once waits for the end.

    A plan of 2,000 visits is followed within milliseconds: single elements of arrays cost most.
    """

    def __init__(self, encoded: Encoded, state: State, pairs: Sequence[tuple[int, int]]) -> None:
        """Look up the (op, chain) of `pairs` among the candidates, all at once."""
        d = encoded.data
        self.data, self.state = d, state
        self.days: list[list[int]] = [[] for _ in range(d.chains)]
        self.fixed: list[bool] = d.op["fixed"][: d.tasks].tolist()
        self.chosen: dict[int, int] = {}
        entries, known = _entries(d, np.array(pairs, np.int64).reshape(-1, 2))
        self.entries = {
            pair: entry
            for pair, entry, is_known in zip(pairs, entries.tolist(), known.tolist(), strict=True)
            if is_known
        }
        self.loads: set[int] = set()

    def give(self, o: int, c: int, entry: int | None = None) -> bool:
        """Append op o to chain c if that chain may do it."""
        entry = self.entries.get((o, c)) if entry is None else entry
        if entry is None or o in self.chosen:
            return False
        self.days[c].append(o)
        self.chosen[o] = entry
        return True

    def load(self, h: int, c: int) -> None:
        """Append load op h to its chain."""
        self.days[c].append(h)
        self.loads.add(h)

    def settle(self) -> None:
        """Write order, starts, prices and service of what was given."""
        d, state = self.data, self.state
        self._order()
        ops = np.array(list(self.chosen), np.int64)
        state.op["start"][ops] = d.op["ready"][ops]
        state.op["paid"][ops] = d.can["cost"][np.array(list(self.chosen.values()), np.int64)]
        people = d.ch["person"][state.op["chain"][ops]]
        np.add.at(state.service, people, d.op["dur"][ops])

    def _order(self) -> None:
        """Each op behind the one given before it, between the ends of its chain."""
        op = self.state.op
        used = np.flatnonzero([bool(day) for day in self.days])
        if not len(used):
            return
        ops = np.array([o for day in self.days for o in day], np.int64)
        ends = np.cumsum([len(self.days[c]) for c in used.tolist()])
        heads = self.data.base + used
        firsts, lasts = np.concatenate([[0], ends[:-1]]), ends - 1
        before, after = np.roll(ops, 1), np.roll(ops, -1)
        before[firsts] = after[lasts] = heads
        op["prv"][ops], op["nxt"][ops] = before, after
        op["chain"][ops] = np.repeat(used, np.diff(ends, prepend=0))
        op["nxt"][heads], op["prv"][heads] = ops[firsts], ops[lasts]


def _entries(d: Data, pairs: Ints) -> tuple[Ints, Flags]:
    """Where each (op, chain) is among the candidates, or would be; and whether it is there."""
    ops, chains = pairs[:, 0], pairs[:, 1]
    if not len(d.can):
        return np.zeros(len(pairs), np.int64), np.zeros(len(pairs), np.bool_)
    low, behind = d.op["can_at"][ops], d.op["can_at"][ops + 1]
    high, last = behind, len(d.can) - 1
    while (low < high).any():
        middle = (low + high) // 2
        right = (low < high) & (d.can["chain"][np.minimum(middle, last)] < chains)
        low, high = (
            np.where(right, middle + 1, low),
            np.where(right, high, np.minimum(middle, high)),
        )
    return low, (low < behind) & (d.can["chain"][np.minimum(low, last)] == chains)


def _put_facts(encoded: Encoded, given: _Given) -> None:
    d = encoded.data
    at = d.op["can_at"][: d.tasks + 1]
    facts = np.flatnonzero(d.op["fixed"][: d.tasks] & (at[:-1] < at[1:]))
    facts = facts[np.argsort(d.op["ready"][facts], kind="stable")]
    entries = at[facts]
    for o, c, entry in zip(
        facts.tolist(), d.can["chain"][entries].tolist(), entries.tolist(), strict=True
    ):
        given.give(o, c, entry)


def _follow(
    encoded: Encoded, state: State, given: _Given, stops: Sequence[tuple[Stop, int]]
) -> None:
    points = {point.id: n for n, point in enumerate(encoded.problem.meal_points)}
    for stop, c in stops:
        if stop.task is not None:
            for o in encoded.seats.get(stop.task, ()):
                if not given.fixed[o] and given.give(o, c):
                    break
        elif stop.kind == StopKind.LOAD and stop.meal_point in points:
            _start_trip(encoded, state, given, c, points[stop.meal_point])
        elif stop.kind == StopKind.BREAK:
            _take_break(encoded, state, c, stop.start)


def _drop_halves(encoded: Encoded, state: State) -> None:
    """Take out units of which only one op is in, and load ops with nothing behind them."""
    d = encoded.data
    first, second = d.un["first"], d.un["second"]
    in_first, in_second = state.op["nxt"][first] >= 0, state.op["nxt"][second] >= 0
    halves = np.flatnonzero((second >= 0) & (in_first != in_second))
    for o in np.where(in_first, first, second)[halves].tolist():
        state.service[d.ch["person"][state.op["chain"][o]]] -= d.op["dur"][o]
        unlink(state, o)
    for h in range(d.tasks, d.base):
        if state.op["nxt"][h] >= d.tasks:
            unlink(state, h)


def _take_break(encoded: Encoded, state: State, c: int, start: int) -> None:
    """Let a break fall where it fell."""
    d = encoded.data
    for k in range(int(d.ch["break_at"][c]), int(d.ch["break_at"][c + 1])):
        if d.rest["begin"][k] <= start <= d.rest["latest"][k]:
            state.theta[k] = start
            return


def _start_trip(encoded: Encoded, state: State, given: _Given, c: int, point: int) -> None:
    """Load behind the op that is last in the chain, if it has a load op left."""
    d = encoded.data
    if not d.may_load[c, point]:
        return
    for h in range(int(d.ch["load_from"][c]), int(d.ch["load_from"][c + 1])):
        if h not in given.loads:
            given.load(h, c)
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
