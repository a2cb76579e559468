"""The parts of the arrays that take some thought: who may do what, what hangs together."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from scheduler.cost import strangeness
from scheduler.plan import Placement
from scheduler.problem import Caregiver, MealPoint, Problem, Shift, Task, TaskId, Weights
from scheduler.solve.core.types import Flags, Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """One shift of one caregiver; `who` and `number` count caregivers and shifts from 0."""

    who: int
    number: int
    person: Caregiver
    shift: Shift

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
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Which two ops go in together, and which must be different people's besides.

    Two tasks linked to nothing else and needing different people are one unit: their best places
    are looked for together. Longer chains of services go in one by one.
    """
    others: dict[int, set[int]] = {}
    for source, target, _ in links:
        others.setdefault(source, set()).add(target)
        others.setdefault(target, set()).add(source)
    partner = {ops[0]: ops[1] for ops in seats.values() if len(ops) == 2}
    apart = []
    for rule in problem.precedences:
        if not rule.different_caregivers:
            continue
        firsts, thens = seats[rule.first], seats[rule.then]
        lonely = len(firsts) == len(thens) == 1 and all(
            len(others[o]) == 1 for o in (*firsts, *thens)
        )
        if lonely:
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
    at, chain_column, cost_column = [0], [], []
    skilled: dict[frozenset[str], list[int]] = {}
    for o, task in enumerate(ops):
        if task.skills not in skilled:
            skilled[task.skills] = [
                c for c, chain in enumerate(chains) if task.skills <= chain.person.skills
            ]
        fact = task.pin is not None and task.pin.started
        pool = range(len(chains)) if fact else skilled[task.skills]
        for c in pool:
            if _fits(task, chains[c], o - seats[task.id][0], problem):
                chain_column.append(c)
                cost_column.append(_cost(problem, task, chains[c], before.get(task.id)))
        at.append(len(chain_column))
    return Candidates(ints(at), ints(chain_column), np.array(cost_column, np.float64))


def _fits(task: Task, chain: Chain, seat: int, problem: Problem) -> bool:
    person, shift, pin = chain.person, chain.shift, task.pin
    if pin is not None and pin.caregivers and pin.caregivers[seat] != person.id:
        return False
    if pin is not None and pin.started and pin.start is not None:
        return _shift_at(person, pin.start) == chain.number
    in_time = (
        shift.window.start <= task.window.end
        and task.window.start + task.duration <= chain.end_late
    )
    return in_time and person.id not in task.refused and _can_carry(task, person, problem)


def _can_carry(task: Task, person: Caregiver, problem: Problem) -> bool:
    load, room = task.load, person.capacity
    if load.hot > room.hot or load.cold > room.cold:
        return False
    if not (task.meal_points and load.boxes):
        return True
    points = {point.id for point in problem.meal_points}
    if person.meal_points:
        points &= person.meal_points
    return person.max_trips > 0 and bool(points & task.meal_points)


def _shift_at(person: Caregiver, start: int) -> int:
    """The shift a fact belongs to: the last that had begun."""
    begun = [n for n, shift in enumerate(person.shifts) if shift.window.start <= start]
    return begun[-1] if begun else 0


def _cost(problem: Problem, task: Task, chain: Chain, before: Placement | None) -> float:
    weights, who = problem.weights, chain.person.id
    points = strangeness(problem, who, task)
    if task.preferred and who not in task.preferred:
        points += weights.preference
    if before is not None and who not in before.caregivers:
        points += weights.changed_caregiver
    return float(points)


def twins(chains: Sequence[Chain], can: Candidates) -> Ints:
    """Number chains so that two of one number are interchangeable while empty."""
    columns: list[list[tuple[int, float]]] = [[] for _ in chains]
    for o in range(len(can.at) - 1):
        for e in range(can.at[o], can.at[o + 1]):
            columns[can.chain[e]].append((o, float(can.cost[e])))
    shifts = Counter(chain.who for chain in chains)
    seen: dict[object, int] = {}
    numbers = []
    for c, chain in enumerate(chains):
        person = chain.person
        key: object = c
        if shifts[chain.who] == 1:
            key = (
                chain.shift,
                person.mode,
                person.capacity,
                person.max_trips,
                person.meal_points,
                person.loading,
                person.max_work,
                person.max_overtime,
                person.max_riding,
                tuple(columns[c]),
            )
        numbers.append(seen.setdefault(key, len(seen)))
    return ints(numbers)
