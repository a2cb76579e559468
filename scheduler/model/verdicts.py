"""Verifies a plan again and again, remembering of each route what was found good (pure).

Every rule is `verify`'s. A route is not looked at again while all that its rules read is as it was:
the same stops of the same person by the same travel times, and tasks that say the same.
Only what is good is remembered: as soon as anything is not, the whole plan is verified anew.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Final

from scheduler.model.plan import Plan, Route, Stop, StopKind
from scheduler.model.problem import Caregiver, MealPoint, Mode, Problem, Task, TaskId
from scheduler.model.verify import (
    Violation,
    between,
    coverage,
    half_hours,
    is_fact,
    of_day,
    of_meals,
    of_visit,
    seats_of,
    shape,
    violations,
)

MOST_REMEMBERED: Final = 4_000
"""Routes; beyond that all are forgotten."""

_carried: Final[Callable[[Task], tuple[Any, ...]]] = attrgetter(
    "location", "load", "meal_points", "max_ride"
)
"""All that `shape` and `of_meals` read of a task."""


@dataclass(slots=True)
class _Good:
    """A route found good.

    Attributes:
        route: kept, so that nothing else gets its number.
        visits: its stops at tasks.
        ids: of those tasks.
        tasks: they were good for.
        facts: which of them had begun, each time the day was good.
    """

    route: Route
    person: Caregiver
    visits: tuple[Stop, ...]
    ids: tuple[TaskId, ...]
    tasks: list[Task]
    has_load: bool
    facts: set[tuple[bool, ...]] = field(default_factory=set)


class Verdicts:
    """What was found good, by route."""

    def __init__(self) -> None:
        self._good: dict[int, _Good] = {}
        self._travel: Mapping[Mode, object] | None = None
        self._points: tuple[MealPoint, ...] = ()

    def forget(self) -> None:
        """Look at everything again."""
        self._good.clear()

    def carry_over(self, travel: Mapping[Mode, object]) -> None:
        """Take these travel times for those before: they are the same, with more places."""
        self._travel = travel

    def violations(self, problem: Problem, plan: Plan) -> tuple[Violation, ...]:
        """As `verify.violations`, sooner where routes are the same objects as before."""
        if problem.travel is not self._travel or problem.meal_points != self._points:
            self.forget()
        if len(self._good) > MOST_REMEMBERED:
            self.forget()
        self._travel, self._points = problem.travel, problem.meal_points
        return () if self._is_good(problem, plan) else violations(problem, plan)

    def _is_good(self, problem: Problem, plan: Plan) -> bool:
        people = {person.id: person for person in problem.caregivers}
        tasks = {task.id: task for task in problem.tasks}
        ids = {route.caregiver for route in plan.routes}
        if len(ids) != len(plan.routes) or not people.keys() >= ids:
            return False
        loaded: list[Route] = []
        for route in plan.routes:
            good = self._route(problem, people[route.caregiver], route, tasks)
            if good is None:
                return False
            if good.has_load:
                loaded.append(route)
        seats = seats_of(plan)
        whole = (
            coverage(problem, plan, seats),
            between(problem, seats, tasks),
            half_hours(problem, Plan(routes=tuple(loaded)), tasks),
        )
        return not any(any(True for _ in broken) for broken in whole)

    def _route(
        self, problem: Problem, person: Caregiver, route: Route, tasks: Mapping[TaskId, Task]
    ) -> _Good | None:
        """What is known of the route from now on; None if it is not good."""
        known = self._good.get(id(route))
        if known is None or (known.person is not person and known.person != person):
            return self._look(problem, person, route, tasks)
        now = [tasks[task] for task in known.ids if task in tasks]
        if len(now) != len(known.ids):
            return None
        moved = [n for n, task in enumerate(now) if task is not known.tasks[n]]
        if any(_carried(now[n]) != _carried(known.tasks[n]) for n in moved):
            return self._look(problem, person, route, tasks)
        if moved and not _holds(problem, known, moved, now):
            return None
        return known

    def _look(
        self, problem: Problem, person: Caregiver, route: Route, tasks: Mapping[TaskId, Task]
    ) -> _Good | None:
        """Verify all of a route."""
        if shape(person, route, tasks) is not None:
            return None
        visits = tuple(stop for stop in route.stops if stop.task is not None)
        served = [tasks[task] for task in route.tasks]
        broken = (of_day(problem, person, route, tasks), of_meals(problem, person, route, tasks))
        if any(any(True for _ in each) for each in broken):
            return None
        if not _are_good(person, list(zip(visits, served, strict=True))):
            return None
        good = _Good(
            route=route,
            person=person,
            visits=visits,
            ids=route.tasks,
            tasks=served,
            has_load=any(stop.kind == StopKind.LOAD for stop in route.stops),
            facts={tuple([is_fact(task) for task in served])},
        )
        self._good[id(route)] = good
        return good


def _holds(problem: Problem, known: _Good, moved: Sequence[int], now: list[Task]) -> bool:
    """Whether a route is good for tasks that differ in time or person from those before."""
    if not _are_good(known.person, [(known.visits[n], now[n]) for n in moved]):
        return False
    facts = tuple([is_fact(task) for task in now])
    if facts not in known.facts:
        tasks = {task.id: task for task in now}
        if any(True for _ in of_day(problem, known.person, known.route, tasks)):
            return False
        known.facts.add(facts)
    known.tasks = now
    return True


def _are_good(person: Caregiver, visits: Sequence[tuple[Stop, Task]]) -> bool:
    return not any(True for stop, task in visits for _ in of_visit(person, stop, task))
