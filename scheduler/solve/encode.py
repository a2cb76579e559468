"""From a problem to the arrays of the compiled search."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scheduler.model.cost import fair_shares
from scheduler.model.plan import Placement, Plan
from scheduler.model.problem import MANDATORY, Problem, Task, TaskId
from scheduler.solve.columns import (
    Candidates,
    Chain,
    Times,
    candidates,
    csr,
    ints,
    links_between,
    pair_up,
    serves,
    times_of,
    twins,
)
from scheduler.solve.core.types import (
    AT_ONCE,
    CAN,
    CHAIN,
    FAR,
    HUGE,
    LINK,
    OP,
    PERSON,
    POINT,
    REST,
    TRIED,
    UNIT,
    Data,
    Floats,
    Ints,
    SmallInts,
)
from scheduler.solve.nearness import beside, by_mode, detours, neighbours
from scheduler.solve.reaching import can_meet

MANY_UNITS = 250
"""From so many units on only places near are considered (measured)."""
EXCESS_COST = 2e7
"""Points for a box beyond a meal point's half hour: more than leaving a meal out."""
FACT_PRICE = 100 * MANDATORY
"""Points for a plan without something that has begun, in the search."""


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """The arrays, and what their numbers stand for.

    Attributes:
        op_task: task of each op.
        seats: ops of each task.
        written: days written out before, for `scheduler.solve.decode`.
    """

    problem: Problem
    data: Data
    chains: tuple[Chain, ...]
    op_task: tuple[Task, ...]
    seats: Mapping[TaskId, tuple[int, ...]]
    written: dict[object, Any] = field(default_factory=dict)


def encode(
    problem: Problem,
    *,
    previous: Plan | None = None,
    frozen: frozenset[TaskId] = frozenset(),
    alone: frozenset[TaskId] = frozenset(),
    for_search: bool = True,
) -> Encoded:
    """Lay the problem out in arrays.

    Args:
        problem: the day.
        previous: gives changes against it their price.
        frozen: tasks that stay where they are put.
        alone: tasks that are put in by themselves though they go in pairs with others.
        for_search: False leaves out what only a search needs and what takes longest: `near` is
            empty and no two empty chains are taken for the same.
    """
    chains = tuple(
        Chain(who=who, number=number, person=person, shift=shift)
        for who, person in enumerate(problem.caregivers)
        for number, shift in enumerate(person.shifts)
    )
    ops: list[Task] = []
    seats: dict[TaskId, tuple[int, ...]] = {}
    for task in problem.tasks:
        seats[task.id] = tuple(range(len(ops), len(ops) + task.staff))
        ops.extend([task] * task.staff)
    before = previous.placements() if previous is not None else {}
    data = _data(problem, chains, tuple(ops), seats, before, frozen, alone)
    if for_search:
        data.ch["twin"][: len(chains)] = twins(
            chains, Candidates(data.op["can_at"][: data.tasks + 1], *_can(data))
        )
        data = data._replace(near=neighbours(data))
        if data.units >= MANY_UNITS:
            data = data._replace(beside=beside(data), pay=_pay(data), toward=_toward(data))
            data = data._replace(detour=detours(data))
    return Encoded(problem, data, chains, tuple(ops), seats)


_Row: TypeAlias = int | Sequence[int]


@dataclass(frozen=True, slots=True)
class _Rows:
    """Writes a row over all ops: those of tasks, load ops, sentinels."""

    tasks: int
    base: int
    size: int

    def ints(self, ops: _Row, loads: _Row, sentinels: _Row) -> Ints:
        row = np.zeros(self.size, np.int64)
        row[: self.tasks] = ops
        row[self.tasks : self.base] = loads
        row[self.base :] = sentinels
        return row


