"""Longest days told at once, of chains in which nothing shifts but the ops behind."""

import numpy as np

from scheduler.solve.core.compiling import inlined
from scheduler.solve.core.types import SOON, Data, State


@inlined
def note_days(d: Data, st: State, c: int) -> None:
    """Keep the shortest days of chain c up to each op and from it on.

    After Savelsbergh, "The vehicle routing problem with time windows: minimizing route duration"
    (1992), in the form of Vidal, Crainic, Gendreau and Prins (2013).
    """
    h = d.base + c
    so_far = np.int64(0)
    depart = np.int64(SOON)
    o = h
    while True:
        st.op[o].so_far = so_far
        st.op[o].depart = depart
        so_far += st.op[o].way
        o = st.op[o].nxt
        if o >= d.base:
            break
        until = d.op[o].late - so_far
        so_far = max(so_far, d.op[o].ready - depart) + d.op[o].dur
        depart = min(depart, until)
    to_go = np.int64(0)
    arrive = np.int64(-SOON)
    o = st.op[h].prv
    while o < d.base:
        way = d.op[o].dur + st.op[o].way
        wait = max(np.int64(0), arrive - way - d.op[o].late)
        arrive = max(arrive - way, d.op[o].ready) - wait
        to_go += way + wait
        st.op[o].to_go = to_go
        st.op[o].arrive = arrive
        o = st.op[o].prv


@inlined
def keeps_day(d: Data, st: State, c: int, i: int, o: int, way: int, out: int) -> bool:
    """Whether chain c keeps its limits with o behind i; for chains that tell them AT_ONCE.

    `way` and `out` are the seconds to o and from it; see `note_days`.
    """
    ahead = st.op[i].so_far + way
    length = max(ahead, d.op[o].ready - st.op[i].depart) + d.op[o].dur + out
    j = st.op[i].nxt
    if j < d.base:
        depart = min(np.int64(st.op[i].depart), d.op[o].late - ahead)
        length = max(length, st.op[j].arrive - depart) + st.op[j].to_go
    p = d.ch[c].person
    riding = st.ch[c].riding + way + out - st.op[i].way
    return length <= d.per[p].max_work and riding <= d.per[p].max_riding
