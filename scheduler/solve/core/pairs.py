"""The best two places for two ops that start in step with different people."""

import numpy as np

from scheduler.solve.core.compiling import inlined, jit
from scheduler.solve.core.insert import EXACT, NEVER, behind, freshen, price_of, rides_ok
from scheduler.solve.core.limits import within_limits
from scheduler.solve.core.seek import PAIR_SPOTS, list_spots
from scheduler.solve.core.timing import (
    CHECKED,
    NONE_YET,
    ONE,
    TWO,
    floor_of,
    lateness,
    leg,
    link,
    propagate,
    settle,
    undo,
    unlink,
)
from scheduler.solve.core.types import HUGE, Data, State, Work, half


@inlined
def in_step(d: Data, o: int, q: int, to: int, tq: int) -> tuple[int, int]:
    """Least starts of o and q, not before the given ones, that keep the links between them."""
    for e in range(d.op[o].link_at, d.op[o + 1].link_at):
        if d.link[e].to == q and to + d.link[e].gap > tq:
            tq = to + d.link[e].gap
    for e in range(d.op[q].link_at, d.op[q + 1].link_at):
        if d.link[e].to == o and tq + d.link[e].gap > to:
            to = tq + d.link[e].gap
    return to, tq


@jit
def attempt_pair(
    d: Data, st: State, wk: Work, u: int, x: int, y: int, worst: int, budget: float
) -> tuple[bool, float, int, int]:
    """Place both ops of a unit at spots x and y and push the times; see `insert.attempt`."""
    o = d.un[u].first
    q = d.un[u].second
    co = wk.spot[0, x].chain
    cq = wk.spot[1, y].chain
    link(st, wk.spot[0, x].after, o, co)
    link(st, wk.spot[1, y].after, q, cq)
    to = settle(d, st, co, wk.spot[0, x].after, o, floor_alone(d, st, o, q))
    tq = settle(d, st, cq, wk.spot[1, y].after, q, floor_alone(d, st, q, o))
    to, tq = in_step(d, o, q, to, tq)
    to = settle(d, st, co, wk.spot[0, x].after, o, to)
    tq = settle(d, st, cq, wk.spot[1, y].after, q, tq)
    to, tq = in_step(d, o, q, to, tq)
    st.op[o].start = to
    st.op[q].start = tq
    late_o = lateness(d, o, to)
    late_q = lateness(d, q, tq)
    most = max(worst, late_o, late_q)
    cost = d.op[o].late_cost * late_o + d.op[q].late_cost * late_q
    left = budget - cost - d.worst_cost * (most - worst)
    if left < 0 or to > d.op[o].late or tq > d.op[q].late:
        return False, cost, most, 0
    wk.queue[0] = o
    wk.queue[1] = q
    wk.queued[o] = True
    wk.queued[q] = True
    ok, more, most, n = propagate(d, st, wk, TWO, most, left, CHECKED)
    if ok and d.ch[co].special:
        ok = within_limits(d, st, co)
    if ok and d.ch[cq].special:
        ok = within_limits(d, st, cq)
    return ok, cost + more, most, n


@inlined
def floor_alone(d: Data, st: State, o: int, but: int) -> int:
    """`floor_of`, links from the other half not counted."""
    kept = st.op[but].nxt
    st.op[but].nxt = -1
    x = floor_of(d, st, o)
    st.op[but].nxt = kept
    return x


