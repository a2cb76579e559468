"""What a plan comes to, in the figures people ask for (pure)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from scheduler.model.cost import cost, travel_seconds
from scheduler.model.plan import Plan, Reason, Stop, StopKind
from scheduler.model.problem import CaregiverId, Mode, Problem, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A plan in figures.

    Attributes:
        tasks: visits or meals asked for.
        placed: of them, how many somebody is sent to.
        unplaced: how many are left out, by reason.
        travel_s: seconds under way, all together.
        paid_travel_s: of them, between stops: the ways from home and back are people's own.
        late_s: seconds after the wanted time, all together, of what has not begun.
        late: how many of those are late.
        continuity: percent of visits by somebody who came in the last weeks, of those to
            residents somebody came to at all; None: nobody knows anybody.
        busy: caregivers with something to do.
        cost: points.
    """

    tasks: int
    placed: int
    unplaced: Mapping[Reason, int]
    travel_s: int
    paid_travel_s: int
    late_s: int
    late: int
    continuity: int | None
    busy: int
    cost: int

    def summary(self) -> dict[str, Any]:
        """Return what is stored with a plan version and shown on the planner's page."""
        return {
            "visits": self.tasks,
            "placed": self.placed,
            "unplaced": sum(self.unplaced.values()),
            "reasons": {str(reason): count for reason, count in self.unplaced.items()},
            "travel_s": self.travel_s,
            "paid_travel_s": self.paid_travel_s,
            "late_s": self.late_s,
            "late": self.late,
            "continuity": self.continuity,
            "busy": self.busy,
            "cost": self.cost,
        }


def figures(problem: Problem, plan: Plan, *, previous: Plan | None = None) -> Figures:
    """Return the figures of `plan`; with `previous`, its cost counts changes."""
    asked = [task for task in problem.tasks if task.kind.is_asked_for]
    served = list(_served(problem, plan))
    late = [
        stop.start - task.latest_wanted
        for _, stop, task in served
        if stop.start > task.latest_wanted and not (task.pin and task.pin.started)
    ]
    known = [task.familiar.get(who, 0) > 0 for who, _, task in served if task.familiar]
    return Figures(
        tasks=len(asked),
        placed=len({task.id for _, _, task in served}),
        unplaced=dict(Counter(item.reason for item in plan.unplaced)),
        travel_s=travel_seconds(problem, plan),
        paid_travel_s=_between_stops(problem, plan),
        late_s=sum(late),
        late=len(late),
        continuity=100 * sum(known) // len(known) if known else None,
        busy=len({who for who, _, _ in served}),
        cost=cost(problem, plan, previous=previous).total,
    )


def _between_stops(problem: Problem, plan: Plan) -> int:
    people = {person.id: person for person in problem.caregivers}

    def mode(who: CaregiverId, stop: Stop) -> Mode:
        return people[who].mode_in(people[who].shifts[stop.shift])

    return sum(
        int(problem.travel[mode(route.caregiver, after)][before.location, after.location])
        for route in plan.routes
        for before, after in pairwise(route.stops)
        if before.kind != StopKind.DEPART and after.kind not in {StopKind.DEPART, StopKind.RETURN}
    )


def _served(problem: Problem, plan: Plan) -> Iterator[tuple[CaregiverId, Stop, Task]]:
    asked = {task.id: task for task in problem.tasks if task.kind.is_asked_for}
    for route in plan.routes:
        for stop in route.stops:
            if stop.task in asked:
                yield route.caregiver, stop, asked[stop.task]
