"""Ruin and recreate under simulated annealing, one chunk of iterations a call."""

from typing import NamedTuple

import numpy as np

from scheduler.solve.core.compiling import inlined, jit
from scheduler.solve.core.insert import keep
from scheduler.solve.core.pairs import insert_pair
from scheduler.solve.core.places import list_open
from scheduler.solve.core.ruin import (
    add_left_out,
    is_in,
    pick_day,
    pick_random,
    pick_related,
    pick_strings,
    pick_worst,
    sort_out,
    take_out,
)
from scheduler.solve.core.seek import seek
from scheduler.solve.core.tails import draw_tails, keeps_limits, swap_tails, tails_swap
from scheduler.solve.core.timing import HALF_HOUR, NONE_YET, draw, retime
from scheduler.solve.core.types import HUGE, STOP_WORDS, Data, Flags, Ints, State, Work, half

BREAKS_MOVE = 0.15
"""Share of tries that move the breaks of the routes they touch."""


class Recipe(NamedTuple):
    """How to search; plain numbers so that a change compiles nothing."""

    mean_out: float
    most_out: int
    longest: float
    blink: float
    share_strings: float
    share_related: float
    share_day: float
    share_worst: float
    retries: int
    by_travel: float
    most_near: int
    tails: int


@jit
def copy(to: State, source: State) -> None:
    """Overwrite one set of routes with another."""
    for x in range(len(source.words)):
        to.words[x] = source.words[x]
    for c in range(len(source.ch)):
        to.ch[c].riding = source.ch[c].riding
        to.ch[c].length = source.ch[c].length
        to.ch[c].worst = source.ch[c].worst
        to.ch[c].cost = source.ch[c].cost
    for k in range(len(source.theta)):
        to.theta[k] = source.theta[k]
    for p in range(len(source.service)):
        to.service[p] = source.service[p]


@inlined
def follow(d: Data, to: State, source: State, wk: Work, n: int, differs: Flags) -> None:
    """Overwrite routes with others that differ only in some chains and the n units in `wk.out`."""
    for x in range(n):
        for row in range(2):
            o = half(d, wk.out[x], row)
            if o >= 0:
                copy_op(to, source, o)
    for c in range(d.chains):
        if not differs[c]:
            continue
        differs[c] = False
        copy_op(to, source, d.size + c)
        o = d.base + c
        while True:
            copy_op(to, source, o)
            o = source.op[o].nxt
            if o >= d.base:
                break
        for h in range(d.ch[c].load_from, d.ch[c + 1].load_from):
            copy_op(to, source, h)
        to.ch[c].riding = source.ch[c].riding
        to.ch[c].length = source.ch[c].length
        to.ch[c].worst = source.ch[c].worst
        to.ch[c].cost = source.ch[c].cost
        for k in range(d.ch[c].break_at, d.ch[c + 1].break_at):
            to.theta[k] = source.theta[k]
        p = d.ch[c].person
        to.service[p] = source.service[p]


@inlined
def accept(
    d: Data,
    st: State,
    best: State,
    spare: State,
    wk: Work,
    n: int,
    cost: float,
    best_cost: float,
    left_out: float,
) -> float:
    """Let `spare` follow `st`, and `best` too if it is beaten; returns the best cost."""
    for c in range(d.chains):
        if wk.dirty[c]:
            wk.stale[c] = True
    follow(d, spare, st, wk, n, wk.dirty)
    if cost < best_cost - 1e-6:
        best_cost = cost
        if left_out > 0:
            copy(best, st)
        else:
            follow(d, best, st, wk, NONE_YET, wk.stale)
    return best_cost


@inlined
def copy_op(to: State, source: State, o: int) -> None:
    """Overwrite where one op is."""
    first = o * STOP_WORDS
    for x in range(STOP_WORDS):
        to.words[first + x] = source.words[first + x]


@inlined
def worst_of(d: Data, st: State) -> int:
    """Largest lateness."""
    worst = np.int64(0)
    for c in range(d.chains):
        worst = max(worst, st.ch[c].worst)
    return worst