@jit
def seek_pair(
    d: Data,
    st: State,
    wk: Work,
    u: int,
    worst: int,
    budget: float,
    blink: float,
    most_spots: int,
    most_near: int,
) -> bool:
    """Find the cheapest two places below budget; `found` is the cost, `where` the spots."""
    o = d.un[u].first
    q = d.un[u].second
    wk.where[4] = -1
    best = budget
    n = list_spots(d, st, wk, o, NONE_YET, best, blink, most_spots, most_near)
    if n == 0:
        return False
    k = list_spots(d, st, wk, q, ONE, best - wk.spot_cost[0, 0], blink, most_spots, most_near)
    if k == 0:
        return False
    alone = is_alone(d, o, q)
    for x in range(n):
        if wk.spot_cost[0, x] + wk.spot_cost[1, 0] >= best:
            break
        co = wk.spot[0, x].chain
        to0 = wk.spot[0, x].start
        for y in range(k):
            if wk.spot_cost[0, x] + wk.spot_cost[1, y] >= best:
                break
            cq = wk.spot[1, y].chain
            if d.ch[co].person == d.ch[cq].person:
                continue
            to, tq = in_step(d, o, q, to0, wk.spot[1, y].start)
            if to > d.op[o].late or tq > d.op[q].late:
                continue
            late_o = lateness(d, o, to)
            late_q = lateness(d, q, tq)
            add = wk.spot[0, x].add + wk.spot[1, y].add
            cost = add + d.op[o].late_cost * late_o + d.op[q].late_cost * late_q
            most = max(worst, late_o, late_q)
            left = best - cost - d.worst_cost * (most - worst)
            if left <= 0:
                continue
            i = wk.spot[0, x].after
            if d.ch[co].rides and not rides_ok(d, st, co, i, o, to):
                continue
            out = leg(d, st, co, o, st.op[i].nxt)
            kind, more, after = behind(d, st, i, o, to, out, co, most, left)
            if kind == NEVER:
                continue
            i = wk.spot[1, y].after
            if d.ch[cq].rides and not rides_ok(d, st, cq, i, q, tq):
                continue
            out = leg(d, st, cq, q, st.op[i].nxt)
            kind_q, more_q, after_q = behind(d, st, i, q, tq, out, cq, most, left - more)
            if kind_q == NEVER:
                continue
            cost += more + more_q + d.worst_cost * (max(after, after_q) - worst)
            if cost >= best:
                continue
            if alone and kind == EXACT and kind_q == EXACT:
                best = cost
                wk.where[4] = x
                wk.where[5] = y
                continue
            ok, more, most, m = attempt_pair(d, st, wk, u, x, y, worst, best - add)
            undo(st, wk, m)
            unlink(st, q)
            unlink(st, o)
            if ok:
                cost = add + more + d.worst_cost * (most - worst)
                if cost < best:
                    best = cost
                    wk.where[4] = x
                    wk.where[5] = y
    wk.found[0] = best
    return wk.where[4] >= 0


@jit
def is_alone(d: Data, o: int, q: int) -> bool:
    """Whether the pair hangs on no third op and no break can come between its halves' starts."""
    for h in (o, q):
        for e in range(d.op[h].link_at, d.op[h + 1].link_at):
            if d.link[e].to != o and d.link[e].to != q:
                return False
        for e in range(d.op[h].back_at, d.op[h + 1].back_at):
            if d.back[e].to != o and d.back[e].to != q:
                return False
    return len(d.rest) == 0


@jit
def keep_pair(d: Data, st: State, wk: Work, u: int, worst: int) -> int:
    """Put the pair where `seek_pair` said; returns the largest lateness."""
    x = wk.where[4]
    y = wk.where[5]
    _, _, most, n = attempt_pair(d, st, wk, u, x, y, worst, HUGE)
    for row in range(2):
        o = half(d, u, row)
        c = wk.spot[row, x if row == 0 else y].chain
        st.service[d.ch[c].person] += d.op[o].dur
        st.op[o].paid = price_of(d, o, c)
    freshen(d, st, wk, n, wk.spot[0, x].chain)
    freshen(d, st, wk, NONE_YET, wk.spot[1, y].chain)
    return most


@jit
def insert_pair(
    d: Data, st: State, wk: Work, u: int, worst: int, budget: float, blink: float, most_near: int
) -> int:
    """Insert both ops of a unit if that costs less than `budget`; -1 if not."""
    most_spots = np.int64(PAIR_SPOTS)
    while True:
        if seek_pair(d, st, wk, u, worst, budget, blink, most_spots, most_near):
            return keep_pair(d, st, wk, u, worst)
        if most_spots >= d.size or budget < 1e7:
            return -1
        most_spots = d.size
        most_near = np.int64(0)
        blink = 0.0
