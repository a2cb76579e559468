"""Which places are looked at: those near by, one of alike empty chains, all but a few."""

import numpy as np

from scheduler.solve.core.compiling import inlined
from scheduler.solve.core.timing import ONE, draw
from scheduler.solve.core.types import HUGE, Data, State, Work


@inlined
def gather(d: Data, st: State, wk: Work, o: int, most: int) -> int:
    """Put the places worth considering into `wk.stack`: `most` of `beside`, and in empty chains.

    Some may be in chains that may not do the op.

    Returns:
        How many there are.
    """
    n = np.int64(0)
    u = d.op[o].unit
    turn = wk.count[2] + 1
    wk.count[2] = turn
    for r in range(min(most, d.beside.shape[1])):
        entry = np.int64(d.beside[u, r])
        if entry < 0:
            break
        i = entry >> ONE
        if st.op[i].nxt < 0:
            continue
        if entry & ONE:
            i = st.op[i].prv
        if wk.seen[i] != turn:
            wk.seen[i] = turn
            wk.stack[n] = i
            n += 1
    for x in range(still_open(d, st, wk)):
        c = wk.open[x]
        if d.pay[o, c] < HUGE:
            wk.stack[n] = d.base + c
            n += 1
    return n


@inlined
def still_open(d: Data, st: State, wk: Work) -> int:
    """How many empty chains are listed in `wk.open`, listed anew if one of them has been taken."""
    for x in range(wk.count[0]):
        if st.ch[wk.open[x]].length > 0:
            list_open(d, st, wk)
            break
    return wk.count[0]


@inlined
def list_open(d: Data, st: State, wk: Work) -> None:
    """List the empty chains, one of those that are alike."""
    n = np.int64(0)
    twin = np.int64(-1)
    for c in range(d.chains):
        if st.ch[c].length == 0 and st.op[d.base + c].nxt >= d.base and d.ch[c].twin != twin:
            twin = d.ch[c].twin
            wk.open[n] = c
            n += 1
    wk.count[0] = n


@inlined
def overlooked(wk: Work, blink: float) -> bool:
    """Whether this place is one of the share `blink` that is not looked at."""
    if blink == 0.0:
        return False
    wk.count[1] -= 1
    if wk.count[1] >= 0:
        return False
    wk.count[1] = np.int64(np.log(draw(wk.rng) + 1e-12) / np.log1p(-blink))
    return True
