"""The arrays the compiled search works on.

Named tuples, because the compiler can cache functions over them. Times are int64 seconds, costs
float64 points (whole numbers, exact far beyond any day's cost).
"""

from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from scheduler.solve.core.compiling import inlined

FAR: Final = 1 << 40
"""A time after all times."""

SOON: Final = 1 << 30
"""A time after all times of a day that fits into four bytes."""

_LINE: Final = 64
"""Bytes in a cache line."""

HUGE: Final = 1e17
"""A cost above all costs."""

Ints: TypeAlias = NDArray[np.int64]
SmallInts: TypeAlias = NDArray[np.int32]
Flags: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.float64]
Words: TypeAlias = NDArray[np.uint64]


def _fields(names: str, kind: type) -> list[tuple[str, type]]:
    return [(name, kind) for name in names.split()]


def _record(ints: str, floats: str = "") -> np.dtype[np.void]:
    """Eight bytes a field."""
    return np.dtype(_fields(ints, np.int64) + _fields(floats, np.float64), align=True)


OP: Final = _record(
    "node dur ready due late fixed linked unit hot cold ride needs_point"
    " link_at back_at apart_at can_at",
    "late_cost",
)
"""An op. `due` and `late` are latest wanted and latest possible start, each second after `due`
costs `late_cost`. A `fixed` op is a fact whose start never moves. `ride` is the longest time in
the box; `needs_point` says that it is loaded at a meal point and not at the origin. The `…_at`
fields are the first of its links, back links, `apart_to` and `can` (the next op's is the end)."""

LINK: Final = _record("to gap")
"""start[to] >= start[op] + gap; in `back` the same, seen from its target: `to` is the source."""

CAN: Final = _record("chain", "cost")
"""A chain that may do the op, and what giving it to that chain costs."""

UNIT: Final = _record("first second movable", "price")
"""Its ops (the second is -1 for most), whether it may leave a route, points for leaving it out."""

CHAIN: Final = _record(
    "row dest end_due end_late hot_room cold_room load_from person twin special rides break_at"
)
"""A chain. `row`: where its mode's rows of `travel` begin. `dest` -1: it ends at its last op. Its
load ops begin at `load_from`, its breaks at `break_at` (the next chain's are the end). Chains of
one `twin` number are interchangeable while empty. `special`: a longest day or a battery must be
counted, which is TRIED or told AT_ONCE; 0: no limit. `rides`: it can carry meals with a time
limit."""

PERSON: Final = _record("chains_at max_work max_riding share")
"""A person; `share` is an even share of the day's seconds of service."""

POINT: Final = _record("node ready late room")
"""A meal point; `room` boxes for each half hour."""

REST: Final = _record("begin latest length")
"""A break."""

STOP: Final = np.dtype(
    _fields("nxt start last node free prv chain", np.int64)
    + _fields("way came", np.int32)
    + _fields("trip hot cold point leave", np.int64)
    + _fields("paid", np.float64)
    + _fields("so_far depart to_go arrive", np.int32),
    align=True,
)
"""Where an op is. `nxt` -1: in no route. `way` is the travel to the next op, `came` that from the
one before. `node` and `point` are a load op's choice. `trip` is the load op or sentinel its boxes
come from; `hot` and `cold` are all boxes of the trip that begins here. No start after `last` can be
feasible; starts up to `free` cost nothing more, here and downstream. `leave` is when a load op's
trip leaves. `paid` is the cost of having been given to this chain. Where limits are told AT_ONCE,
`so_far` is the fewest seconds from leaving home to the end of this op and `depart` the latest
leaving for that, `to_go` the fewest from its start to the end of the day and `arrive` the start for
that. What a search reads most comes first and is one cache line."""

STOP_WORDS: Final = STOP.itemsize // 8
"""Known to the compiler, so that a stop is copied in two steps and not word by word."""

TRIED, AT_ONCE = 1, 2
"""How the limits of a chain are told: by trying each change out, or from what its ops remember."""

DAY: Final = _record("riding length worst", "cost")
"""Of a chain: seconds under way, ops of tasks in it, its largest lateness, and what it costs:
travel, lateness, strangers, overtime."""

LOG: Final = _record("op start")
SPOT: Final = _record("after chain start", "add")
"""A place for one half of a pair: its own earliest start there, and cost but for times."""


class Data(NamedTuple):
    """What does not change during a search.

    Records, not one array a field: a compiled call passes seven words for each array, and what is
    read together lies together. `travel` is seconds, [from, to] of one mode below the other (two
    indices are reckoned faster than three), `serves` [op, meal point], `may_load` [chain, meal
    point], `near` [2, unit, rank] related units: by travel, and by travel and time. `excess_cost`
    is for each box beyond a meal point's half hour.

    Empty on days on which every place is looked at: `beside` [unit, rank], places where a unit may
    go, nearest first: twice an op for behind it, one more for before it, -1 for no more; `detour`
    [unit, rank], seconds there and back; `toward`, travel with [to, from]; `pay`
    [op, chain], what `can` says, HUGE where it says nothing.
    """

    tasks: int
    base: int
    size: int
    chains: int
    persons: int
    units: int
    travel_cost: float
    worst_cost: float
    over_cost: float
    unfair_cost: float
    excess_cost: float
    op: Any
    link: Any
    back: Any
    apart_to: Ints
    can: Any
    un: Any
    ch: Any
    per: Any
    pt: Any
    rest: Any
    travel: SmallInts
    toward: SmallInts
    near: SmallInts
    beside: SmallInts
    detour: SmallInts
    serves: Flags
    may_load: Flags
    pay: Floats


