"""Exact times over routes, pairs and gaps: earliest starts as a longest path, kept up to date.

Earliest starts are optimal for given routes, because every time cost grows with the start.
"""

import numpy as np

from scheduler.solve.core.compiling import inlined, jit
from scheduler.solve.core.longest import note_days
from scheduler.solve.core.types import AT_ONCE, Data, State, Words, Work

_U13, _U7, _U17, _U11 = np.uint64(13), np.uint64(7), np.uint64(17), np.uint64(11)
_UNIT = 1.0 / (1 << 53)
HALF_HOUR = 1_800
ONE, TWO, NONE_YET = np.int64(1), np.int64(2), np.int64(0)
CHECKED, UNCHECKED = np.int64(1), np.int64(0)
"""Typed constants: a bare number would make the compiler build a second copy for its value."""


@inlined
def draw(rng: Words) -> float:
    """Uniform in [0, 1) (xorshift64)."""
    x = rng[0]
    x ^= x << _U13
    x ^= x >> _U7
    x ^= x << _U17
    rng[0] = x
    return np.float64(x >> _U11) * _UNIT


@inlined
def leg(d: Data, st: State, c: int, i: int, j: int) -> int:
    """Seconds from op i to op j of chain c, either of which may be its sentinel."""
    if j >= d.base:
        if d.ch[c].dest < 0:
            return np.int64(0)
        return np.int64(d.travel[d.ch[c].row + st.op[i].node, d.ch[c].dest])
    return np.int64(d.travel[d.ch[c].row + st.op[i].node, st.op[j].node])


@inlined
def reach(d: Data, st: State, c: int, go: int, way: int, j: int, x: int) -> int:
    """Earliest start of j, not before x, for who is free at `go` and `way` seconds from it.

    Breaks that fall due come between.
    """
    x = max(x, go + way)
    for k in range(d.ch[c].break_at, d.ch[c + 1].break_at):
        if go <= st.theta[k] < x + d.op[j].dur:
            left = max(go, d.rest[k].begin) + d.rest[k].length
            go = left
            x = max(x, left + way)
    return x


@inlined
def settle(d: Data, st: State, c: int, i: int, j: int, x: int) -> int:
    """Earliest start of j, not before x, when it follows i."""
    return reach(d, st, c, st.op[i].start + d.op[i].dur, leg(d, st, c, i, j), j, x)


@inlined
def lateness(d: Data, o: int, t: int) -> int:
    """Seconds after its due time."""
    return t - d.op[o].due if t > d.op[o].due else np.int64(0)


@inlined
def link(st: State, i: int, o: int, c: int) -> None:
    """Put o behind i."""
    j = st.op[i].nxt
    st.op[i].nxt = o
    st.op[o].prv = i
    st.op[o].nxt = j
    st.op[j].prv = o
    st.op[o].chain = c


@inlined
def unlink(st: State, o: int) -> None:
    """Take o out of its list."""
    i = st.op[o].prv
    j = st.op[o].nxt
    st.op[i].nxt = j
    st.op[j].prv = i
    st.op[o].nxt = -1
    st.op[o].prv = -1


@inlined
def undo(st: State, wk: Work, n: int) -> None:
    """Take back the n raised starts in the log."""
    for k in range(n - 1, -1, -1):
        st.op[wk.log[k].op].start = wk.log[k].start


@inlined
def drain(wk: Work, head: int, tail: int) -> None:
    """Forget what is queued."""
    while head != tail:
        wk.queued[wk.queue[head]] = False
        head += 1
        if head == wk.queue.shape[0]:
            head = 0


