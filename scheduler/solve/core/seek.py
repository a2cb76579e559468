"""Where a unit fits best: everywhere, or beside the units nearest to it."""

import numpy as np

from scheduler.solve.core.compiling import inlined, jit
from scheduler.solve.core.insert import (
    BOUND,
    EXACT,
    NEVER,
    attempt,
    behind,
    room_ok,
    time_bound,
    time_cost,
    unfairness,
)
from scheduler.solve.core.limits import boxes_out
from scheduler.solve.core.longest import keeps_day
from scheduler.solve.core.places import gather, overlooked, still_open
from scheduler.solve.core.timing import (
    HALF_HOUR,
    ONE,
    floor_of,
    lateness,
    leaving,
    leg,
    reach,
    undo,
    unlink,
)
from scheduler.solve.core.types import AT_ONCE, FAR, Data, State, Work

PAIR_SPOTS = 48
"""Places kept for each half of a pair before the halves are combined, and for trials."""


@inlined
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


@inlined
def may_share(d: Data, st: State, o: int, c: int) -> bool:
    """Whether nobody of chain c already does what needs another person than o."""
    for e in range(d.op[o].apart_at, d.op[o + 1].apart_at):
        q = d.apart_to[e]
        if st.op[q].nxt >= 0 and d.ch[st.op[q].chain].person == d.ch[c].person:
            return False
    return True


@inlined
def consider(
    d: Data,
    st: State,
    wk: Work,
    o: int,
    i: int,
    c: int,
    way: int,
    out: int,
    floor: int,
    worst: int,
    base: float,
    best: float,
    spots: int,
) -> tuple[float, int]:
    """Note o's place behind i, `way` seconds from it, `out` to the next, if it may be cheapest.

    Returns:
        The best cost known, the number of places that a trial must decide.
    """
    j = st.op[i].nxt
    cost = base + d.travel_cost * (way + out - st.op[i].way)
    if cost >= best or floor + d.op[o].dur > st.op[j].last:
        return best, spots
    t = reach(d, st, c, st.op[i].start + d.op[i].dur, way, o, floor)
    if t > d.op[o].late or (j < d.base and d.op[j].fixed):
        return best, spots
    if d.ch[c].special == AT_ONCE and not keeps_day(d, st, c, i, o, way, out):
        return best, spots
    kind, more = time_bound(d, st, o, i, c, t, out, worst, best - cost)
    if kind == EXACT and cost + more < best:
        best = cost + more
        wk.where[0] = i
        wk.where[1] = c
        wk.where[2] = -1
    elif kind == BOUND:
        x = note_spot(wk, 0, spots, PAIR_SPOTS, cost + more)
        if x >= 0:
            wk.spot[0, x].after = i
            wk.spot[0, x].chain = c
            wk.spot[0, x].add = cost
            spots = min(spots + 1, PAIR_SPOTS)
    return best, spots


@inlined
def scan(
    d: Data, st: State, wk: Work, o: int, floor: int, worst: int, budget: float, blink: float
) -> tuple[float, int]:
    """Consider every place, new trips included."""
    best = budget
    spots = np.int64(0)
    tried_twin = np.int64(-1)
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
        if loaded and d.ch[c].load_from == d.ch[c + 1].load_from and not room_ok(d, st, o, c, h):
            continue
        i = h
        fits = True
        while True:
            j = st.op[i].nxt
            if loaded and i >= d.tasks:
                fits = room_ok(d, st, o, c, i)
            if not overlooked(wk, blink):
                if fits:
                    way, out = leg(d, st, c, i, o), leg(d, st, c, o, j)
                    best, spots = consider(
                        d, st, wk, o, i, c, way, out, floor, worst, base, best, spots
                    )
                if d.op[o].needs_point and j >= d.tasks:
                    best = seek_trip(d, st, wk, o, i, c, worst, base, best)
            if j >= d.base or st.op[i].start > d.op[o].late:
                break
            i = j
    return best, spots


@inlined
def scan_near(
    d: Data,
    st: State,
    wk: Work,
    o: int,
    floor: int,
    worst: int,
    budget: float,
    blink: float,
    most: int,
) -> tuple[float, int]:
    """Consider the first `most` of the places near o, and empty chains."""
    best = budget
    spots = np.int64(0)
    u = d.op[o].unit
    node = st.op[o].node
    for r in range(min(most, d.beside.shape[1])):
        entry = np.int64(d.beside[u, r])
        if entry < 0:
            break
        q = entry >> ONE
        nxt = st.op[q].nxt
        if nxt < 0:
            continue
        # Behind q or before it, told apart by sums: a branch would be guessed wrong every other
        # time, which takes longer than all the rest.
        before = entry & ONE
        prv = st.op[q].prv
        i = q + before * (prv - q)
        j = nxt + before * (q - nxt)
        old = st.op[q].way + before * (st.op[q].came - st.op[q].way)
        # As a way over two others is no shorter than the one between, none of this need be read.
        if d.travel_cost * (d.detour[u, r] - 2 * old) >= best:
            continue
        c = st.op[q].chain
        way = np.int64(d.toward[d.ch[c].row + node, st.op[i].node])
        out = leg(d, st, c, o, j)
        if d.pay[o, c] + d.travel_cost * (way + out - old) >= best or overlooked(wk, blink):
            continue
        base = d.pay[o, c] + unfairness(d, st, o, c)
        if may_share(d, st, o, c) and room_ok(d, st, o, c, st.op[i].trip):
            best, spots = consider(d, st, wk, o, i, c, way, out, floor, worst, base, best, spots)
    for x in range(still_open(d, st, wk)):
        c = wk.open[x]
        h = d.base + c
        if d.pay[o, c] >= best or overlooked(wk, blink):
            continue
        base = d.pay[o, c] + unfairness(d, st, o, c)
        if may_share(d, st, o, c) and room_ok(d, st, o, c, h):
            way, out = leg(d, st, c, h, o), leg(d, st, c, o, h)
            best, spots = consider(d, st, wk, o, h, c, way, out, floor, worst, base, best, spots)
    return best, spots