@jit
def excess(d: Data, st: State) -> int:
    """Boxes beyond what meal points can make in their half hours."""
    over = np.int64(0)
    for h in range(d.tasks, d.base):
        if st.op[h].nxt < 0:
            continue
        point = st.op[h].point
        slot = st.op[h].leave // HALF_HOUR
        boxes = np.int64(0)
        first = True
        for q in range(d.tasks, d.base):
            if st.op[q].nxt >= 0 and st.op[q].point == point:
                if st.op[q].leave // HALF_HOUR == slot:
                    if q < h:
                        first = False
                        break
                    boxes += st.op[q].hot + st.op[q].cold
        if first and boxes > d.pt[point].room:
            over += boxes - d.pt[point].room
    return over


@jit
def price_out(d: Data, st: State) -> float:
    """Points for the units that are in no route."""
    price = 0.0
    for u in range(d.units):
        if not is_in(d, st, u):
            price += d.un[u].price
    return price


@inlined
def routes_cost(d: Data, st: State) -> float:
    """All points of the routes but for `excess`."""
    cost = 0.0
    worst = np.int64(0)
    for c in range(d.chains):
        cost += st.ch[c].cost
        worst = max(worst, st.ch[c].worst)
    cost += d.worst_cost * worst
    if d.unfair_cost > 0:
        for p in range(d.persons):
            cost += d.unfair_cost * max(0, st.service[p] - d.per[p].share)
    return cost


@jit
def total(d: Data, st: State) -> float:
    """All points, what is left out included."""
    cost = routes_cost(d, st) + price_out(d, st)
    if d.excess_cost > 0:
        cost += d.excess_cost * excess(d, st)
    return cost


@inlined
def insert(
    d: Data, st: State, wk: Work, u: int, worst: int, budget: float, blink: float, most_near: int
) -> int:
    """Put a unit where it costs least, unless that is not below `budget` or its price.

    What it costs, or would have cost had it been left out, is in `found`.

    Returns:
        Largest lateness.
    """
    most = np.int64(-1)
    budget = min(budget, d.un[u].price)
    if d.un[u].second >= 0:
        most = insert_pair(d, st, wk, u, worst, budget, blink, most_near)
    else:
        o = d.un[u].first
        where = wk.where
        while True:
            if seek(d, st, wk, o, worst, budget, blink, most_near):
                most = keep(d, st, wk, o, where[0], where[1], where[2], where[3], worst)
                break
            if blink == 0.0 or budget < 1e7:
                break
            blink = 0.0
            most_near = np.int64(0)
    if most < 0:
        wk.found[0] = d.un[u].price
        return worst
    return most


@jit
def construct(d: Data, st: State, wk: Work, order: Ints) -> float:
    """Insert units one by one, in this order, where they cost least."""
    worst = worst_of(d, st)
    for u in order:
        if not is_in(d, st, u):
            worst = insert(d, st, wk, u, worst, HUGE, 0.0, NONE_YET)
    return total(d, st)


@jit
def ruin(d: Data, st: State, wk: Work, rc: Recipe) -> int:
    """Pick units to take out; returns how many."""
    units = d.units
    want = min(1 + int(draw(wk.rng) * 2.0 * rc.mean_out), rc.most_out, units)
    u = int(draw(wk.rng) * units)
    r = draw(wk.rng)
    kind = 0 if draw(wk.rng) < rc.by_travel else 1
    if r < rc.share_strings:
        routes = 1 + int(draw(wk.rng) * max(1.0, 4.0 * rc.mean_out / (1.0 + rc.longest) - 1.0))
        longest = 1.0 + draw(wk.rng) * (rc.longest - 1.0)
        return pick_strings(d, st, wk, u, rc.most_out, kind, longest, routes)
    r -= rc.share_strings
    if r < rc.share_related:
        return pick_related(d, st, wk, u, want, kind)
    r -= rc.share_related
    if r < rc.share_day:
        return pick_day(d, st, wk, u, rc.most_out)
    r -= rc.share_day
    if r < rc.share_worst:
        return pick_worst(d, st, wk, want)
    return pick_random(d, st, wk, want)


