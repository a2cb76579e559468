"""Routes worth remembering: what the merge chooses from."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from scheduler.model.problem import HALF_HOUR
from scheduler.solve.core.timing import leaving, link, refresh, retime
from scheduler.solve.core.types import Data, Ints, State, Work, blank

MOST_ROUTES: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One person's whole day, all shifts, with the times it had.

    Attributes:
        kind: see `kinds`; any other person of that kind could have this day.
        chains: for each of the person's chains its ops in order; a load op stands as
            -1 - (meal point).
        cost: points of this day alone: travel, lateness, overtime, strangers, unfairness.
        starts: start of each op that is linked to others.
        worst: its largest lateness.
        theta: when its breaks fall, see `core.types.State`.
        out: boxes leaving by (meal point, half hour).
        mask: its ops as bits.
    """

    person: int
    kind: int
    chains: tuple[tuple[int, ...], ...]
    cost: float
    ops: tuple[int, ...]
    starts: tuple[tuple[int, int], ...]
    worst: int
    theta: tuple[int, ...]
    out: tuple[tuple[tuple[int, int], int], ...]
    mask: int

    @property
    def key(self) -> object:
        """What makes two columns the same."""
        return (self.kind, self.chains, self.starts, self.theta)


@dataclass(slots=True)
class Pool:
    """Remembers columns; the oldest go first when it is full."""

    data: Data
    columns: dict[object, Column] = field(default_factory=dict)
    _kinds: list[int] = field(init=False)
    _ops: list[tuple[int, float, int]] = field(init=False)

    def __post_init__(self) -> None:
        self._kinds = kinds(self.data).tolist()
        self._ops = self.data.op[["due", "late_cost", "linked"]].tolist()

    def harvest(self, state: State) -> None:
        """Remember every non-empty day of these routes."""
        for column in self.days(state):
            self.columns.pop(column.key, None)
            self.columns[column.key] = column
        while len(self.columns) > MOST_ROUTES:
            del self.columns[next(iter(self.columns))]

    def days(self, state: State) -> list[Column]:
        """Every non-empty day of these routes."""
        # Reading the records one by one took a twelfth of a search of a thousand ops.
        stops = state.op[["nxt", "start", "paid"]].tolist()
        columns = [
            self._column(state, stops, person, kind) for person, kind in enumerate(self._kinds)
        ]
        return [column for column in columns if column.ops]

    def _column(
        self, state: State, stops: list[tuple[int, int, float]], person: int, kind: int
    ) -> Column:
        """A person's day as it is in these routes; `stops` is next op, start, paid of each op."""
        data = self.data
        chains: list[tuple[int, ...]] = []
        starts: list[tuple[int, int]] = []
        ops: list[int] = []
        out: dict[tuple[int, int], int] = {}
        cost, worst = 0.0, 0
        for c in range(int(data.per["chains_at"][person]), int(data.per["chains_at"][person + 1])):
            row: list[int] = []
            o = stops[data.base + c][0]
            while o < data.base:
                after, start, paid = stops[o]
                if o >= data.tasks:
                    point = int(state.op["point"][o])
                    row.append(-1 - point)
                    slot = (point, int(leaving(data, state, c, o)) // HALF_HOUR)
                    out[slot] = out.get(slot, 0) + int(state.op["hot"][o] + state.op["cold"][o])
                else:
                    due, late_cost, linked = self._ops[o]
                    row.append(o)
                    ops.append(o)
                    late = max(0, start - due)
                    cost += late_cost * late + paid
                    worst = max(worst, late)
                    if linked:
                        starts.append((o, start))
                o = after
            cost += data.travel_cost * int(state.ch["riding"][c])
            if row:
                over = int(state.op["start"][data.size + c]) - int(data.ch["end_due"][c])
                cost += data.over_cost * max(0, over)
            chains.append(tuple(row))
        cost += data.unfair_cost * max(0, int(state.service[person] - data.per["share"][person]))
        return Column(
            person=person,
            kind=kind,
            chains=tuple(chains),
            cost=cost,
            ops=tuple(ops),
            starts=tuple(starts),
            worst=worst,
            theta=tuple(state.theta[_breaks(data, person)].tolist()),
            out=tuple(sorted(out.items())),
            mask=sum(1 << o for o in ops),
        )


def kinds(data: Data) -> Ints:
    """Number people so that those of one number could change places for the whole day."""
    seen: dict[object, int] = {}
    numbers = []
    for person in range(data.persons):
        first, behind = (int(at) for at in data.per["chains_at"][person : person + 2])
        key: object = (person,)
        if behind - first == 1:
            key = (int(data.ch["twin"][first]), int(data.per["share"][person]))
        numbers.append(seen.setdefault(key, len(seen)))
    return np.array(numbers, np.int64)


def _breaks(data: Data, person: int) -> slice:
    """Where the breaks of a person's chains are."""
    first, behind = int(data.per["chains_at"][person]), int(data.per["chains_at"][person + 1])
    return slice(int(data.ch["break_at"][first]), int(data.ch["break_at"][behind]))


def assemble(data: Data, work: Work, columns: Collection[Column]) -> State:
    """Routes made of these days."""
    state = blank(data)
    for column in columns:
        state.theta[_breaks(data, column.person)] = column.theta
        for c, row in enumerate(column.chains, start=int(data.per["chains_at"][column.person])):
            free = int(data.ch["load_from"][c])
            for item in row:
                o = item
                if item < 0:
                    o, free = free, free + 1
                    state.op["point"][o] = -1 - item
                    state.op["node"][o] = data.pt["node"][-1 - item]
                    state.op["start"][o] = max(data.pt["ready"][-1 - item], data.op["ready"][o])
                link(state, int(state.op["prv"][data.base + c]), o, c)
                if item >= 0:
                    _account(data, state, o, c)
    for c in range(data.chains):
        refresh(data, state, c)
    work.touched[:] = True
    retime(data, state, work)
    return state


def _account(data: Data, state: State, o: int, c: int) -> None:
    state.op["start"][o] = data.op["ready"][o]
    state.service[data.ch["person"][c]] += data.op["dur"][o]
    spots = data.can["chain"][data.op["can_at"][o] : data.op["can_at"][o + 1]]
    state.op["paid"][o] = data.can["cost"][
        data.op["can_at"][o] + int(np.flatnonzero(spots == c)[0])
    ]
