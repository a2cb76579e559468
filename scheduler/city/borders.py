"""What two neighbouring parts may trade, and whether they gain by it (pure).

Those whose days come close to the border are taken with all they do. What lies near it is free;
the rest of their visits stay theirs and may move by minutes. Nothing else of the city moves.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scheduler.city.model import City, Part, Piece, Points
from scheduler.city.pieces import piece
from scheduler.model.cost import Cost, cost
from scheduler.model.plan import Placement, Plan, Route
from scheduler.model.problem import Caregiver, CaregiverId, Pin, Problem, Task, TaskId, Window
from scheduler.model.rules import Rule
from scheduler.model.verify import violations

MOST_VISITS: Final = 500
"""Visits that one trade is about; about half of them from either side."""
MOST_LEFT_OUT: Final = 60
MOST_IDLE: Final = 12
"""People of each side without anything to do who may help."""
NEAR_SHARE: Final = 75
"""Percent of the visits, the nearest to the border, that are free to go to somebody else."""
TOLERANCE_S: Final = 900
"""By so much a visit further away may move."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IndexedPlan:
    """A city's plan, looked up.

    Attributes:
        tasks: of the city.
        people: likewise.
        routes: of those who have one.
        placed: who does what, when.
        partners: tasks that each task has a gap to.
        points: locations on a plane.
    """

    city: City
    plan: Plan
    tasks: Mapping[TaskId, Task]
    people: Mapping[CaregiverId, Caregiver]
    routes: Mapping[CaregiverId, Route]
    placed: Mapping[TaskId, Placement]
    partners: Mapping[TaskId, frozenset[TaskId]]
    points: Points


def indexed(city: City, plan: Plan) -> IndexedPlan:
    """Return the plan with what trades look up."""
    partners: dict[TaskId, frozenset[TaskId]] = {}
    for rule in city.problem.precedences:
        for one, other in ((rule.first, rule.then), (rule.then, rule.first)):
            partners[one] = partners.get(one, frozenset()) | {other}
    return IndexedPlan(
        city=city,
        plan=plan,
        tasks={task.id: task for task in city.problem.tasks},
        people={person.id: person for person in city.problem.caregivers},
        routes={route.caregiver: route for route in plan.routes},
        placed=plan.placements(),
        partners=partners,
        points=city.points,
    )