@jit
def propagate(
    d: Data, st: State, wk: Work, waiting: int, worst: int, budget: float, checked: int
) -> tuple[bool, float, int, int]:
    """Push raised starts along routes and links until all hold again.

    The front of the queue holds `waiting` ops whose start was just raised; `worst` is the largest
    lateness so far. Gives up above `budget`, and, if `checked`, at hard limits; times are rebuilt
    unchecked after a removal.

    Returns:
        Whether all is feasible within budget, added cost, largest lateness, log length.
    """
    head = np.int64(0)
    tail = waiting
    cap = wk.queue.shape[0]
    room = wk.log.shape[0] - 8
    n = np.int64(0)
    cost = 0.0
    worst0 = worst
    steps = 0
    limit = 8 * d.size + 64
    while head != tail:
        o = wk.queue[head]
        head += 1
        if head == cap:
            head = np.int64(0)
        wk.queued[o] = False
        steps += 1
        if steps > limit or n >= room:
            drain(wk, head, tail)
            return False, cost, worst, n
        c = st.op[o].chain
        first = d.op[o].link_at if o < d.tasks else 0
        stop = d.op[o + 1].link_at if o < d.tasks else 0
        for e in range(first - 1, stop):
            if e == first - 1:
                j = st.op[o].nxt
                if j >= d.base:
                    x = settle(d, st, c, o, j, st.op[o].start)
                    at = d.size + c
                    if x > st.op[at].start:
                        wk.log[n].op = at
                        wk.log[n].start = st.op[at].start
                        n += 1
                        if checked == CHECKED and x > d.ch[c].end_late:
                            drain(wk, head, tail)
                            return False, cost, worst, n
                        over = x - max(st.op[at].start, d.ch[c].end_due)
                        if over > 0:
                            cost += d.over_cost * over
                        st.op[at].start = x
                    continue
                cj = c
                x = settle(d, st, c, o, j, st.op[j].start)
            else:
                j = d.link[e].to
                if st.op[j].nxt < 0:
                    continue
                x = st.op[o].start + d.link[e].gap
                if x <= st.op[j].start:
                    continue
                cj = st.op[j].chain
                x = settle(d, st, cj, st.op[j].prv, j, x)
            if x <= st.op[j].start:
                continue
            if d.op[j].fixed:
                if checked != CHECKED or d.op[o].fixed:
                    continue
                drain(wk, head, tail)
                return False, cost, worst, n
            wk.log[n].op = j
            wk.log[n].start = st.op[j].start
            n += 1
            if j < d.tasks:
                new = lateness(d, j, x)
                if new > 0:
                    cost += d.op[j].late_cost * (new - lateness(d, j, st.op[j].start))
                    worst = max(worst, new)
            st.op[j].start = x
            if checked != CHECKED:
                wk.touched[cj] = True
            if checked == CHECKED and j >= d.tasks and x > d.pt[st.op[j].point].late:
                drain(wk, head, tail)
                return False, cost, worst, n
            if checked == CHECKED and (
                x > d.op[j].late or cost + d.worst_cost * (worst - worst0) > budget
            ):
                drain(wk, head, tail)
                return False, cost, worst, n
            if not wk.queued[j]:
                wk.queued[j] = True
                wk.queue[tail] = j
                tail += 1
                if tail == cap:
                    tail = 0
    return True, cost, worst, n


@inlined
def floor_of(d: Data, st: State, o: int) -> int:
    """Earliest start that links from placed ops allow."""
    x = d.op[o].ready
    if o >= d.tasks:
        x = max(x, d.pt[st.op[o].point].ready)
    else:
        for e in range(d.op[o].back_at, d.op[o + 1].back_at):
            q = d.back[e].to
            if st.op[q].nxt >= 0 and st.op[q].start + d.back[e].gap > x:
                x = st.op[q].start + d.back[e].gap
    return x


@jit
def retime(d: Data, st: State, wk: Work) -> None:
    """Rebuild the times of the chains in `wk.touched` and of all that hang on them."""
    if len(d.link) > 0:
        untangle(d, st, wk)
    for c in range(d.chains):
        if wk.touched[c]:
            refresh(d, st, c)
            wk.touched[c] = False
            wk.dirty[c] = True


@jit
def untangle(d: Data, st: State, wk: Work) -> None:
    """Rebuild the starts of touched chains and of all that links tie to them; touches those too."""
    n = np.int64(0)
    for c in range(d.chains):
        if wk.touched[c]:
            o = st.op[d.base + c].nxt
            while o < d.base:
                if not wk.marked[o]:
                    wk.marked[o] = True
                    wk.stack[n] = o
                    n += 1
                o = st.op[o].nxt
    k = 0
    while k < n:
        o = wk.stack[k]
        k += 1
        if o >= d.tasks:
            continue
        for e in range(d.op[o].link_at, d.op[o + 1].link_at):
            q = d.link[e].to
            if st.op[q].nxt < 0 or wk.marked[q]:
                continue
            wk.touched[st.op[q].chain] = True
            while q < d.base and not wk.marked[q]:
                wk.marked[q] = True
                wk.stack[n] = q
                n += 1
                q = st.op[q].nxt
    for k in range(n):
        o = wk.stack[k]
        if not d.op[o].fixed:
            st.op[o].start = d.op[o].ready
    for c in range(d.chains):
        if wk.touched[c]:
            st.op[d.size + c].start = st.op[d.base + c].start
    for k in range(n):
        o = wk.stack[k]
        wk.marked[o] = False
        if not d.op[o].fixed:
            st.op[o].start = settle(d, st, st.op[o].chain, st.op[o].prv, o, floor_of(d, st, o))
        wk.queue[k] = o
        wk.queued[o] = True
    propagate(d, st, wk, n, NONE_YET, 0.0, UNCHECKED)
    for k in range(n):
        o = wk.stack[k]
        if o < d.tasks:
            for e in range(d.op[o].back_at, d.op[o + 1].back_at):
                q = d.back[e].to
                if st.op[q].nxt >= 0:
                    wk.touched[st.op[q].chain] = True