@inlined
def seek(
    d: Data, st: State, wk: Work, o: int, worst: int, budget: float, blink: float, most_near: int
) -> bool:
    """Find the cheapest place for one op below budget; the answer is in `found` and `where`.

    Places whose cost only a trial can tell are tried last, most promising first. A share `blink`
    of the places is overlooked, for variety; only those beside `most_near` of the units nearest to
    it are looked at, 0: all.
    """
    best = budget
    spots = np.int64(0)
    wk.where[0] = -1
    floor = floor_of(d, st, o)
    if most_near > 0 and not d.op[o].needs_point:
        best, spots = scan_near(d, st, wk, o, floor, worst, best, blink, most_near)
    else:
        best, spots = scan(d, st, wk, o, floor, worst, best, blink)
    for x in range(spots):
        if wk.spot_cost[0, x] >= best:
            break
        i = wk.spot[0, x].after
        c = wk.spot[0, x].chain
        cost = wk.spot[0, x].add
        cost += time_cost(d, st, wk, o, i, c, worst, best - cost)
        if cost < best:
            best = cost
            wk.where[0] = i
            wk.where[1] = c
            wk.where[2] = -1
    wk.found[0] = best
    return wk.where[0] >= 0


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
        if end > st.op[j].last:
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
def list_spots(
    d: Data,
    st: State,
    wk: Work,
    o: int,
    row: int,
    budget: float,
    blink: float,
    most: int,
    most_near: int,
) -> int:
    """List the cheapest places below budget for one half of a pair by a lower bound of their cost.

    Returns:
        How many there are.
    """
    n = np.int64(0)
    floor = floor_of(d, st, o)
    if most_near > 0:
        for x in range(gather(d, st, wk, o, most_near)):
            i = wk.stack[x]
            c = st.op[i].chain
            if d.pay[o, c] < budget and not overlooked(wk, blink) and may_share(d, st, o, c):
                base = d.pay[o, c] + unfairness(d, st, o, c)
                n = list_spot(d, st, wk, o, row, i, c, floor, base, budget, n, most)
        return n
    for e in range(d.op[o].can_at, d.op[o + 1].can_at):
        c = d.can[e].chain
        base = d.can[e].cost + unfairness(d, st, o, c)
        if base >= budget or not may_share(d, st, o, c):
            continue
        i = d.base + c
        while True:
            j = st.op[i].nxt
            if not overlooked(wk, blink):
                n = list_spot(d, st, wk, o, row, i, c, floor, base, budget, n, most)
            if j >= d.base or st.op[i].start > d.op[o].late:
                break
            i = j
    return n


@inlined
def list_spot(
    d: Data,
    st: State,
    wk: Work,
    o: int,
    row: int,
    i: int,
    c: int,
    floor: int,
    base: float,
    budget: float,
    n: int,
    most: int,
) -> int:
    """List one place if it costs less than budget and than the last of a full list.

    Returns:
        How many are listed.
    """
    limit = wk.spot_cost[row, most - 1] if n == most else budget
    j = st.op[i].nxt
    way = leg(d, st, c, i, o)
    out = leg(d, st, c, o, j)
    add = base + d.travel_cost * (way + out - st.op[i].way)
    if add >= limit:
        return n
    t = reach(d, st, c, st.op[i].start + d.op[i].dur, way, o, floor)
    if t > d.op[o].late or (j < d.base and d.op[j].fixed):
        return n
    if d.op[o].hot + d.op[o].cold > 0 and not room_ok(d, st, o, c, st.op[i].trip):
        return n
    cost = add + d.op[o].late_cost * lateness(d, o, t)
    kind, more, _ = behind(d, st, i, o, t, out, c, np.int64(FAR), limit - cost)
    if kind == NEVER or cost + more >= limit:
        return n
    x = note_spot(wk, row, n, most, cost + more)
    if x < 0:
        return n
    wk.spot[row, x].after = i
    wk.spot[row, x].chain = c
    wk.spot[row, x].start = t
    wk.spot[row, x].add = add
    return min(n + 1, most)
