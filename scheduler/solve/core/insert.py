"""Where a unit fits best, and putting it there.

For most places the cost of a delay is known without pushing it through the graph: `State.free`
says up to when it is free and `State.last` when it becomes impossible. Only what lies between,
or hangs on pairs, breaks and limits, is tried out and taken back.
"""

import numpy as np

from scheduler.solve.core.compiling import inlined, jit
from scheduler.solve.core.limits import boxes_out, within_limits
from scheduler.solve.core.timing import (
    CHECKED,
    HALF_HOUR,
    ONE,
    floor_of,
    lateness,
    leaving,
    leg,
    link,
    propagate,
    reach,
    refresh,
    settle,
    undo,
    unlink,
)
from scheduler.solve.core.types import HUGE, TRIED, Data, State, Work

NONE = np.int64(-1)
"""No load op, no meal point; typed, so that nothing is compiled twice."""

EXACT, BOUND, NEVER = np.int64(0), np.int64(1), np.int64(2)
"""What `pushed` knows."""


@inlined
def unfairness(d: Data, st: State, o: int, c: int) -> float:
    """Points the fair share takes when o goes to chain c."""
    if d.unfair_cost == 0.0:
        return 0.0
    p = d.ch[c].person
    over = st.service[p] - d.per[p].share
    more = over + d.op[o].dur
    return d.unfair_cost * (max(0, more) - max(0, over))


@inlined
def rides_ok(d: Data, st: State, c: int, i: int, o: int, t: int) -> bool:
    """Whether no meal of the trip stays in the box too long when o starts at t behind i."""
    h = st.op[i].trip
    if h >= d.base:
        return True
    leave = leaving(d, st, c, h)
    if i == h:
        leave = max(st.op[h].start + d.op[h].dur, t - leg(d, st, c, h, o))
    if t > leave + d.op[o].ride:
        return False
    go = t + d.op[o].dur
    before = o
    j = st.op[i].nxt
    while j < d.tasks:
        x = max(st.op[j].start, go + leg(d, st, c, before, j))
        if x > leave + d.op[j].ride:
            return False
        if x == st.op[j].start and i != h:
            return True
        go = x + d.op[j].dur
        before = j
        j = st.op[j].nxt
    return True


@inlined
def room_ok(d: Data, st: State, o: int, c: int, h: int) -> bool:
    """Whether the trip behind h can carry o's boxes."""
    if (
        st.op[h].hot + d.op[o].hot > d.ch[c].hot_room
        or st.op[h].cold + d.op[o].cold > d.ch[c].cold_room
    ):
        return False
    if d.op[o].needs_point:
        if h >= d.base or not d.serves[o, st.op[h].point]:
            return False
        limit = d.pt[st.op[h].point].room
        boxes = st.op[h].hot + st.op[h].cold + d.op[o].hot + d.op[o].cold
        if boxes > limit:
            return False
        slot = leaving(d, st, c, h) // HALF_HOUR
        if boxes + boxes_out(d, st, st.op[h].point, slot, h) > limit:
            return False
    return True


@inlined
def place(d: Data, st: State, o: int, i: int, c: int, h: int, point: int) -> int:
    """Link o behind i, with load op h before it unless that is -1; returns its start."""
    if h >= 0:
        link(st, i, h, c)
        st.op[h].node = d.pt[point].node
        st.op[h].point = point
        st.op[h].start = settle(d, st, c, i, h, max(d.pt[point].ready, d.op[h].ready))
        i = h
    link(st, i, o, c)
    return settle(d, st, c, i, o, floor_of(d, st, o))


@inlined
def price_of(d: Data, o: int, c: int) -> float:
    """What giving o to chain c costs."""
    if len(d.pay):
        return np.float64(d.pay[o, c])
    for e in range(d.op[o].can_at, d.op[o + 1].can_at):
        if d.can[e].chain == c:
            return np.float64(d.can[e].cost)
    return HUGE


@jit
def attempt(
    d: Data,
    st: State,
    wk: Work,
    o: int,
    i: int,
    c: int,
    h: int,
    point: int,
    worst: int,
    budget: float,
) -> tuple[bool, float, int, int]:
    """Place o and push the times; the caller takes it back or keeps it.

    Returns:
        Whether it is feasible within budget, added time cost, largest lateness, log length.
    """
    t = place(d, st, o, i, c, h, point)
    st.op[o].start = t
    late = lateness(d, o, t)
    cost = d.op[o].late_cost * late
    most = max(worst, late)
    if t > d.op[o].late or (h >= 0 and st.op[h].start > d.pt[point].late):
        return False, cost, most, 0
    if cost + d.worst_cost * (most - worst) > budget:
        return False, cost, most, 0
    wk.queue[0] = o
    wk.queued[o] = True
    ok, more, most, n = propagate(
        d, st, wk, ONE, most, budget - cost - d.worst_cost * (most - worst), CHECKED
    )
    if ok and d.ch[c].special == TRIED and not within_limits(d, st, c):
        ok = False
    if ok and h >= 0 and st.op[o].start > leaving(d, st, c, h) + d.op[o].ride:
        ok = False  # a break has come between loading and handing over
    return ok, cost + more, most, n


