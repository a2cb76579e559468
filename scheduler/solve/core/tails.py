"""Let two routes swap what comes after a place in each: what ruins of short stretches seldom do.

Called 2-opt* by Potvin and Rousseau, "An exchange heuristic for routeing problems with time
windows" (1995).
"""

import numpy as np

from scheduler.solve.core.compiling import inlined, jit
from scheduler.solve.core.insert import price_of
from scheduler.solve.core.limits import within_limits
from scheduler.solve.core.timing import draw, leg
from scheduler.solve.core.types import HUGE, Data, State, Work

NEAR_TAILS = 30
"""Among how many of the nearest units the head of the other tail is drawn."""


@inlined
def tails_swap(d: Data) -> bool:
    """Whether routes of this day may swap tails: nothing hangs on what they pass on."""
    return (
        d.base == d.tasks
        and d.chains > 1
        and d.near.shape[2] > 0
        and len(d.link) == 0
        and len(d.rest) == 0
        and len(d.apart_to) == 0
    )


@inlined
def draw_tails(d: Data, st: State, wk: Work, room: float) -> bool:
    """Draw an op and one that could come next to it, and see whether the tails may be swapped.

    They go to `wk.where`. Looks at the new legs only: `room` is how many points they may add.
    """
    u = np.int64(draw(wk.rng) * d.units)
    kind = 0 if draw(wk.rng) < 0.5 else 1
    v = np.int64(d.near[kind, u, np.int64(draw(wk.rng) * min(NEAR_TAILS, d.near.shape[2]))])
    a = d.un[u].first
    p = d.un[v].first
    if st.op[a].nxt < 0 or st.op[p].nxt < 0:
        return False
    c = st.op[a].chain
    k = st.op[p].chain
    if c == k or d.ch[c].row != d.ch[k].row:
        return False
    way = leg(d, st, c, a, p)
    if st.op[a].start + d.op[a].dur + way > st.op[p].last:
        return False
    b = st.op[a].nxt
    e = st.op[p].prv
    added = way - st.op[a].way - st.op[e].way
    if b < d.base:
        way = leg(d, st, k, e, b)
        if st.op[e].start + d.op[e].dur + way > st.op[b].last:
            return False
        added += way
    elif e < d.base:
        added += leg(d, st, k, e, d.base + k)
    if d.ch[c].dest != d.ch[k].dest:
        end = st.op[d.base + k].prv
        added += leg(d, st, c, end, d.base + c) - st.op[end].way
        if b < d.base:
            end = st.op[d.base + c].prv
            added += leg(d, st, k, end, d.base + k) - st.op[end].way
    wk.where[0] = a
    wk.where[1] = p
    return d.travel_cost * added < room


@inlined
def may_take(d: Data, st: State, o: int, c: int) -> bool:
    """Whether chain c may do all from o to the end of o's chain."""
    while o < d.base:
        u = d.op[o].unit
        if d.op[o].fixed or not d.un[u].movable or price_of(d, o, c) >= HUGE:
            return False
        o = st.op[o].nxt
    return True


@inlined
def boxes_from(d: Data, st: State, o: int) -> tuple[int, int]:
    """Hot and cold boxes from o to the end of its chain."""
    hot = np.int64(0)
    cold = np.int64(0)
    while o < d.base:
        hot += d.op[o].hot
        cold += d.op[o].cold
        o = st.op[o].nxt
    return hot, cold


@inlined
def hand_over(d: Data, st: State, o: int, c: int, after: int) -> None:
    """Put all from o to the end of its chain behind `after`, at the end of chain c."""
    h = d.base + c
    if o >= d.base:
        st.op[after].nxt = h
        st.op[h].prv = after
        return
    st.op[after].nxt = o
    st.op[o].prv = after
    while True:
        old = d.ch[st.op[o].chain].person
        st.service[old] -= d.op[o].dur
        st.service[d.ch[c].person] += d.op[o].dur
        st.op[o].chain = c
        st.op[o].paid = price_of(d, o, c)
        if st.op[o].nxt >= d.base:
            break
        o = st.op[o].nxt
    st.op[o].nxt = h
    st.op[h].prv = o


@jit
def swap_tails(d: Data, st: State, wk: Work) -> bool:
    """Swap the tails in `wk.where`; marks both chains as touched.

    Returns:
        False: who would take them cannot carry or may not do them, and nothing is changed.
    """
    a = wk.where[0]
    p = wk.where[1]
    c = st.op[a].chain
    k = st.op[p].chain
    b = st.op[a].nxt
    e = st.op[p].prv
    if not may_take(d, st, p, c) or not may_take(d, st, b, k):
        return False
    hot, cold = boxes_from(d, st, b)
    hot_k, cold_k = boxes_from(d, st, p)
    hot = hot_k - hot
    cold = cold_k - cold
    own = d.base + c
    other = d.base + k
    if st.op[own].hot + hot > d.ch[c].hot_room or st.op[own].cold + cold > d.ch[c].cold_room:
        return False
    if st.op[other].hot - hot > d.ch[k].hot_room or st.op[other].cold - cold > d.ch[k].cold_room:
        return False
    hand_over(d, st, p, c, a)
    hand_over(d, st, b, k, e)
    wk.touched[c] = True
    wk.touched[k] = True
    return True


@jit
def keeps_limits(d: Data, st: State, c: int) -> bool:
    """Whether chain c is in time and within its limits."""
    o = st.op[d.base + c].nxt
    while o < d.base:
        if st.op[o].start > d.op[o].late:
            return False
        o = st.op[o].nxt
    if st.op[d.size + c].start > d.ch[c].end_late:
        return False
    return not d.ch[c].special or within_limits(d, st, c)