@jit
def refresh(d: Data, st: State, c: int) -> None:
    """Recompute what is derived from chain c's order and, where links tie days, its times.

    Where none do, the order alone says the times, so they are recomputed along.
    """
    h = d.base + c
    alone = len(d.link) == 0
    go = st.op[h].start + d.op[h].dur
    st.op[h].hot = 0
    st.op[h].cold = 0
    trip = h
    o = st.op[h].nxt
    before = h
    riding = np.int64(0)
    count = 0
    worst = np.int64(0)
    cost = 0.0
    while o < d.base:
        way = leg(d, st, c, before, o)
        st.op[before].way = way
        st.op[o].came = way
        if alone and not d.op[o].fixed:
            st.op[o].start = reach(d, st, c, go, way, o, floor_of(d, st, o))
        go = st.op[o].start + d.op[o].dur
        riding += way
        if o >= d.tasks:
            trip = o
            st.op[o].hot = 0
            st.op[o].cold = 0
        else:
            count += 1
            st.op[trip].hot += d.op[o].hot
            st.op[trip].cold += d.op[o].cold
            late = lateness(d, o, st.op[o].start)
            cost += d.op[o].late_cost * late + st.op[o].paid
            worst = max(worst, late)
        st.op[o].trip = trip
        before = o
        o = st.op[o].nxt
    st.ch[c].length = count
    st.ch[c].worst = worst
    if before == h:
        st.op[h].way = 0
        st.op[h].came = 0
        st.ch[c].riding = 0
        st.ch[c].cost = 0.0
        st.op[d.size + c].start = st.op[h].start
        return
    way = leg(d, st, c, before, h)
    st.op[before].way = way
    st.op[h].came = way
    riding += way
    st.ch[c].riding = riding
    end = reach(d, st, c, go, way, h, st.op[before].start)
    st.op[d.size + c].start = end
    cost += d.travel_cost * riding
    if count > 0:
        cost += d.over_cost * max(0, end - d.ch[c].end_due)
    st.ch[c].cost = cost
    after_last = d.ch[c].end_late
    after_free = max(d.ch[c].end_due, end)
    o = before
    rest_after = np.int64(-1)
    for k in range(d.ch[c].break_at, d.ch[c + 1].break_at):
        rest_after = max(rest_after, st.theta[k])
    while o < d.base:
        way = st.op[o].way + d.op[o].dur
        last = min(after_last - way, d.op[o].late)
        if o >= d.tasks:
            last = min(last, d.pt[st.op[o].point].late)
            st.op[o].leave = leaving(d, st, c, o)
        free = after_free - way
        own = max(d.op[o].due, st.op[o].start)
        if d.op[o].fixed or st.op[o].start + d.op[o].dur <= rest_after:
            own = st.op[o].start
        elif d.op[o].linked:
            for e in range(d.op[o].link_at, d.op[o + 1].link_at):
                q = d.link[e].to
                if st.op[q].nxt >= 0:
                    own = min(own, max(st.op[o].start, st.op[q].start - d.link[e].gap))
        free = min(free, own)
        st.op[o].last = last
        st.op[o].free = free
        after_last = last
        after_free = free
        o = st.op[o].prv
    if d.ch[c].special == AT_ONCE:
        note_days(d, st, c)


@jit
def leaving(d: Data, st: State, c: int, h: int) -> int:
    """When the courier leaves load op h: as late as the first hand-over allows."""
    t = st.op[h].start + d.op[h].dur
    o = st.op[h].nxt
    if o < d.tasks:
        for k in range(d.ch[c].break_at, d.ch[c + 1].break_at):
            if t <= st.theta[k] < st.op[o].start + d.op[o].dur:
                return t
        x = st.op[o].start - leg(d, st, c, h, o)
        t = max(t, x)
    return t
