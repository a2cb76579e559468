"""The same instance in PyVRP's words; it knows neither pairs nor lateness."""

from scheduler.formats import Instance
from scheduler.problem import CAR


def pyvrp_objective(instance: Instance, seconds: float, seed: int) -> float | None:
    """Best distance PyVRP finds in that wall time, in the file's units; None: not installed."""
    try:
        from pyvrp import Model  # noqa: PLC0415 - an optional peer
        from pyvrp.stop import MaxRuntime  # noqa: PLC0415 - an optional peer
    except ImportError:
        return None
    problem = instance.problem
    travel = problem.travel[CAR]
    model = Model()
    spots = [model.add_location(0, 0) for _ in range(len(travel))]
    homes = sorted({person.shifts[0].origin for person in problem.caregivers})
    hours = {person.shifts[0].origin: person.shifts[0].window for person in problem.caregivers}
    depots = {
        home: model.add_depot(spots[home], tw_early=hours[home].start, tw_late=hours[home].end)
        for home in homes
    }
    for task in problem.tasks:
        model.add_client(
            spots[task.location],
            delivery=task.load.hot,
            service_duration=task.duration,
            tw_early=task.window.start,
            tw_late=task.window.end,
        )
    for home in homes:
        fleet = [person for person in problem.caregivers if person.shifts[0].origin == home]
        limit = fleet[0].max_work
        more = {} if limit is None else {"shift_duration": limit}
        model.add_vehicle_type(
            len(fleet),
            capacity=fleet[0].capacity.hot,
            start_depot=depots[home],
            end_depot=depots[home],
            tw_early=hours[home].start,
            tw_late=hours[home].end,
            **more,
        )
    for a, start in enumerate(spots):
        for b, end in enumerate(spots):
            way = int(travel[a, b])
            model.add_edge(start, end, distance=way, duration=way)
    found = model.solve(stop=MaxRuntime(seconds), seed=seed, display=False)
    return float(found.cost()) / instance.scale if found.is_feasible() else None