def _data(
    problem: Problem,
    chains: tuple[Chain, ...],
    ops: tuple[Task, ...],
    seats: Mapping[TaskId, tuple[int, ...]],
    before: Mapping[TaskId, Placement],
    frozen: frozenset[TaskId],
    alone: frozenset[TaskId],
) -> Data:
    weights, people, points = problem.weights, problem.caregivers, problem.meal_points
    carries = any(task.meal_points and task.load.boxes for task in problem.tasks)
    loads = [
        c for c, chain in enumerate(chains) for _ in range(chain.person.max_trips if carries else 0)
    ]
    rows = _Rows(len(ops), len(ops) + len(loads), len(ops) + len(loads) + len(chains))
    modes = sorted(problem.travel)
    places = len(problem.travel[modes[0]]) if modes else 0
    links = links_between(problem, seats)
    can = candidates(problem, chains, ops, seats, before)
    units, apart = pair_up(
        problem,
        seats,
        links,
        lambda one, other: (
            alone.isdisjoint({ops[one].id, ops[other].id})
            and can_meet(problem, chains, can, (one, ops[one]), (other, ops[other]))
        ),
    )
    times: list[Times] = [times_of(task, weights, before.get(task.id)) for task in ops]
    unit = np.zeros(len(ops), np.int64)
    for number, pair in enumerate(units):
        for o in pair:
            if o >= 0:
                unit[o] = number
    is_fact = [_is_fact(task) for task in ops]
    linked = np.zeros(rows.size, np.bool_)
    for source, target, _ in links:
        linked[[source, target]] = True
    link_at, link_to, link_gap = csr(len(ops), links)
    back_at, back_to, back_gap = csr(len(ops), [(t, s, gap) for s, t, gap in links])
    apart_at, apart_to, _ = csr(len(ops), [(a, b, 0) for a, b in apart])
    rests = [chain.shift.breaks for chain in chains]
    op = _table(
        OP,
        rows.size + 1,
        node=rows.ints([t.location for t in ops], 0, [chain.shift.origin for chain in chains]),
        dur=rows.ints([t.duration for t in ops], [chains[c].person.loading for c in loads], 0),
        ready=rows.ints(
            [time.ready for time in times],
            [chains[c].shift.window.start for c in loads],
            [chain.shift.window.start for chain in chains],
        ),
        due=rows.ints([time.due for time in times], FAR, FAR),
        late=rows.ints([time.late for time in times], FAR, FAR),
        late_cost=[time.cost for time in times],
        fixed=is_fact,
        linked=linked,
        unit=unit,
        hot=[task.load.hot for task in ops],
        cold=[task.load.cold for task in ops],
        ride=rows.ints([FAR if t.max_ride is None else t.max_ride for t in ops], FAR, FAR),
        needs_point=[bool(task.meal_points and task.load.boxes) for task in ops],
        link_at=link_at,
        back_at=back_at,
        apart_at=apart_at,
        can_at=can.at,
    )
    un = _table(
        UNIT,
        len(units),
        first=[first for first, _ in units],
        second=[second for _, second in units],
        movable=[not is_fact[first] and ops[first].id not in frozen for first, _ in units],
        price=[_price(ops, pair) for pair in units],
    )
    may_be_late = any(time.cost and time.due < time.late for time in times)
    plain = not (links or loads or any(is_fact) or may_be_late)
    carries_hot = any(task.max_ride is not None for task in ops)
    ch = _table(
        CHAIN,
        len(chains) + 1,
        row=[modes.index(chain.mode) * places for chain in chains],
        dest=[-1 if c.shift.destination is None else c.shift.destination for c in chains],
        end_due=[chain.shift.window.end for chain in chains],
        end_late=[chain.end_late for chain in chains],
        hot_room=[chain.person.capacity.hot for chain in chains],
        cold_room=[chain.person.capacity.cold for chain in chains],
        load_from=len(ops) + np.searchsorted(ints(loads), np.arange(len(chains) + 1)),
        person=[chain.who for chain in chains],
        twin=np.arange(len(chains)),
        special=[
            0 if not chain.is_special else AT_ONCE if plain and _alone(chain) else TRIED
            for chain in chains
        ],
        rides=[chain.person.max_trips > 0 and carries_hot for chain in chains],
        break_at=np.cumsum([0, *map(len, rests)]),
    )
    per = _table(
        PERSON,
        len(people) + 1,
        chains_at=np.cumsum([0, *(len(person.shifts) for person in people)]),
        max_work=[FAR if p.max_work is None else p.max_work for p in people],
        max_riding=[FAR if p.max_riding is None else p.max_riding for p in people],
        share=list(fair_shares(problem).values()),
    )
    limits = [FAR if p.per_half_hour is None else p.per_half_hour for p in points]
    return Data(
        tasks=rows.tasks,
        base=rows.base,
        size=rows.size,
        chains=len(chains),
        persons=len(people),
        units=len(units),
        travel_cost=float(weights.travel),
        worst_cost=float(weights.worst_lateness),
        over_cost=float(weights.overtime),
        unfair_cost=float(weights.fairness),
        excess_cost=EXCESS_COST if any(limit < FAR for limit in limits) else 0.0,
        op=op,
        link=_table(LINK, len(link_to), to=link_to, gap=link_gap),
        back=_table(LINK, len(back_to), to=back_to, gap=back_gap),
        apart_to=apart_to,
        can=_table(CAN, len(can.chain), chain=can.chain, cost=can.cost),
        un=un,
        ch=ch,
        per=per,
        pt=_table(
            POINT,
            len(points),
            node=[point.location for point in points],
            ready=[point.ready for point in points],
            late=[point.closes for point in points],
            room=limits,
        ),
        rest=_table(
            REST,
            sum(map(len, rests)),
            begin=[rest.window.start for row in rests for rest in row],
            latest=[rest.window.end for row in rests for rest in row],
            length=[rest.duration for row in rests for rest in row],
        ),
        travel=_stacked([problem.travel[mode] for mode in modes]),
        toward=np.zeros((0, 0), np.int32),
        near=np.zeros((2, len(units), 0), np.int32),
        beside=np.zeros((0, 0), np.int32),
        detour=np.zeros((0, 0), np.int32),
        serves=serves(points, [task.meal_points for task in ops]),
        pay=np.zeros((0, 0), np.float64),
        may_load=serves(points, [_points(chain) or _all_points(problem) for chain in chains]),
    )


