"""VROOM at its deepest exploration: routing with hard windows, capacity and several depots.

It ends by itself; the wall time given is only its limit.
"""

import time
from datetime import timedelta

import vroom

from bench.peers.answer import Answer, is_plain, plan_of
from scheduler.model.problem import CAR, Caregiver, Problem

DEEPEST = 5


def solve(problem: Problem, seconds: float, seed: int) -> Answer:
    """See `bench.peers`; it has no seed."""
    del seed
    if not is_plain(problem):
        return Answer(plan=None, seconds=0.0, note="knows neither pairs nor lateness")
    if any(person.max_work is not None for person in problem.caregivers):
        return Answer(plan=None, seconds=0.0, note="knows no longest day with service in it")
    model = vroom.Input()
    model.set_durations_matrix(profile="car", matrix_input=problem.travel[CAR].astype("uint32"))
    for number, person in enumerate(problem.caregivers):
        shift = person.shifts[0]
        model.add_vehicle(
            vroom.Vehicle(
                number,
                start=shift.origin,
                end=shift.destination,
                capacity=[person.capacity.hot],
                time_window=vroom.TimeWindow(shift.window.start, shift.window.end),
            )
        )
    for number, task in enumerate(problem.tasks):
        model.add_job(
            vroom.Job(
                number,
                task.location,
                default_service=task.duration,
                delivery=vroom.Amount([task.load.hot]),
                time_windows=[vroom.TimeWindow(task.window.start, task.window.end)],
            )
        )
    began = time.perf_counter()
    found = model.solve(exploration_level=DEEPEST, nb_threads=1, timeout=timedelta(seconds=seconds))
    took = time.perf_counter() - began
    chains: dict[int, tuple[Caregiver, int, list[int]]] = {
        number: (person, 0, []) for number, person in enumerate(problem.caregivers)
    }
    for _, step in found.routes.iterrows():
        if step["type"] == "job":
            chains[int(step["vehicle_id"])][2].append(int(step["id"]))
    return Answer(plan=plan_of(problem, list(chains.values())), seconds=took)
