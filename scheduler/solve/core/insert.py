"""Where a unit fits best, and putting it there.

For most places the cost of a delay is known without pushing it through the graph: `State.free`
says up to when it is free and `State.last` when it becomes impossible. Only what lies between,
or hangs on pairs, breaks and limits, is tried out and taken back.
"""

import numpy as np

from scheduler.solve.core.timing import (
    CHECKED,
    HALF_HOUR,
    ONE,
    boxes_out,
    draw,
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
    within_limits,
)
from scheduler.solve.core.types import HUGE, Data, State, Work, jit

NONE = np.int64(-1)
"""No load op, no meal point; typed, so that nothing is compiled twice."""

PAIR_SPOTS = 96
"""Places kept for each half of a pair before the halves are combined."""


@jit
def unfairness(d: Data, st: State, o: int, c: int) -> float:
    """Points the fair share takes when o goes to chain c."""
    if d.unfair_cost == 0.0:
        return 0.0
    p = d.ch[c].person
    over = st.service[p] - d.per[p].share
    more = over + d.op[o].dur
    return d.unfair_cost * (max(0, more) - max(0, over))


@jit
def detour(d: Data, st: State, c: int, i: int, o: int, j: int) -> int:
    """Seconds of travel added by o between i and j."""
    way = leg(d, st, c, i, o) + leg(d, st, c, o, j)
    if i == j:
        return way
    return way - leg(d, st, c, i, j)


@jit
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


@jit
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


@jit
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
    if ok and d.ch[c].special and not within_limits(d, st, c):
        ok = False
    return ok, cost + more, most, n


@jit
def time_cost(
    d: Data, st: State, wk: Work, o: int, i: int, c: int, t: int, worst: int, budget: float
) -> float:
    """Cost of the times when o starts at t behind i in a chain without load op; HUGE: cannot."""
    late = lateness(d, o, t)
    most = max(worst, late)
    cost = d.op[o].late_cost * late + d.worst_cost * (most - worst)
    if cost >= budget:
        return HUGE
    j = st.op[i].nxt
    at = j if j < d.base else d.size + c
    y = reach(d, st, c, t + d.op[o].dur, leg(d, st, c, o, j), j, st.op[at].start)
    if y > (st.op[j].last if j < d.base else d.ch[c].end_late):
        return HUGE
    if d.ch[c].rides and not rides_ok(d, st, c, i, o, t):
        return HUGE
    if not d.ch[c].special and not d.op[o].linked:
        if y == st.op[at].start:
            return cost
        if j >= d.base:
            return cost + d.over_cost * max(0, y - max(d.ch[c].end_due, st.op[at].start))
        if y <= st.op[j].free:
            return cost
    ok, cost, most, n = attempt(d, st, wk, o, i, c, NONE, NONE, worst, budget)
    undo(st, wk, n)
    unlink(st, o)
    return cost + d.worst_cost * (most - worst) if ok else HUGE


@jit
def seek(d: Data, st: State, wk: Work, o: int, worst: int, budget: float, blink: float) -> bool:
    """Find the cheapest place for one op below budget; the answer is in `found` and `where`."""
    best = budget
    wk.where[0] = -1
    tried_twin = np.int64(-1)
    floor = floor_of(d, st, o)
    loaded = d.op[o].hot + d.op[o].cold > 0
    for e in range(d.op[o].can_at, d.op[o + 1].can_at):
        c = d.can[e].chain
        h = d.base + c
        if st.ch[c].length == 0:
            if d.ch[c].twin == tried_twin:
                continue
            tried_twin = d.ch[c].twin
        base = d.can[e].cost + unfairness(d, st, o, c)
        if base >= best or not may_share(d, st, o, c):
            continue
        i = h
        fits = True
        while True:
            j = st.op[i].nxt
            if loaded and i >= d.tasks:
                fits = room_ok(d, st, o, c, i)
            if not (j < d.base and d.op[j].fixed) and (blink == 0.0 or draw(wk.rng) >= blink):
                if fits:
                    cost = base + d.travel_cost * detour(d, st, c, i, o, j)
                    if cost < best:
                        t = settle(d, st, c, i, o, floor)
                        if t <= d.op[o].late:
                            cost += time_cost(d, st, wk, o, i, c, t, worst, best - cost)
                            if cost < best:
                                best = cost
                                wk.where[0] = i
                                wk.where[1] = c
                                wk.where[2] = -1
                if d.op[o].needs_point and j >= d.tasks:
                    best = seek_trip(d, st, wk, o, i, c, worst, base, best)
            if j >= d.base or st.op[i].start + d.op[i].dur > d.op[o].late:
                break
            i = j
    wk.found[0] = best
    return wk.where[0] >= 0


@jit
def may_share(d: Data, st: State, o: int, c: int) -> bool:
    """Whether nobody of chain c already does what needs another person than o."""
    for e in range(d.op[o].apart_at, d.op[o + 1].apart_at):
        q = d.apart_to[e]
        if st.op[q].nxt >= 0 and d.ch[st.op[q].chain].person == d.ch[c].person:
            return False
    return True


