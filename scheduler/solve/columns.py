"""The parts of the arrays that take some thought: who may do what, what hangs together."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from scheduler.model.cost import strangeness
from scheduler.model.plan import Placement
from scheduler.model.problem import (
    Caregiver,
    CaregiverId,
    MealPoint,
    MealPointId,
    Mode,
    Pin,
    Problem,
    Shift,
    Task,
    TaskId,
    Weights,
)
from scheduler.solve.core.types import Flags, Floats, Ints

TOGETHER: Final = 256
"""Tasks matched with all chains at once; bounds the memory of a large day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """One shift of one caregiver; `who` and `number` count caregivers and shifts from 0."""

    who: int
    number: int
    person: Caregiver
    shift: Shift

    @property
    def mode(self) -> Mode:
        """Key of the travel times that hold in it."""
        return self.person.mode_in(self.shift)

    @property
    def end_late(self) -> int:
        """Latest end, overtime included."""
        return self.shift.window.end + self.person.max_overtime

    @property
    def is_special(self) -> bool:
        """Whether every change needs its limits counted: longest day, battery."""
        return self.person.max_work is not None or self.person.max_riding is not None


class Times(NamedTuple):
    """When an op may and should start, and what each second after that costs."""

    ready: int
    due: int
    late: int
    cost: float


class Candidates(NamedTuple):
    """CSR over ops: the chains that may do it, at what cost."""

    at: Ints
    chain: Ints
    cost: Floats


def ints(values: Iterable[object]) -> Ints:
    """A row of int64."""
    return np.array(list(values), np.int64)


def csr(rows: int, edges: Collection[tuple[int, int, int]]) -> tuple[Ints, Ints, Ints]:
    """Edges (row, target, weight) sorted by row, with the first of each row."""
    ordered = sorted(edges)
    at = np.searchsorted([edge[0] for edge in ordered], range(rows + 1)).astype(np.int64)
    return at, ints(edge[1] for edge in ordered), ints(edge[2] for edge in ordered)


def serves(points: Sequence[MealPoint], wanted: Sequence[Collection[str]]) -> Flags:
    """[row, meal point] whether the row names the point."""
    table = np.zeros((len(wanted), len(points)), np.bool_)
    for row, names in enumerate(wanted):
        for number, point in enumerate(points):
            table[row, number] = point.id in names
    return table


def times_of(task: Task, weights: Weights, before: Placement | None) -> Times:
    """Start limits of a task, narrowed to what was promised in the plan before."""
    pin = task.pin
    if pin is not None and pin.start is not None:
        if pin.started:
            return Times(pin.start, pin.start, pin.start, 0.0)
        if task.window.start <= pin.start <= task.window.end:
            return Times(pin.start, max(pin.start, task.latest_wanted), pin.start, 0.0)
        return Times(1, 1, 0, 0.0)
    ready, late = task.window.start, task.window.end
    due, price = task.latest_wanted, float(weights.lateness * task.urgency)
    if before is not None and ready <= before.start <= late:
        ready = max(ready, before.start - weights.change_tolerance)
        due = min(due, before.start + weights.change_tolerance)
        price = max(price, float(weights.changed_time))
    return Times(ready, due, late, price)


def links_between(
    problem: Problem, seats: Mapping[TaskId, tuple[int, ...]]
) -> list[tuple[int, int, int]]:
    """Edges (from, to, gap): start[to] >= start[from] + gap."""
    edges = []
    for ops in seats.values():
        if len(ops) == 2:
            edges += [(ops[0], ops[1], 0), (ops[1], ops[0], 0)]
    for rule in problem.precedences:
        first, then = seats[rule.first][0], seats[rule.then][0]
        edges.append((first, then, rule.least))
        if rule.most is not None:
            edges.append((then, first, -rule.most))
    return edges