@jit
def move_breaks(d: Data, st: State, wk: Work) -> None:
    """Let the breaks of ruined chains, and of any one, fall at another time.

    Often at an edge of their window: a visit that begins or ends there leaves no other time.
    """
    wk.touched[int(draw(wk.rng) * d.chains)] = True
    for c in range(d.chains):
        if wk.touched[c]:
            for k in range(d.ch[c].break_at, d.ch[c + 1].break_at):
                span = d.rest[k].latest - d.rest[k].begin
                where = draw(wk.rng)
                if where < 0.2:
                    st.theta[k] = d.rest[k].begin
                elif where < 0.4:
                    st.theta[k] = d.rest[k].latest
                else:
                    st.theta[k] = d.rest[k].begin + int(draw(wk.rng) * (span + 1))


@jit
def in_time(d: Data, st: State) -> bool:
    """Whether all hard times hold; what a moved break can spoil."""
    for o in range(d.tasks):
        if st.op[o].nxt >= 0 and st.op[o].start > d.op[o].late and not d.op[o].fixed:
            return False
    for c in range(d.chains):
        if st.ch[c].length > 0 and st.op[d.size + c].start > d.ch[c].end_late:
            return False
    return True


@jit
def run_chunk(
    d: Data,
    st: State,
    best: State,
    spare: State,
    wk: Work,
    rc: Recipe,
    cost: float,
    best_cost: float,
    iterations: int,
    heat: tuple[float, float],
) -> tuple[float, float, int]:
    """Search from `st`, cooling from the first to the second of `heat`.

    Returns:
        Cost of `st`, cost of `best` (overwritten when beaten), tries accepted.
    """
    accepted = 0
    warm, cold = heat
    copy(spare, st)
    left_out = price_out(d, st)
    for c in range(d.chains):
        wk.dirty[c] = False
        wk.stale[c] = True
    swaps = rc.tails if tails_swap(d) else 0
    for it in range(iterations):
        t = warm * (cold / warm) ** (it / iterations)
        room = -t * np.log(draw(wk.rng) + 1e-12)
        for _ in range(swaps):
            if not draw_tails(d, st, wk, room):
                continue
            c = st.op[wk.where[0]].chain
            k = st.op[wk.where[1]].chain
            if not swap_tails(d, st, wk):
                continue
            retime(d, st, wk)
            new = routes_cost(d, st) + left_out
            if new < cost + room and keeps_limits(d, st, c) and keeps_limits(d, st, k):
                cost = new
                best_cost = accept(d, st, best, spare, wk, NONE_YET, cost, best_cost, left_out)
            else:
                follow(d, st, spare, wk, NONE_YET, wk.dirty)
        n = ruin(d, st, wk, rc)
        take_out(d, st, wk, n)
        if len(d.rest) > 0 and draw(wk.rng) < BREAKS_MOVE:
            move_breaks(d, st, wk)
        retime(d, st, wk)
        if len(d.rest) > 0 and not in_time(d, st):
            for x in range(n):
                wk.is_out[wk.out[x]] = False
            follow(d, st, spare, wk, n, wk.dirty)
            continue
        still_out = left_out
        if left_out > 0:
            picked = n
            n = add_left_out(d, st, wk, n, rc.retries)
            for x in range(picked, n):
                still_out -= d.un[wk.out[x]].price
        sort_out(d, wk, n)
        worst = worst_of(d, st)
        new = routes_cost(d, st) + still_out
        limit = cost + room
        list_open(d, st, wk)
        for x in range(n):
            wk.is_out[wk.out[x]] = False
        for x in range(n):
            worst = insert(d, st, wk, wk.out[x], worst, limit - new, rc.blink, rc.most_near)
            new += wk.found[0]
            if new >= limit:
                break
        if new < limit:
            for x in range(n):
                if not is_in(d, st, wk.out[x]):
                    still_out += d.un[wk.out[x]].price
            new = routes_cost(d, st) + still_out
            if d.excess_cost > 0:
                new += d.excess_cost * excess(d, st)
        if new < limit:
            accepted += 1
            cost = new
            left_out = still_out
            best_cost = accept(d, st, best, spare, wk, n, cost, best_cost, left_out)
        else:
            follow(d, st, spare, wk, n, wk.dirty)
    return cost, best_cost, accepted