def _stacked(matrices: Sequence[NDArray[np.int32]]) -> NDArray[np.int32]:
    """One below the other; a single matrix of a large day is looked at, not copied.

    Compiled code takes arrays that may not be written for another type, and compiles anew.
    """
    one = np.ascontiguousarray(matrices[0], np.int32)
    if len(matrices) == 1 and one.flags.writeable:
        return one
    return np.ascontiguousarray(np.concatenate(matrices), np.int32)


def _toward(data: Data) -> SmallInts:
    """Travel with [to, from], so that the ways to one op lie together; the same if it is alike."""
    turned = by_mode(data).transpose(0, 2, 1)
    if np.array_equal(by_mode(data), turned):
        return data.travel
    return np.ascontiguousarray(turned).reshape(data.travel.shape)


def _can(data: Data) -> tuple[Ints, Floats]:
    return data.can["chain"], data.can["cost"]


def _pay(data: Data) -> Floats:
    """[op, chain]; only days on which not every place is considered need it."""
    pay = np.full((data.tasks, data.chains), HUGE)
    ops = np.repeat(np.arange(data.tasks), np.diff(data.op["can_at"][: data.tasks + 1]))
    pay[ops, data.can["chain"]] = data.can["cost"]
    return pay


def _table(kind: np.dtype[np.void], rows: int, **columns: ArrayLike) -> NDArray[np.void]:
    """Records with these columns; beyond a column's end spans stay closed, the rest is zero."""
    table = np.zeros(rows, kind)
    for name, column in columns.items():
        values = np.asarray(column)
        table[name][: len(values)] = values
        if name.endswith("_at") and len(values):
            table[name][len(values) :] = values[-1]
    return table


def _price(ops: tuple[Task, ...], pair: tuple[int, int]) -> float:
    """Points for leaving a unit out; what has begun has no price low enough to do so."""
    if pair[1] < 0:
        return float(FACT_PRICE if _is_fact(ops[pair[0]]) else ops[pair[0]].price)
    tasks = {ops[o].id: FACT_PRICE if _is_fact(ops[o]) else ops[o].price for o in pair if o >= 0}
    return float(sum(tasks.values()))


def _alone(chain: Chain) -> bool:
    """Whether the whole day of its person is this chain, without a break."""
    return len(chain.person.shifts) == 1 and not chain.shift.breaks


def _is_fact(task: Task) -> bool:
    return task.pin is not None and task.pin.started


def _points(chain: Chain) -> frozenset[str]:
    return frozenset(chain.person.meal_points)


def _all_points(problem: Problem) -> frozenset[str]:
    return frozenset(point.id for point in problem.meal_points)
