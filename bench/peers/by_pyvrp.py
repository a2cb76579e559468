"""PyVRP, hybrid genetic search: routing with hard windows, capacity, several depots, long days."""

import time
from typing import Any

import pyvrp
from pyvrp.stop import MaxRuntime

from bench.peers.answer import Answer, is_plain, plan_of
from scheduler.model.plan import Plan
from scheduler.model.problem import CAR, Caregiver, Problem, Window


def solve(problem: Problem, seconds: float, seed: int) -> Answer:
    """See `bench.peers`."""
    if not is_plain(problem):
        return Answer(plan=None, seconds=0.0, note="knows neither pairs nor lateness")
    model = pyvrp.Model()
    travel = problem.travel[CAR]
    spots = [model.add_location(0, 0) for _ in range(len(travel))]
    hours: dict[int, Window] = {}
    for person in problem.caregivers:
        hours[person.shifts[0].origin] = person.shifts[0].window
    depots = {
        home: model.add_depot(spots[home], tw_early=span.start, tw_late=span.end)
        for home, span in sorted(hours.items())
    }
    for task in problem.tasks:
        model.add_client(
            spots[task.location],
            delivery=task.load.hot,
            service_duration=task.duration,
            tw_early=task.window.start,
            tw_late=task.window.end,
        )
    fleets: dict[int, list[Caregiver]] = {home: [] for home in depots}
    for person in problem.caregivers:
        fleets[person.shifts[0].origin].append(person)
    for home, fleet in fleets.items():
        longest = fleet[0].max_work
        model.add_vehicle_type(
            len(fleet),
            capacity=fleet[0].capacity.hot,
            start_depot=depots[home],
            end_depot=depots[home],
            tw_early=hours[home].start,
            tw_late=hours[home].end,
            **({} if longest is None else {"shift_duration": longest}),
        )
    ways = travel.tolist()
    for a, start in enumerate(spots):
        for b, end in enumerate(spots):
            model.add_edge(start, end, distance=ways[a][b], duration=ways[a][b])
    data = model.data()
    began = time.perf_counter()
    found = pyvrp.solve(data, stop=MaxRuntime(seconds), seed=seed, display=False)
    took = time.perf_counter() - began
    if not found.is_feasible():
        return Answer(plan=None, seconds=took, note="found no feasible plan")
    return Answer(plan=_plan(problem, found.best, list(fleets.values())), seconds=took)


def _plan(problem: Problem, best: Any, fleets: list[list[Caregiver]]) -> Plan:
    waiting = [list(fleet) for fleet in fleets]
    chains: list[tuple[Caregiver, int, list[int]]] = []
    for route in best.routes():
        tasks = [one.idx for one in route if one.is_client()]
        chains.append((waiting[route.vehicle_type()].pop(0), 0, tasks))
    return plan_of(problem, chains)
