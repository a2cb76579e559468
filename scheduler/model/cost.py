"""What a plan costs, weighted rule by weighted rule; knows no solver."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from scheduler.model.plan import Placement, Plan, Stop, StopKind
from scheduler.model.problem import Caregiver, CaregiverId, Problem, Task, TaskId
from scheduler.model.rules import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Points by rule."""

    points: Mapping[Rule, int]

    @property
    def total(self) -> int:
        """All points; what the search minimises."""
        return sum(self.points.values())


def cost(problem: Problem, plan: Plan, *, previous: Plan | None = None) -> Cost:
    """Price a plan by `problem.weights`.

    Args:
        problem: the day.
        plan: need not be free of violations.
        previous: the plan in force, when changes against it have a price.
    """
    both = None if previous is None else (previous.placements(), plan.placements())
    return cost_against(problem, plan, both)


def cost_against(
    problem: Problem,
    plan: Plan,
    both: tuple[Mapping[TaskId, Placement], Mapping[TaskId, Placement]] | None,
) -> Cost:
    """As `cost`, with the placements of the plan in force and of this one at hand."""
    weights = problem.weights
    tasks = {task.id: task for task in problem.tasks}
    served = _served(plan, tasks)
    late = [
        (max(0, stop.start - task.latest_wanted), task.urgency)
        for _, stop, task in served
        if task.pin is None or not task.pin.started
    ]
    points = {
        Rule.TRAVEL_TIME: weights.travel * travel_seconds(problem, plan),
        Rule.LATENESS: weights.lateness * sum(seconds * urgency for seconds, urgency in late),
        Rule.WORST_LATENESS: weights.worst_lateness * max((s for s, _ in late), default=0),
        Rule.CONTINUITY: sum(strangeness(problem, who, task) for who, _, task in served),
        Rule.PREFERENCE: weights.preference
        * sum(bool(task.preferred) and who not in task.preferred for who, _, task in served),
        Rule.OVERTIME: weights.overtime * overtime_seconds(problem, plan),
        Rule.FAIRNESS: weights.fairness * _unfair_seconds(problem, plan, tasks),
        Rule.LEFT_OUT: sum(tasks[item.task].price for item in plan.unplaced),
    }
    if both is not None:
        points |= _changes(problem, *both)
    return Cost(points=points)


def _served(plan: Plan, tasks: Mapping[TaskId, Task]) -> list[tuple[CaregiverId, Stop, Task]]:
    return [
        (route.caregiver, stop, tasks[stop.task])
        for route in plan.routes
        for stop in route.stops
        if stop.task is not None
    ]


def strangeness(problem: Problem, who: CaregiverId, task: Task) -> int:
    """Points for sending `who` to a resident who knows others better."""
    if not task.familiar:
        return 0
    return problem.weights.continuity * (100 - task.familiar.get(who, 0)) // 100


def travel_seconds(problem: Problem, plan: Plan) -> int:
    """Seconds under way over all routes, the legs from and to the shifts' ends included."""
    people = {person.id: person for person in problem.caregivers}
    total = 0
    for route in plan.routes:
        person = people[route.caregiver]
        for before, after in pairwise(route.stops):
            if before.shift == after.shift:
                mode = person.mode_in(person.shifts[before.shift])
                total += int(problem.travel[mode][before.location, after.location])
    return total


def overtime_seconds(problem: Problem, plan: Plan) -> int:
    """Seconds worked past the end of shifts."""
    people = {person.id: person for person in problem.caregivers}
    return sum(
        max(0, stop.end - people[route.caregiver].shifts[stop.shift].window.end)
        for route in plan.routes
        for stop in route.stops
        if stop.kind == StopKind.RETURN
    )


def fair_shares(problem: Problem) -> dict[CaregiverId, int]:
    """Seconds of service each would do if all were shared in proportion to shift length."""
    at_work = {person.id: _paid_seconds(person) for person in problem.caregivers}
    service = sum(task.duration * task.staff for task in problem.tasks)
    whole = max(1, sum(at_work.values()))
    return {who: service * seconds // whole for who, seconds in at_work.items()}


def _paid_seconds(person: Caregiver) -> int:
    return sum(shift.window.end - shift.window.start for shift in person.shifts)


def _unfair_seconds(problem: Problem, plan: Plan, tasks: Mapping[TaskId, Task]) -> int:
    if problem.weights.fairness == 0:
        return 0
    shares = fair_shares(problem)
    done = dict.fromkeys(shares, 0)
    for who, _, task in _served(plan, tasks):
        done[who] += task.duration
    return sum(max(0, done[who] - shares[who]) for who in shares)


def _changes(
    problem: Problem,
    before: Mapping[TaskId, Placement],
    after: Mapping[TaskId, Placement],
) -> dict[Rule, int]:
    weights = problem.weights
    pairs = ((placed, after.get(task)) for task, placed in before.items())
    both = [(old, new) for old, new in pairs if new is not None and new is not old]
    moved = (max(0, abs(new.start - old.start) - weights.change_tolerance) for old, new in both)
    swapped = (len(set(old.caregivers) - set(new.caregivers)) for old, new in both)
    return {
        Rule.CHANGED_CAREGIVER: weights.changed_caregiver * sum(swapped),
        Rule.CHANGED_TIME: weights.changed_time * sum(moved),
    }