class State(NamedTuple):
    """One set of routes with its times.

    `op` has STOP records; the one at `size + c` holds in `start` when chain c ends. `ch` has DAY
    records. A break k is taken on the leg to the first op that would finish after `theta[k]`.
    `service` is seconds of service by person. `words` is the memory of `op`, for copying.
    """

    op: Any
    words: Ints
    ch: Any
    theta: Ints
    service: Ints


class Work(NamedTuple):
    """Scratch space of one thread.

    `out` and `is_out` are the units taken out, to be inserted again, `key` their order. `touched`
    marks chains whose times or derived fields are stale, `dirty` those that are not as they were
    when the try began, `stale` those in which the best routes differ. `spot` and `spot_cost` are
    the places for both halves of a pair, cheapest first. What a search finds is in `found` (its
    cost) and `where`: after, chain, load op, meal point, and the numbers of two spots. `open` are
    empty chains, one of a kind. `count` holds how many those are, how many places are still looked
    at before one is overlooked, and the number of the search that last saw the places in `seen`.
    """

    queue: Ints
    queued: Flags
    log: Any
    touched: Flags
    dirty: Flags
    stale: Flags
    marked: Flags
    stack: Ints
    out: Ints
    is_out: Flags
    key: Floats
    used: Flags
    spot: Any
    spot_cost: Floats
    rng: Words
    found: Floats
    where: Ints
    open: Ints
    count: Ints
    seen: Ints


def allocate(data: Data, seed: int) -> Work:
    """Scratch space for one thread."""
    size, chains, units = data.size, data.chains, data.units
    return Work(
        queue=np.zeros(4 * size + 16, np.int64),
        queued=np.zeros(size, np.bool_),
        log=np.zeros(20 * size + 64, LOG),
        touched=np.zeros(chains, np.bool_),
        dirty=np.zeros(chains, np.bool_),
        stale=np.zeros(chains, np.bool_),
        marked=np.zeros(size, np.bool_),
        stack=np.zeros(size, np.int64),
        out=np.zeros(2 * units + 8, np.int64),
        is_out=np.zeros(units, np.bool_),
        key=np.zeros(2 * units + 8, np.float64),
        used=np.zeros(chains, np.bool_),
        spot=np.zeros((2, size + 8), SPOT),
        spot_cost=np.zeros((2, size + 8), np.float64),
        rng=np.array([(seed * 0x9E3779B97F4A7C15 + 0x1234567) & (2**64 - 1) or 1], np.uint64),
        found=np.zeros(1, np.float64),
        where=np.zeros(6, np.int64),
        open=np.zeros(chains, np.int64),
        count=np.zeros(3, np.int64),
        seen=np.zeros(size, np.int64),
    )


def blank(data: Data) -> State:
    """Routes with nothing in them."""
    size, chains = data.size, data.chains
    sentinels = np.arange(data.base, size)
    op = _by_lines(size + chains)
    for name in ("nxt", "prv", "chain", "point", "trip"):
        op[name] = -1
    op["last"] = FAR
    op["last"][sentinels] = data.ch["end_late"][:chains]
    op["node"][:size] = data.op["node"][:size]
    op["chain"][sentinels] = np.arange(chains)
    op["depart"][sentinels] = SOON
    for name in ("nxt", "prv", "trip"):
        op[name][sentinels] = sentinels
    op["start"][sentinels] = data.op["ready"][sentinels]
    op["start"][size:] = data.op["ready"][sentinels]
    return State(
        op=op,
        words=op.view(np.int64),
        ch=np.zeros(chains, DAY),
        theta=(data.rest["begin"] + data.rest["latest"]) // 2,
        service=np.zeros(data.persons, np.int64),
    )


def _by_lines(rows: int) -> Any:
    """STOP records, each of which begins with a cache line."""
    room = np.zeros(rows * STOP.itemsize + _LINE, np.uint8)
    skip = -room.ctypes.data % _LINE
    return room[skip : skip + rows * STOP.itemsize].view(STOP)


def clone(state: State) -> State:
    """A copy that shares nothing."""
    op = _by_lines(len(state.op))
    op[:] = state.op
    return State(op, op.view(np.int64), *(array.copy() for array in state[2:]))


@inlined
def half(d: Data, u: int, row: int) -> int:
    """First (row 0) or second op of a unit."""
    return d.un[u].first if row == 0 else d.un[u].second
