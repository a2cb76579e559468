"""Why a task was left out."""

from collections.abc import Sequence

from scheduler.model.plan import Reason, Unplaced
from scheduler.model.problem import Caregiver, Precedence, Problem, Task, TaskId
from scheduler.solve.columns import Chain
from scheduler.solve.encode import Encoded
from scheduler.solve.reaching import needs_point, points_for, reaches


def explain(encoded: Encoded, out: Sequence[TaskId]) -> tuple[Unplaced, ...]:
    """Give each task that is left out the first reason that holds."""
    tasks = {task.id: task for task in encoded.problem.tasks}
    return tuple(_explain(encoded, tasks[task], tasks) for task in out)


def _explain(encoded: Encoded, task: Task, tasks: dict[TaskId, Task]) -> Unplaced:
    problem = encoded.problem
    chains = encoded.chains
    skilled = [chain for chain in chains if task.skills <= chain.person.skills]
    welcome = [chain for chain in skilled if chain.person.id not in task.refused]
    carrying = [chain for chain in welcome if _carries(task, chain.person)]
    d = encoded.data
    seats = encoded.seats[task.id]
    possible = [
        [chains[c] for c in d.can["chain"][d.op["can_at"][o] : d.op["can_at"][o + 1]].tolist()]
        for o in seats
    ]
    reachable = [chain for chain in possible[0] if reaches(problem, task, chain)]
    candidates = len({chain.person.id for chain in reachable})
    checks: list[tuple[bool, Reason]] = [
        (not chains, Reason.NOBODY_AT_WORK),
        (task.pin is not None and not all(possible), Reason.PINNED_AWAY),
        (not skilled, Reason.NO_SKILL),
        (not welcome, Reason.ALL_REFUSED),
        (needs_point(task) and not _has_point(problem, task, welcome), Reason.NO_MEAL_POINT),
        (not carrying, Reason.NO_CAPACITY),
        (not all(possible), Reason.NOBODY_AT_WORK),
        (needs_point(task) and _too_long(problem, task, possible[0]), Reason.TOO_LONG_IN_THE_BOX),
        (not reachable, Reason.TOO_FAR),
        (task.staff == 2 and candidates < 2, Reason.NO_PAIR),
        (any(_contradicts(r, tasks) for r in _rules(problem, task)), Reason.GAP_IMPOSSIBLE),
        (not task.is_mandatory, Reason.COSTS_MORE_THAN_IT_IS_WORTH),
    ]
    reason = next((reason for holds, reason in checks if holds), Reason.DAY_IS_FULL)
    skills = ", ".join(sorted(task.skills))
    return Unplaced(task=task.id, reason=reason, data={"candidates": candidates, "skills": skills})


def _carries(task: Task, person: Caregiver) -> bool:
    load, room = task.load, person.capacity
    return load.hot <= room.hot and load.cold <= room.cold


def _has_point(problem: Problem, task: Task, chains: Sequence[Chain]) -> bool:
    return any(
        chain.person.max_trips > 0 and points_for(problem, task, chain.person) for chain in chains
    )


def _too_long(problem: Problem, task: Task, chains: Sequence[Chain]) -> bool:
    limit = task.max_ride
    return limit is not None and all(
        int(problem.travel[chain.mode][place, task.location]) > limit
        for chain in chains
        for place in points_for(problem, task, chain.person)
    )


def _rules(problem: Problem, task: Task) -> list[Precedence]:
    return [rule for rule in problem.precedences if task.id in {rule.first, rule.then}]


def _contradicts(rule: Precedence, tasks: dict[TaskId, Task]) -> bool:
    first, then = tasks[rule.first].window, tasks[rule.then].window
    too_late = first.start + rule.least > then.end
    return too_late or (rule.most is not None and first.end + rule.most < then.start)