@jit
def seek_trip(
    d: Data, st: State, wk: Work, o: int, i: int, c: int, worst: int, base: float, best: float
) -> float:
    """Try a new trip for o behind i, from the nearest meal point that has it and has room.

    Returns:
        The best cost known.
    """
    h = d.ch[c].load_from
    while h < d.ch[c + 1].load_from and st.op[h].nxt >= 0:
        h += 1
    if h == d.ch[c + 1].load_from:
        return best
    if d.op[o].hot > d.ch[c].hot_room or d.op[o].cold > d.ch[c].cold_room:
        return best
    j = st.op[i].nxt
    free = st.op[i].start + d.op[i].dur
    boxes = d.op[o].hot + d.op[o].cold
    old = leg(d, st, c, i, j) if i != j else 0
    nearest = np.int64(-1)
    cheapest = best
    for point in range(len(d.pt)):
        if not (d.serves[o, point] and d.may_load[c, point]):
            continue
        st.op[h].node = d.pt[point].node
        way = leg(d, st, c, h, o)
        there = leg(d, st, c, i, h)
        cost = base + d.travel_cost * (there + way + leg(d, st, c, o, j) - old)
        if way > d.op[o].ride or cost >= cheapest:
            continue
        t = max(d.pt[point].ready, d.op[h].ready, free + there)
        if t > d.pt[point].late:
            continue
        t = max(t + d.op[h].dur + way, d.op[o].ready)
        cost += d.op[o].late_cost * lateness(d, o, t)
        if t > d.op[o].late or cost >= cheapest:
            continue
        end = t + d.op[o].dur + leg(d, st, c, o, j)
        if end > (st.op[j].last if j < d.base else d.ch[c].end_late):
            continue
        if boxes + boxes_out(d, st, point, (t - way) // HALF_HOUR, h) > d.pt[point].room:
            continue
        cheapest = cost
        nearest = point
    if nearest < 0:
        return best
    st.op[h].node = d.pt[nearest].node
    added = leg(d, st, c, i, h) + leg(d, st, c, h, o) + leg(d, st, c, o, j) - old
    cost = base + d.travel_cost * added
    ok, more, most, n = attempt(d, st, wk, o, i, c, h, nearest, worst, best - cost)
    if ok:
        cost += more + d.worst_cost * (most - worst)
        slot = leaving(d, st, c, h) // HALF_HOUR
        fits = boxes + boxes_out(d, st, nearest, slot, h) <= d.pt[nearest].room
        if cost < best and fits:
            best = cost
            wk.where[0] = i
            wk.where[1] = c
            wk.where[2] = h
            wk.where[3] = nearest
    undo(st, wk, n)
    unlink(st, o)
    unlink(st, h)
    return best


@jit
def keep(
    d: Data, st: State, wk: Work, o: int, i: int, c: int, h: int, point: int, worst: int
) -> int:
    """Put o where `seek` said; returns the largest lateness."""
    _, _, most, n = attempt(d, st, wk, o, i, c, h, point, worst, HUGE)
    st.service[d.ch[c].person] += d.op[o].dur
    for e in range(d.op[o].can_at, d.op[o + 1].can_at):
        if d.can[e].chain == c:
            st.op[o].paid = d.can[e].cost
    freshen(d, st, wk, n, c)
    return most


@jit
def freshen(d: Data, st: State, wk: Work, n: int, c: int) -> None:
    """Refresh chain c and the chains of the n logged ops."""
    wk.touched[c] = True
    for k in range(n):
        o = wk.log[k].op
        wk.touched[o - d.size if o >= d.size else st.op[o].chain] = True
    refresh(d, st, c)
    wk.touched[c] = False
    for k in range(n):
        o = wk.log[k].op
        q = o - d.size if o >= d.size else st.op[o].chain
        if wk.touched[q]:
            refresh(d, st, q)
            wk.touched[q] = False


@jit
def note_spot(wk: Work, row: int, n: int, most: int, cost: float) -> int:
    """Make room for a place among the `most` cheapest of a row, in order of cost.

    Returns:
        Where to write it; -1: it is not among them.
    """
    x = n
    if n == most:
        x -= 1
        if cost >= wk.spot_cost[row, x]:
            return -1
    while x > 0 and wk.spot_cost[row, x - 1] > cost:
        wk.spot[row, x].after = wk.spot[row, x - 1].after
        wk.spot[row, x].chain = wk.spot[row, x - 1].chain
        wk.spot[row, x].start = wk.spot[row, x - 1].start
        wk.spot[row, x].add = wk.spot[row, x - 1].add
        wk.spot_cost[row, x] = wk.spot_cost[row, x - 1]
        x -= 1
    wk.spot_cost[row, x] = cost
    return x


@jit
def list_spots(d: Data, st: State, wk: Work, o: int, row: int, blink: float, most: int) -> int:
    """List the cheapest places for one half of a pair by a lower bound of their cost."""
    n = np.int64(0)
    floor = floor_of(d, st, o)
    loaded = d.op[o].hot + d.op[o].cold > 0
    for e in range(d.op[o].can_at, d.op[o + 1].can_at):
        c = d.can[e].chain
        base = d.can[e].cost + unfairness(d, st, o, c)
        if not may_share(d, st, o, c):
            continue
        i = d.base + c
        while True:
            j = st.op[i].nxt
            if not (j < d.base and d.op[j].fixed) and (blink == 0.0 or draw(wk.rng) >= blink):
                t = settle(d, st, c, i, o, floor)
                if t <= d.op[o].late and (not loaded or room_ok(d, st, o, c, st.op[i].trip)):
                    add = base + d.travel_cost * detour(d, st, c, i, o, j)
                    cost = add + d.op[o].late_cost * lateness(d, o, t)
                    x = note_spot(wk, row, n, most, cost)
                    if x >= 0:
                        wk.spot[row, x].after = i
                        wk.spot[row, x].chain = c
                        wk.spot[row, x].start = t
                        wk.spot[row, x].add = add
                        n = min(n + 1, most)
            if j >= d.base or st.op[i].start + d.op[i].dur > d.op[o].late:
                break
            i = j
    return n