def trade(
    now: IndexedPlan,
    one: Part,
    other: Part,
    *,
    previous: Plan | None = None,
    most: int = MOST_VISITS,
) -> Piece | None:
    """Return what the two may decide anew, beginning with the plan as it is.

    Args:
        now: the city's plan.
        one: a part.
        other: its neighbour.
        previous: the plan in force, which changes are counted against.
        most: visits, those left out not counted.

    Returns:
        None if nobody's day comes near the border.
    """
    apart = {**_apart(now, one, other), **_apart(now, other, one)}
    who = [*_people(now, one, other, apart, most // 2), *_people(now, other, one, apart, most // 2)]
    mine = [task for person in who for task in now.routes[person].tasks]
    if not mine:
        return None
    limit = float(np.percentile([apart.get(task, np.inf) for task in set(mine)], NEAR_SHARE))
    people = frozenset(who)
    found = frozenset(mine)
    free = frozenset(task for task in found if apart.get(task, np.inf) <= limit)
    tasks = [_bound(now, now.tasks[task], people, found, free) for task in sorted(found)]
    tasks += [now.tasks[task] for task in _left_out(now, one, other, people, apart)]
    return piece(
        now.city,
        tasks,
        [person for person in now.city.problem.caregivers if person.id in people],
        initial=now.plan,
        previous=previous,
    )


def _apart(now: IndexedPlan, one: Part, other: Part) -> dict[TaskId, float]:
    """Metres from each visit of one part to the nearest of the other."""
    here = now.points[[now.tasks[task].location for task in one.tasks]]
    return dict(zip(one.tasks, _nearest(here, _places(now, other)).tolist(), strict=True))


def _places(now: IndexedPlan, part: Part) -> Points:
    places: Points = now.points[[now.tasks[task].location for task in part.tasks]]
    return places


def _nearest(here: Points, there: Points) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.full(len(here), np.inf)
    for start in range(0, len(there), 256):
        block = there[start : start + 256]
        square = ((here[:, None, :] - block[None, :, :]) ** 2).sum(axis=2)
        np.minimum(found, square.min(axis=1), out=found)
    return np.sqrt(found)


def _people(
    now: IndexedPlan, part: Part, other: Part, apart: Mapping[TaskId, float], most: int
) -> list[CaregiverId]:
    """Those of a part whose days lie nearest to the other, and some who have nothing to do."""
    busy: list[tuple[float, CaregiverId]] = []
    idle: list[CaregiverId] = []
    for who in part.caregivers:
        tasks = now.routes[who].tasks if who in now.routes else ()
        if tasks:
            # whoever was traded before may be with visits of a third part: those are far
            metres = sorted(apart.get(task, np.inf) for task in tasks)
            busy.append((metres[(len(metres) - 1) // 2], who))
        elif now.people[who].shifts and who in now.routes:
            idle.append(who)
    chosen: list[CaregiverId] = []
    visits = 0
    for metres_away, who in sorted(busy):
        visits += len(now.routes[who].tasks)
        if visits > most or not np.isfinite(metres_away):
            break
        chosen.append(who)
    homes = now.points[[now.people[who].shifts[0].origin for who in idle]]
    away = _nearest(homes, _places(now, other)) if idle else np.zeros(0)
    return chosen + [idle[n] for n in np.argsort(away, kind="stable")[:MOST_IDLE]]


def _bound(
    now: IndexedPlan,
    task: Task,
    people: frozenset[CaregiverId],
    found: frozenset[TaskId],
    free: frozenset[TaskId],
) -> Task:
    """The task as this trade may treat it.

    One that somebody outside takes part in, or that has a gap to one outside, keeps its time.
    """
    there = now.placed[task.id]
    inside = tuple(who for who in there.caregivers if who in people)
    partners = now.partners.get(task.id, frozenset())
    halved = len(inside) < len(there.caregivers)
    tied = any(
        other in now.placed
        and (other not in found or not people.issuperset(now.placed[other].caregivers))
        for other in partners
    )
    started = task.pin is not None and task.pin.started
    if halved or tied:
        pin = Pin(caregivers=inside, start=there.start, started=started)
        return replace(task, staff=len(inside), pin=pin)
    if task.pin is not None or task.id in free:
        return task
    nearly = Window(
        start=max(task.window.start, there.start - TOLERANCE_S),
        end=min(task.window.end, there.start + TOLERANCE_S),
    )
    return replace(
        task, pin=Pin(caregivers=there.caregivers), window=nearly, due=task.latest_wanted
    )


def _left_out(
    now: IndexedPlan,
    one: Part,
    other: Part,
    people: frozenset[CaregiverId],
    apart: Mapping[TaskId, float],
) -> list[TaskId]:
    """What has no place in either part and somebody here could do, nearest to the border first."""
    skills = [now.people[who].skills for who in people]
    theirs = frozenset(one.tasks) | frozenset(other.tasks)
    found = [
        (apart[item.task], item.task)
        for item in now.plan.unplaced
        if item.task in theirs
        and not now.partners.get(item.task)
        and now.tasks[item.task].pin is None
        and sum(now.tasks[item.task].skills <= has for has in skills) >= now.tasks[item.task].staff
    ]
    return [task for _, task in sorted(found)[:MOST_LEFT_OUT]]


def gains(problem: Problem, plan: Plan, before: Plan, *, previous: Plan | None = None) -> bool:
    """Whether `plan` keeps every rule and the city pays less with it."""
    return not violations(problem, plan) and change(problem, plan, before, previous=previous) < 0


def change(problem: Problem, plan: Plan, before: Plan, *, previous: Plan | None = None) -> int:
    """Return the points that the city pays more with `plan`, at most, whatever others do.

    The worst lateness of a city is that of one visit. A trade that makes its own smaller may not
    make the city's smaller, so that counts for nothing here; making it larger counts in full.
    """
    new, old = cost(problem, plan, previous=previous), cost(problem, before, previous=previous)
    worst = new.points[Rule.WORST_LATENESS] - old.points[Rule.WORST_LATENESS]
    return _rest(new) - _rest(old) + max(0, worst)


def _rest(of: Cost) -> int:
    return of.total - of.points[Rule.WORST_LATENESS]
