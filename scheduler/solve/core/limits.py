"""Limits of more than one chain: a meal point's half hour, a person's longest day and battery."""

import numpy as np

from scheduler.solve.core.compiling import jit
from scheduler.solve.core.timing import HALF_HOUR, leg, settle
from scheduler.solve.core.types import FAR, Data, State


@jit
def boxes_out(d: Data, st: State, point: int, slot: int, but: int) -> int:
    """Boxes that leave a meal point in a half hour, load op `but` not counted."""
    n = np.int64(0)
    for h in range(d.tasks, d.base):
        if h != but and st.op[h].point == point and st.op[h].nxt >= 0:
            if st.op[h].leave // HALF_HOUR == slot:
                n += st.op[h].hot + st.op[h].cold
    return n


@jit
def within_limits(d: Data, st: State, c: int) -> bool:
    """Whether chain c keeps the longest day and the battery of its person, all shifts counted."""
    p = d.ch[c].person
    work = np.int64(0)
    riding = np.int64(0)
    for q in range(d.per[p].chains_at, d.per[p + 1].chains_at):
        h = d.base + q
        o = st.op[h].nxt
        if o == h:
            continue
        before = h
        wait = np.int64(0)
        slack = np.int64(FAR)
        while True:
            way = leg(d, st, q, before, o)
            riding += way
            if o >= d.base:
                break
            idle = st.op[o].start - st.op[before].start - d.op[before].dur - way
            if idle > 0:
                wait += idle
            room = wait
            if d.ch[q].break_at != d.ch[q + 1].break_at:
                room = wait if before == h else slack
            elif not d.op[o].linked and not d.op[o].fixed:
                limit = d.op[o].due if d.op[o].late_cost > 0 else d.op[o].late
                if limit > st.op[o].start:
                    room += limit - st.op[o].start
            slack = min(slack, room)
            before = o
            o = st.op[o].nxt
        end = settle(d, st, q, before, h, st.op[before].start)
        room = wait + max(np.int64(0), d.ch[q].end_due - end)
        slack = min(slack, room)
        work += end - st.op[h].start - min(slack, wait)
    return work <= d.per[p].max_work and riding <= d.per[p].max_riding