@jit
def pushed(
    d: Data, st: State, c: int, j: int, y: int, worst: int, budget: float
) -> tuple[int, float, int]:
    """What it costs when j, or the end of chain c, is not reached before y.

    Walks down the chain and changes nothing. Where the delay would go on to other chains, or a
    limit of the whole day counts, what it finds is a lower bound.

    Returns:
        EXACT, BOUND or NEVER (impossible, or above budget), added cost, largest lateness.
    """
    cost = 0.0
    most = worst
    kind = BOUND if d.ch[c].special == TRIED else EXACT
    while j < d.base:
        if y <= st.op[j].start:
            return kind, cost, most
        if y > st.op[j].last or d.op[j].fixed:
            return NEVER, HUGE, most
        if y <= st.op[j].free:
            return kind, cost, most
        if j >= d.tasks or d.op[j].linked:
            kind = BOUND
        late = lateness(d, j, y)
        if late > 0:
            cost += d.op[j].late_cost * (late - lateness(d, j, st.op[j].start))
            most = max(most, late)
            if cost + d.worst_cost * (most - worst) >= budget:
                return NEVER, HUGE, most
        k = st.op[j].nxt
        at = k if k < d.base else d.size + c
        y = reach(d, st, c, y + d.op[j].dur, st.op[j].way, k, st.op[at].start)
        j = k
    if y > d.ch[c].end_late:
        return NEVER, HUGE, most
    cost += d.over_cost * max(0, y - max(d.ch[c].end_due, st.op[d.size + c].start))
    return kind, cost, most


@inlined
def behind(
    d: Data, st: State, i: int, o: int, t: int, out: int, c: int, worst: int, budget: float
) -> tuple[int, float, int]:
    """What o behind i, starting at t, `out` seconds from the next, costs them; see `pushed`."""
    j = st.op[i].nxt
    at = j if j < d.base else d.size + c
    y = reach(d, st, c, t + d.op[o].dur, out, j, st.op[at].start)
    return pushed(d, st, c, j, y, worst, budget)


@inlined
def time_bound(
    d: Data, st: State, o: int, i: int, c: int, t: int, out: int, worst: int, budget: float
) -> tuple[int, float]:
    """Cost of the times when o starts at t behind i in a chain without load op; see `pushed`."""
    late = lateness(d, o, t)
    most = max(worst, late)
    cost = d.op[o].late_cost * late + d.worst_cost * (most - worst)
    if cost >= budget or (d.ch[c].rides and not rides_ok(d, st, c, i, o, t)):
        return NEVER, HUGE
    kind, more, after = behind(d, st, i, o, t, out, c, most, budget - cost)
    if kind == EXACT and d.op[o].linked:
        kind = BOUND
    return kind, cost + more + d.worst_cost * (after - most)


@jit
def time_cost(
    d: Data, st: State, wk: Work, o: int, i: int, c: int, worst: int, budget: float
) -> float:
    """Cost of the times when o comes behind i, tried out; HUGE: impossible, or above budget."""
    ok, cost, most, n = attempt(d, st, wk, o, i, c, NONE, NONE, worst, budget)
    undo(st, wk, n)
    unlink(st, o)
    return cost + d.worst_cost * (most - worst) if ok else HUGE


@inlined
def keep(
    d: Data, st: State, wk: Work, o: int, i: int, c: int, h: int, point: int, worst: int
) -> int:
    """Put o where `seek` said; returns the largest lateness."""
    st.service[d.ch[c].person] += d.op[o].dur
    st.op[o].paid = price_of(d, o, c)
    if len(d.link) == 0:
        place(d, st, o, i, c, h, point)
        refresh(d, st, c)
        wk.dirty[c] = True
        return max(worst, st.ch[c].worst)
    _, _, most, n = attempt(d, st, wk, o, i, c, h, point, worst, HUGE)
    freshen(d, st, wk, n, c)
    return most


@inlined
def freshen(d: Data, st: State, wk: Work, n: int, c: int) -> None:
    """Refresh chain c and the chains of the n logged ops."""
    wk.touched[c] = True
    for k in range(n):
        o = wk.log[k].op
        wk.touched[o - d.size if o >= d.size else st.op[o].chain] = True
    refresh(d, st, c)
    wk.touched[c] = False
    wk.dirty[c] = True
    for k in range(n):
        o = wk.log[k].op
        q = o - d.size if o >= d.size else st.op[o].chain
        if wk.touched[q]:
            refresh(d, st, q)
            wk.touched[q] = False
            wk.dirty[q] = True
