"""Which units to take out: related ones, strings of neighbouring routes, a day, the worst.

Strings follow Christiaens and Vanden Berghe, "Slack induction by string removals" (2020); related
removal follows Shaw (1998).
"""

import numpy as np

from scheduler.solve.core.compiling import inlined, jit
from scheduler.solve.core.timing import draw, leg, unlink
from scheduler.solve.core.types import Data, State, Work, half


@inlined
def is_in(d: Data, st: State, u: int) -> bool:
    """Whether any of the unit's ops is in a route."""
    return st.op[d.un[u].first].nxt >= 0 or (d.un[u].second >= 0 and st.op[d.un[u].second].nxt >= 0)


@inlined
def pick(d: Data, st: State, wk: Work, n: int, u: int) -> int:
    """Add u to what goes out, if it may; returns how many there are."""
    if wk.is_out[u] or not d.un[u].movable or not is_in(d, st, u):
        return n
    wk.is_out[u] = True
    wk.out[n] = u
    return n + 1


@inlined
def take_out(d: Data, st: State, wk: Work, n: int) -> None:
    """Unlink n picked units and trips left without boxes; marks touched chains."""
    for x in range(n):
        for row in range(2):
            o = half(d, wk.out[x], row)
            if o < 0 or st.op[o].nxt < 0:
                continue
            c = st.op[o].chain
            wk.touched[c] = True
            st.service[d.ch[c].person] -= d.op[o].dur
            before = st.op[o].prv
            unlink(st, o)
            behind = st.op[before].nxt
            if d.tasks <= before < d.base and behind >= d.tasks:
                unlink(st, before)
            for e in range(d.op[o].link_at, d.op[o + 1].link_at):
                q = d.link[e].to
                if st.op[q].nxt >= 0:
                    wk.touched[st.op[q].chain] = True


@jit
def pick_random(d: Data, st: State, wk: Work, want: int) -> int:
    """Any units."""
    units = d.units
    n = np.int64(0)
    for _ in range(4 * want):
        if n < want:
            n = pick(d, st, wk, n, np.int64(draw(wk.rng) * units))
    return n


@jit
def pick_related(d: Data, st: State, wk: Work, u: int, want: int, kind: int) -> int:
    """Units near u in travel (kind 0) or in travel and time (kind 1)."""
    n = pick(d, st, wk, np.int64(0), u)
    for r in range(d.near.shape[2]):
        if n >= want:
            break
        if draw(wk.rng) < 0.75:
            n = pick(d, st, wk, n, np.int64(d.near[kind, u, r]))
    return n


@jit
def pick_strings(
    d: Data, st: State, wk: Work, u: int, want: int, kind: int, longest: float, routes: int
) -> int:
    """A stretch out of each of a few routes that pass near u."""
    n = np.int64(0)
    for c in range(d.chains):
        wk.used[c] = False
    taken = 0
    for r in range(-1, d.near.shape[2]):
        if taken >= routes or n >= want:
            break
        p = u if r < 0 else np.int64(d.near[kind, u, r])
        o = d.un[p].first
        if d.un[p].second >= 0 and draw(wk.rng) < 0.5:
            o = d.un[p].second
        if wk.is_out[p] or st.op[o].nxt < 0:
            continue
        c = st.op[o].chain
        if wk.used[c]:
            continue
        wk.used[c] = True
        taken += 1
        length = 1 + int(draw(wk.rng) * min(longest, float(st.ch[c].length)))
        spared = 0
        if length > 1 and length < st.ch[c].length and draw(wk.rng) < 0.5:
            while length + spared < st.ch[c].length and draw(wk.rng) < 0.5:
                spared += 1
        back = int(draw(wk.rng) * (length + spared))
        while back > 0 and st.op[o].prv < d.base:
            o = st.op[o].prv
            back -= 1
        skip_from = int(draw(wk.rng) * (length + 1))
        seen = 0
        while o < d.base and seen < length + spared:
            if o < d.tasks:
                if not skip_from <= seen < skip_from + spared:
                    n = pick(d, st, wk, n, d.op[o].unit)
                seen += 1
            o = st.op[o].nxt
    return n