def pair_up(
    problem: Problem,
    seats: Mapping[TaskId, tuple[int, ...]],
    links: Sequence[tuple[int, int, int]],
    can_meet: Callable[[int, int], bool],
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Which two ops go in together, and which must be different people's besides.

    Two tasks linked to nothing else and needing different people are one unit: their best places
    are looked for together. Longer chains of services go in one by one, and so do two of which
    only one has a chance (`can_meet` tells of two ops): that one must not wait for the other. Of
    two of which one has begun the other must be free to move.
    """
    others: dict[int, set[int]] = {}
    for source, target, _ in links:
        others.setdefault(source, set()).add(target)
        others.setdefault(target, set()).add(source)
    partner = {ops[0]: ops[1] for ops in seats.values() if len(ops) == 2}
    facts = {task.id for task in problem.tasks if task.pin is not None and task.pin.started}
    apart = []
    for rule in problem.precedences:
        if not rule.different_caregivers:
            continue
        firsts, thens = seats[rule.first], seats[rule.then]
        lonely = len(firsts) == len(thens) == 1 and all(
            len(others[o]) == 1 for o in (*firsts, *thens)
        )
        alike = (rule.first in facts) == (rule.then in facts)
        if lonely and alike and can_meet(firsts[0], thens[0]):
            partner[firsts[0]] = thens[0]
        else:
            apart += [(a, b) for a in firsts for b in thens]
            apart += [(b, a) for a in firsts for b in thens]
    seconds = set(partner.values())
    all_ops = [o for ops in seats.values() for o in ops]
    return [(o, partner.get(o, -1)) for o in all_ops if o not in seconds], apart


def candidates(
    problem: Problem,
    chains: Sequence[Chain],
    ops: Sequence[Task],
    seats: Mapping[TaskId, tuple[int, ...]],
    before: Mapping[TaskId, Placement],
) -> Candidates:
    """Every chain an op could be given to, with continuity, preference and change as cost."""
    desk = _Desk(problem, chains)
    facts = [o for o, task in enumerate(ops) if _has_begun_with(task)]
    rest = [o for o, task in enumerate(ops) if not _has_begun_with(task)]
    lengths = np.zeros(len(ops), np.int64)
    known = [desk.fact(ops[o], o - seats[ops[o].id][0], before.get(ops[o].id)) for o in facts]
    lengths[facts] = ints(len(row) for row in known)
    chain_column, cost_column = [np.zeros(0, np.int64)], [np.zeros(0)]
    for first in range(0, len(rest), TOGETHER):
        some = rest[first : first + TOGETHER]
        tasks = [ops[o] for o in some]
        fits = desk.fits(tasks, [o - seats[ops[o].id][0] for o in some])
        lengths[some] = counts = np.count_nonzero(fits, axis=1)
        entries = np.flatnonzero(fits)
        chain_column.append(entries - np.repeat(np.arange(len(some)) * len(chains), counts))
        placed = [before.get(task.id) for task in tasks]
        cost_column.append(desk.costs(tasks, placed, counts, entries))
    at = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    chain, cost = np.concatenate(chain_column), np.concatenate(cost_column)
    if facts:
        where = np.repeat(at[facts] - np.cumsum([0, *lengths[facts[:-1]]]), lengths[facts])
        chain = np.insert(chain, where, [c for row in known for c, _ in row])
        cost = np.insert(cost, where, [points for row in known for _, points in row])
    return Candidates(at=at, chain=chain, cost=cost)


def _has_begun_with(task: Task) -> bool:
    """Whether it has begun with somebody: nothing is left to choose from."""
    return task.pin is not None and task.pin.started and len(task.pin.caregivers) > 0


class _Desk:
    """Knows all chains as columns, so that many tasks are matched with all of them at once."""

    def __init__(self, problem: Problem, chains: Sequence[Chain]) -> None:
        self.problem = problem
        self.chains = chains
        self.start = ints(chain.shift.window.start for chain in chains)
        self.end = ints(chain.end_late for chain in chains)
        self.hot = ints(chain.person.capacity.hot for chain in chains)
        self.cold = ints(chain.person.capacity.cold for chain in chains)
        self.of: dict[CaregiverId, list[int]] = {}
        for c, chain in enumerate(chains):
            self.of.setdefault(chain.person.id, []).append(c)
        self.skills: dict[frozenset[str], int] = {}
        self.skilled: list[Flags] = []
        self.loading: dict[frozenset[MealPointId], Flags] = {}

    def fits(self, tasks: Sequence[Task], seats: Sequence[int]) -> Flags:
        """[task, chain] whether it may do the task, at that seat of it."""
        begins = ints([task.window.start for task in tasks])[:, None]
        ends = begins + ints([task.duration for task in tasks])[:, None]
        latest = ints([task.window.end for task in tasks])[:, None]
        table = self._skilled(tasks) & (self.start <= latest) & (ends <= self.end)
        if any(task.load.boxes for task in tasks):
            table &= ints([task.load.hot for task in tasks])[:, None] <= self.hot
            table &= ints([task.load.cold for task in tasks])[:, None] <= self.cold
        for row, (task, seat) in enumerate(zip(tasks, seats, strict=True)):
            if task.refused:
                for who in task.refused:
                    table[row, self.of.get(who, [])] = False
            if task.meal_points and task.load.boxes:
                table[row] &= self._loads_at(task.meal_points)
            if task.pin is not None:
                self._narrow(table[row], task.pin, seat)
        return table

    def fact(self, task: Task, seat: int, placed: Placement | None) -> list[tuple[int, float]]:
        """The chain a fact with its people is in, with its cost; what it breaks is past."""
        if task.pin is None or task.pin.start is None:
            return []
        who, start = task.pin.caregivers[seat], task.pin.start
        weights = self.problem.weights
        points = strangeness(self.problem, who, task)
        if task.preferred and who not in task.preferred:
            points += weights.preference
        if placed is not None and who not in placed.caregivers:
            points += weights.changed_caregiver
        of = self.of.get(who, [])
        if len(of) > 1:
            number = _shift_at(self.chains[of[0]].person, start)
            of = [c for c in of if self.chains[c].number == number]
        return [(c, float(points)) for c in of]

    def _narrow(self, row: Flags, pin: Pin, seat: int) -> None:
        """Leave only the chains of a pinned task's person; a fact without one may be in any."""
        if pin.started:
            row[:] = True
        if not pin.caregivers:
            return
        possible = [c for c in self.of.get(pin.caregivers[seat], ()) if row[c]]
        row[:] = False
        row[possible] = True

    def _skilled(self, tasks: Sequence[Task]) -> Flags:
        """[task, chain] whether it has the skills."""
        rows = []
        for task in tasks:
            row = self.skills.setdefault(task.skills, len(self.skilled))
            if row == len(self.skilled):
                able = [task.skills <= chain.person.skills for chain in self.chains]
                self.skilled.append(np.array(able, np.bool_))
            rows.append(row)
        table: Flags = np.array(self.skilled, np.bool_)[rows]
        return table

    def _loads_at(self, wanted: frozenset[MealPointId]) -> Flags:
        if wanted not in self.loading:
            known = {point.id for point in self.problem.meal_points} & wanted
            self.loading[wanted] = np.array(
                [
                    chain.person.max_trips > 0 and bool(known & (chain.person.meal_points or known))
                    for chain in self.chains
                ],
                np.bool_,
            )
        return self.loading[wanted]

    def costs(
        self,
        tasks: Sequence[Task],
        before: Sequence[Placement | None],
        counts: Ints,
        entries: Ints,
    ) -> Floats:
        """Points for giving tasks to chains.

        Args:
            tasks: to be given.
            before: where each was.
            counts: chains of each.
            entries: all of them, sorted: number of the task × chains + chain.
        """
        weights = self.problem.weights
        lines = np.array(
            [
                (weights.continuity if task.familiar else 0)
                + (weights.preference if task.preferred else 0)
                + (0 if placed is None else weights.changed_caregiver)
                for task, placed in zip(tasks, before, strict=True)
            ],
            np.float64,
        )
        costs: Floats = np.repeat(lines, counts)
        less = [
            (row, who, strangeness(self.problem, who, task) - weights.continuity)
            for row, task in enumerate(tasks)
            for who in task.familiar
        ]
        less += [
            (row, who, -weights.preference)
            for row, task in enumerate(tasks)
            for who in task.preferred
        ]
        less += [
            (row, who, -weights.changed_caregiver)
            for row, placed in enumerate(before)
            if placed is not None
            for who in placed.caregivers
        ]
        size = len(self.chains)
        known = [
            (row * size + c, points) for row, who, points in less for c in self.of.get(who, ())
        ]
        wanted, points = np.array(known, np.int64).reshape(-1, 2).T
        found = np.searchsorted(entries, wanted)
        there = found < len(entries)
        there[there] = entries[found[there]] == wanted[there]
        np.add.at(costs, found[there], points[there].astype(np.float64))
        return costs


def _shift_at(person: Caregiver, start: int) -> int:
    """The shift a fact belongs to: the last that had begun."""
    begun = [n for n, shift in enumerate(person.shifts) if shift.window.start <= start]
    return begun[-1] if begun else 0


def twins(chains: Sequence[Chain], can: Candidates) -> Ints:
    """Number chains so that two of one number are interchangeable while empty."""
    by_chain = np.argsort(can.chain, kind="stable")
    owner = np.repeat(np.arange(len(can.at) - 1), np.diff(can.at))[by_chain]
    price = can.cost[by_chain]
    ends = np.searchsorted(can.chain[by_chain], np.arange(len(chains) + 1))
    shifts = Counter(chain.who for chain in chains)
    seen: dict[object, int] = {}
    numbers = []
    for c, chain in enumerate(chains):
        person = chain.person
        key: object = c
        if shifts[chain.who] == 1:
            key = (
                chain.shift,
                chain.mode,
                person.capacity,
                person.max_trips,
                person.meal_points,
                person.loading,
                person.max_work,
                person.max_overtime,
                person.max_riding,
                owner[ends[c] : ends[c + 1]].tobytes(),
                price[ends[c] : ends[c + 1]].tobytes(),
            )
        numbers.append(seen.setdefault(key, len(seen)))
    return ints(numbers)
