"""The best whole out of remembered days: set partitioning by CP-SAT.

Every task is in exactly one chosen day or left out at its price; where nothing but its own day
hangs on a task it may be in several, and is taken out of all but one afterwards: more days go
together then, and CP-SAT is twice as fast. Days that share a pair or an
ordered service keep the starts they had, and only days whose starts agree go together, so that
whatever is chosen can be done as it stands; earliest starts afterwards can only improve it.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from ortools.sat.python import cp_model

from scheduler.solve.core.types import Data
from scheduler.solve.covers import each_once, may_cover
from scheduler.solve.pool import Column, kinds

DETERMINISTIC_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What came of it.

    Attributes:
        verdict: CP-SAT's status in lower case.
        bound: no choice from these days can cost less, points; None: none was found, or a task may
            be taken out of a day, which makes it another.
        columns: the chosen days; empty if none was found.
    """

    verdict: str
    bound: int | None
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeLimits:
    """How CP-SAT may look for them.

    Attributes:
        seconds: wall time.
        threads: workers.
        seed: of CP-SAT.
        repeatable: stop by deterministic work instead of by the clock.
    """

    seconds: float
    threads: int
    seed: int
    repeatable: bool


def merge(
    data: Data,
    columns: Sequence[Column],
    best: Collection[Column],
    limits: MergeLimits,
    *,
    fixed: Sequence[Column] = (),
) -> Merged:
    """Choose days.

    Args:
        data: the problem.
        columns: the pool; must contain `best`.
        best: the days of the best plan, as a hint.
        limits: how long to look.
        fixed: days that stand, and are not in `columns`.
    """
    overlapping = may_cover(data)
    model = cp_model.CpModel()
    chosen = [model.new_bool_var("") for _ in columns]
    kept = set(map(id, best))
    for column, var in zip(columns, chosen, strict=True):
        model.add_hint(var, id(column) in kept)
    columns = [*columns, *fixed]
    chosen += [model.new_constant(1) for _ in fixed]
    points = _cover(model, data, columns, chosen, [*best, *fixed], fixed) + _worst(
        model, data, columns, chosen
    )
    points += sum(round(column.cost) * var for column, var in zip(columns, chosen, strict=True))
    _keep_in_step(model, data, columns, chosen)
    _keep_half_hours(model, data, columns, chosen)
    model.minimize(points)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1 if limits.repeatable else limits.threads
    solver.parameters.random_seed = limits.seed
    # Without presolve CP-SAT chooses from twice as many regions in a second.
    solver.parameters.cp_model_presolve = not overlapping
    solver.parameters.linearization_level = 2  # pools of 800 days: 0.1 s instead of over 10 s
    solver.parameters.max_time_in_seconds = 60.0 if limits.repeatable else limits.seconds
    if limits.repeatable:
        solver.parameters.max_deterministic_time = DETERMINISTIC_SECONDS
    status = solver.solve(model)
    name = solver.status_name(status).lower()
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return Merged(verdict=name, bound=None, columns=())
    found = _seated(data, [column for n, column in enumerate(columns) if solver.value(chosen[n])])
    if overlapping:
        return Merged(verdict=name, bound=None, columns=each_once(data, found))
    return Merged(verdict=name, bound=round(solver.best_objective_bound), columns=found)


def _seated(data: Data, chosen: Sequence[Column]) -> tuple[Column, ...]:
    """Give each day to a person of its kind, if it can be to the one who had it."""
    free = defaultdict(list)
    for person, kind in enumerate(kinds(data).tolist()):
        free[kind].append(person)
    seated = []
    waiting = []
    for column in chosen:
        if column.person in free[column.kind]:
            free[column.kind].remove(column.person)
            seated.append(column)
        else:
            waiting.append(column)
    seated += [replace(column, person=free[column.kind].pop()) for column in waiting]
    return tuple(seated)


def _cover(
    model: cp_model.CpModel,
    data: Data,
    columns: Sequence[Column],
    chosen: Sequence[Any],
    best: Collection[Column],
    fixed: Collection[Column],
) -> Any:
    """Every unit once (or more, see `once`) or left out, every person at most one day.

    Returns:
        Points for what is left out.
    """
    hold = model.add_bool_or if may_cover(data) else model.add_exactly_one
    by_op: dict[int, list[int]] = defaultdict(list)
    by_kind: dict[int, list[int]] = defaultdict(list)
    for n, column in enumerate(columns):
        by_kind[column.kind].append(n)
        for o in column.ops:
            by_op[o].append(n)
    people = np.bincount(kinds(data)).tolist()
    for kind, numbers in by_kind.items():
        if people[kind] == 1:
            model.add_at_most_one(chosen[n] for n in numbers)
        elif len(numbers) > people[kind]:
            model.add(sum(chosen[n] for n in numbers) <= people[kind])
    placed = {o for column in best for o in column.ops}
    done = {o for column in fixed for o in column.ops}
    points = []
    for first, second, _, price in data.un.tolist():
        if first in done and (second < 0 or second in done):
            continue
        out = model.new_bool_var("")
        model.add_hint(out, first not in placed)
        points.append(round(price) * out)
        for o in (first, second):
            if o >= 0:
                hold([out, *(chosen[n] for n in by_op[o])])
    return sum(points)


def _worst(
    model: cp_model.CpModel, data: Data, columns: Sequence[Column], chosen: Sequence[Any]
) -> Any:
    """Points for the largest lateness."""
    worst = model.new_int_var(0, max((column.worst for column in columns), default=0), "")
    for n, column in enumerate(columns):
        if column.worst:
            model.add(worst >= column.worst * chosen[n])
    return round(data.worst_cost) * worst


def _keep_in_step(
    model: cp_model.CpModel, data: Data, columns: Sequence[Column], chosen: Sequence[Any]
) -> None:
    """Of two linked ops, days with starts that break the link exclude each other."""
    starts: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for n, column in enumerate(columns):
        for o, start in column.starts:
            starts[o].append((start, n))
    for o, row in starts.items():
        for e in range(int(data.op["link_at"][o]), int(data.op["link_at"][o + 1])):
            q, gap = int(data.link["to"][e]), int(data.link["gap"][e])
            own = {n for _, n in row} & {n for _, n in starts.get(q, ())}
            for start in sorted({start for start, _ in row}):
                late = [n for t, n in row if t >= start and n not in own]
                early = [n for t, n in starts.get(q, ()) if t < start + gap and n not in own]
                if late and early:
                    model.add_at_most_one(chosen[n] for n in (*late, *early))


def _keep_half_hours(
    model: cp_model.CpModel, data: Data, columns: Sequence[Column], chosen: Sequence[Any]
) -> None:
    out: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for n, column in enumerate(columns):
        for slot, boxes in column.out:
            out[slot].append((boxes, n))
    for (point, _), terms in out.items():
        room = int(data.pt["room"][point])
        if sum(boxes for boxes, _ in terms) > room:
            model.add(sum(boxes * chosen[n] for boxes, n in terms) <= room)