@jit
def pick_day(d: Data, st: State, wk: Work, u: int, most: int) -> int:
    """All that u's caregiver does on that shift."""
    o = d.un[u].first
    if st.op[o].nxt < 0:
        return 0
    n = np.int64(0)
    o = st.op[d.base + st.op[o].chain].nxt
    while o < d.base and n < most:
        if o < d.tasks:
            n = pick(d, st, wk, n, d.op[o].unit)
        o = st.op[o].nxt
    return n


@jit
def burden(d: Data, st: State, u: int) -> float:
    """What a unit costs where it is: detour, lateness, stranger."""
    cost = 0.0
    for row in range(2):
        o = half(d, u, row)
        if o < 0 or st.op[o].nxt < 0:
            continue
        c = st.op[o].chain
        i = st.op[o].prv
        j = st.op[o].nxt
        way = leg(d, st, c, i, o) + leg(d, st, c, o, j)
        if i != j:
            way -= leg(d, st, c, i, j)
        cost += d.travel_cost * way + st.op[o].paid
        if st.op[o].start > d.op[o].due:
            cost += d.op[o].late_cost * (st.op[o].start - d.op[o].due)
    return cost


@jit
def pick_worst(d: Data, st: State, wk: Work, want: int) -> int:
    """The costliest of a few random ones, again and again."""
    units = d.units
    n = np.int64(0)
    for _ in range(want):
        best = np.int64(-1)
        most = -1.0
        for _ in range(6):
            u = np.int64(draw(wk.rng) * units)
            if not wk.is_out[u] and d.un[u].movable and burden(d, st, u) > most:
                most = burden(d, st, u)
                best = u
        if best >= 0:
            n = pick(d, st, wk, n, best)
    return n


@inlined
def add_left_out(d: Data, st: State, wk: Work, n: int, most: int) -> int:
    """Append units that are in no route, so that they are tried again; at most so many."""
    units = d.units
    first = int(draw(wk.rng) * units)
    added = 0
    for x in range(units):
        u = first + x if first + x < units else first + x - units
        if not wk.is_out[u] and not is_in(d, st, u) and d.un[u].movable:
            wk.is_out[u] = True
            wk.out[n] = u
            n += 1
            added += 1
            if added >= most:
                break
    return n


@inlined
def sort_out(d: Data, wk: Work, n: int) -> None:
    """Put what goes in again into one of several orders."""
    r = draw(wk.rng)
    for x in range(n):
        u = wk.out[x]
        o = d.un[u].first
        noise = draw(wk.rng)
        choices = d.op[o + 1].can_at - d.op[o].can_at
        if r < 0.25:
            wk.key[x] = noise
        elif r < 0.40:
            wk.key[x] = d.op[o].ready + 1e-3 * noise
        elif r < 0.50:
            wk.key[x] = d.op[o].due + 1e-3 * noise
        elif r < 0.57:
            wk.key[x] = -d.op[o].ready
        elif r < 0.67:
            wk.key[x] = d.op[o].due - d.op[o].ready
        elif r < 0.80:
            scarce = 0.5 if d.un[u].second >= 0 else 1.0
            wk.key[x] = choices * scarce * (0.7 + 0.6 * noise)
        elif r < 0.88:
            wk.key[x] = -(d.op[o].hot + d.op[o].cold) - d.op[o].dur
        elif r < 0.96:
            wk.key[x] = -d.travel[d.op[d.base].node, d.op[o].node]
        else:
            wk.key[x] = d.travel[d.op[d.base].node, d.op[o].node]
    for x in range(1, n):
        u = wk.out[x]
        key = wk.key[x]
        y = x
        while y > 0 and wk.key[y - 1] > key:
            wk.key[y] = wk.key[y - 1]
            wk.out[y] = wk.out[y - 1]
            y -= 1
        wk.key[y] = key
        wk.out[y] = u
