"""OR-Tools' routing search with guided local search: pairs and gaps as constraints on starts.

Its insertion heuristics place one node at a time and do not see constraints between routes: a
first plan with linked visits is refused as a whole when it is committed. So the first plan comes
from a model in which linked visits have agreed starts instead; what time is left goes to the
whole model, from that plan. Breaks, continuity and the largest lateness are not in its model: its
day is the easier one.
"""

import time
from collections import Counter
from itertools import pairwise
from typing import Any

from ortools.constraint_solver import routing_enums_pb2 as enums
from ortools.constraint_solver.pywrapcp import (
    DefaultRoutingSearchParameters,
    RoutingIndexManager,
    RoutingModel,
)

from bench.peers.answer import Answer, plan_of
from scheduler.model.problem import Caregiver, Problem, Shift, Task, TaskId, Window

DROP = 10_000_000
"""Points for leaving a task out, at most."""
FROM_ZERO, NOT_FROM_ZERO = True, False
"""Where a dimension's cumul variable begins."""


class _Model:
    """Ops as nodes, shifts as vehicles; `agreed`: linked visits by windows, not by constraints."""

    def __init__(self, problem: Problem, *, agreed: bool) -> None:
        self.problem = problem
        self.windows = _agreed(problem) if agreed else {t.id: t.window for t in problem.tasks}
        apart = [rule for rule in problem.precedences if agreed and rule.different_caregivers]
        self.half = {rule.first: 0 for rule in apart} | {rule.then: 1 for rule in apart}
        self.chains: list[tuple[Caregiver, int, Shift]] = [
            (person, number, shift)
            for person in problem.caregivers
            for number, shift in enumerate(person.shifts)
        ]
        self._same_person = [
            (v, w)
            for v, (one, _, _) in enumerate(self.chains)
            for w, (other, _, _) in enumerate(self.chains)
            if v != w and one.id == other.id
        ]
        self.ops: list[int] = [k for k, task in enumerate(problem.tasks) for _ in range(task.staff)]
        ends = len(self.ops)
        starts = [ends + 2 * v for v in range(len(self.chains))]
        self.manager = RoutingIndexManager(
            ends + 2 * len(self.chains), len(self.chains), starts, [s + 1 for s in starts]
        )
        self.places = [problem.tasks[k].location for k in self.ops]
        for _, _, shift in self.chains:
            self.places += [shift.origin, _end(shift)]
        self.routing = RoutingModel(self.manager)
        self.time = self._times()
        self._load()
        self._visits()
        if not agreed:
            self._together()

    def index(self, op: int) -> int:
        return int(self.manager.NodeToIndex(op))

    def _times(self) -> Any:
        weight = self.problem.weights.travel
        horizon = max(shift.window.end + person.max_overtime for person, _, shift in self.chains)
        horizon = max([horizon, *(task.window.end for task in self.problem.tasks)])
        service = [self.problem.tasks[k].duration for k in self.ops] + [0] * (2 * len(self.chains))
        with_service, costs = {}, {}
        for mode, travel in self.problem.travel.items():
            ways = travel[self.places][:, self.places].copy()
            for v, (_, _, shift) in enumerate(self.chains):
                if shift.destination is None:
                    ways[:, len(self.ops) + 2 * v + 1] = 0
            costs[mode] = self.routing.RegisterTransitMatrix((weight * ways).tolist())
            for a, seconds in enumerate(service):
                ways[a] += seconds
            with_service[mode] = self.routing.RegisterTransitMatrix(ways.tolist())
        modes = [person.mode for person, _, _ in self.chains]
        for v, mode in enumerate(modes):
            self.routing.SetArcCostEvaluatorOfVehicle(costs[mode], v)
        self.routing.AddDimensionWithVehicleTransits(
            [with_service[mode] for mode in modes], horizon, horizon, NOT_FROM_ZERO, "time"
        )
        dimension = self.routing.GetDimensionOrDie("time")
        overtime = self.problem.weights.overtime
        for v, (person, _, shift) in enumerate(self.chains):
            start, end = self.routing.Start(v), self.routing.End(v)
            dimension.CumulVar(start).SetRange(shift.window.start, horizon)
            dimension.CumulVar(end).SetMax(shift.window.end + person.max_overtime)
            if person.max_overtime and overtime:
                dimension.SetCumulVarSoftUpperBound(end, shift.window.end, overtime)
            if person.max_work is not None:
                dimension.SetSpanUpperBoundForVehicle(person.max_work, v)
        return dimension

    def _load(self) -> None:
        boxes = [self.problem.tasks[k].load.hot for k in self.ops] + [0] * (2 * len(self.chains))
        if any(boxes):
            rooms = [person.capacity.hot for person, _, _ in self.chains]
            load = self.routing.RegisterUnaryTransitVector(boxes)
            self.routing.AddDimensionWithVehicleCapacity(load, 0, rooms, FROM_ZERO, "load")

    def _visits(self) -> None:
        weights = self.problem.weights
        for op, k in enumerate(self.ops):
            task, at = self.problem.tasks[k], self.index(op)
            window = self.windows[task.id]
            self.time.CumulVar(at).SetRange(window.start, window.end)
            if task.latest_wanted < task.window.end and weights.lateness:
                self.time.SetCumulVarSoftUpperBound(
                    at, task.latest_wanted, weights.lateness * task.urgency
                )
            able = [v for v, (person, _, _) in enumerate(self.chains) if _may(person, task)]
            if task.id in self.half:  # its partner is for the other half of the people
                names = {person.id: n % 2 for n, person in enumerate(self.problem.caregivers)}
                mine = [v for v in able if names[self.chains[v][0].id] == self.half[task.id]]
                able = mine or able
            if len(able) < len(self.chains):
                self.routing.VehicleVar(at).SetValues([-1, *able])
            self.routing.AddDisjunction([at], min(DROP, task.price // task.staff))

    def _together(self) -> None:
        solver = self.routing.solver()
        first: dict[str, int] = {}
        for op, k in enumerate(self.ops):
            first.setdefault(self.problem.tasks[k].id, op)
        for a, b in pairwise(range(len(self.ops))):
            if self.ops[a] == self.ops[b]:
                self._link(solver, a, b, 0, 0, apart=True)
        for rule in self.problem.precedences:
            a, b = first[rule.first], first[rule.then]
            self._link(solver, a, b, rule.least, rule.most, apart=rule.different_caregivers)

    def _link(
        self, solver: Any, a: int, b: int, least: int, most: int | None, *, apart: bool
    ) -> None:
        """Both or neither, b between `least` and `most` seconds behind a."""
        one, two = self.index(a), self.index(b)
        here, there = self.time.CumulVar(one), self.time.CumulVar(two)
        solver.Add(self.routing.ActiveVar(one) == self.routing.ActiveVar(two))
        solver.Add(there >= here + least)
        if most is not None:
            solver.Add(there <= here + most)
        if apart:
            vehicles = self.routing.VehicleVar(one), self.routing.VehicleVar(two)
            solver.Add((vehicles[0] == vehicles[1]) <= 1 - self.routing.ActiveVar(one))
            for v, w in self._same_person:
                solver.Add((vehicles[0] == v) + (vehicles[1] == w) <= 1)


def _agreed(problem: Problem) -> dict[TaskId, Window]:
    """Windows so narrow that whatever keeps them keeps the links' times too."""
    windows = {task.id: task.window for task in problem.tasks}
    wanted = {task.id: task.latest_wanted for task in problem.tasks}
    for task in problem.tasks:
        if task.staff > 1:
            windows[task.id] = Window(start=wanted[task.id], end=wanted[task.id])
    for rule in problem.precedences:
        first, then = windows[rule.first], windows[rule.then]
        end = then.end if rule.most is None else rule.most
        begin = max(first.start, min(first.end, then.start - rule.least))
        slack = max(0, end - rule.least) // 2
        late = max(begin, min(first.end, begin + slack, then.end - rule.least))
        windows[rule.first] = Window(start=begin, end=late)
        low = max(then.start, late + rule.least)
        high = then.end if rule.most is None else min(then.end, begin + rule.most)
        windows[rule.then] = Window(start=low, end=max(low, high))
    return windows


def _end(shift: Shift) -> int:
    return shift.origin if shift.destination is None else shift.destination


def _may(person: Caregiver, task: Task) -> bool:
    return task.skills <= person.skills and person.id not in task.refused


def _asked(seconds: float, *, first_only: bool = False) -> Any:
    asked = DefaultRoutingSearchParameters()
    if first_only:
        asked.solution_limit = 1
    asked.first_solution_strategy = enums.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    asked.local_search_metaheuristic = enums.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    asked.time_limit.FromMilliseconds(max(1, round(1_000 * seconds)))
    return asked


def _nodes(model: _Model, found: Any) -> list[list[int]]:
    """The nodes of each vehicle in order, its ends left out."""
    routes = []
    for v in range(len(model.chains)):
        row: list[int] = []
        at = found.Value(model.routing.NextVar(model.routing.Start(v)))
        while not model.routing.IsEnd(at):
            row.append(model.manager.IndexToNode(at))
            at = found.Value(model.routing.NextVar(at))
        routes.append(row)
    return routes


def _whole_links(problem: Problem, model: _Model, routes: list[list[int]]) -> list[list[int]]:
    """Leave out what is linked to something left out: the whole model wants both or neither."""
    served = Counter(problem.tasks[model.ops[op]].id for row in routes for op in row)
    staff = {task.id: task.staff for task in problem.tasks}
    broken = {name for name, count in staff.items() if served[name] < count}
    while (
        more := {
            name
            for rule in problem.precedences
            for name in (rule.first, rule.then)
            if {rule.first, rule.then} & broken
        }
        - broken
    ):
        broken |= more
    return [[op for op in row if problem.tasks[model.ops[op]].id not in broken] for row in routes]


def solve(problem: Problem, seconds: float, seed: int) -> Answer:
    """See `bench.peers`; its search takes no seed."""
    del seed
    if problem.meal_points:
        return Answer(plan=None, seconds=0.0, note="meal points are not in its model here")
    linked = bool(problem.precedences) or any(task.staff > 1 for task in problem.tasks)
    model = _Model(problem, agreed=linked)
    whole = _Model(problem, agreed=False) if linked else None
    began = time.perf_counter()
    found = model.routing.SolveWithParameters(_asked(seconds, first_only=linked))
    if found is not None and whole is not None:
        whole.routing.CloseModelWithParameters(_asked(seconds))
        routes = _whole_links(problem, model, _nodes(model, found))
        start = whole.routing.ReadAssignmentFromRoutes(routes, True)  # noqa: FBT003
        left = seconds - (time.perf_counter() - began)
        better = (
            start
            and left > 0
            and whole.routing.SolveFromAssignmentWithParameters(start, _asked(left))
        )
        if better:
            model, found = whole, better
    took = time.perf_counter() - began
    if found is None:
        return Answer(plan=None, seconds=took, note="found no feasible plan")
    chains, starts = [], {}
    for v, (person, number, _) in enumerate(model.chains):
        tasks: list[int] = []
        at = model.routing.Start(v)
        while not model.routing.IsEnd(at):
            node = model.manager.IndexToNode(at)
            if node < len(model.ops):
                starts[v, len(tasks)] = found.Min(model.time.CumulVar(at))
                tasks.append(model.ops[node])
            at = found.Value(model.routing.NextVar(at))
        chains.append((person, number, tasks))
    given = starts if linked else None
    plain = not any(shift.breaks for _, _, shift in model.chains)
    return Answer(
        plan=plan_of(problem, chains, given),
        seconds=took,
        note="" if plain else "breaks not in its model",
    )
