"""Meals that a visit brings: one stop instead of two (pure).

An order marked for it goes with the resident's visit if one falls into the meal's time and somebody
who may do that visit could carry it. Otherwise, and when the visit is cancelled or left out, it is
the meal run's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from scheduler.care.model import Visit, VisitId, VisitState
from scheduler.meals.demand import IN_THE_BOX_S, point_id
from scheduler.meals.model import Boxes, Kitchen, Order, OrderState
from scheduler.model.plan import Plan
from scheduler.model.problem import CaregiverId, Load, Pin, Task, TaskId, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Somebody who visits and has boxes."""

    id: UUID
    skills: frozenset[str]
    boxes: Boxes


def brought(
    visits: Iterable[Visit],
    orders: Iterable[Order],
    bearers: Sequence[Bearer],
    kitchens: Sequence[Kitchen],
) -> dict[VisitId, Order]:
    """Return which visit brings which order; of several visits that could, the first.

    Args:
        visits: of the day, in order of time.
        orders: marked to come with a visit.
        bearers: visiting that day.
        kitchens: of the centre.
    """
    found: dict[VisitId, Order] = {}
    mine = list(visits)
    for order in orders:
        fitting = (
            visit
            for visit in mine
            if visit.id not in found and _fits(visit, order, bearers, kitchens)
        )
        first = next(fitting, None)
        if first is not None:
            found[first.id] = order
    return found


def _fits(
    visit: Visit, order: Order, bearers: Sequence[Bearer], kitchens: Sequence[Kitchen]
) -> bool:
    return (
        visit.resident_id == order.resident_id
        and visit.staff == 1
        and visit.state == VisitState.PLANNED
        and order.state in {OrderState.ORDERED, OrderState.LOADED}
        and visit.window_from <= order.window_to
        and visit.window_to >= order.window_from
        and any(_carries(bearer, visit, order, kitchens) for bearer in bearers)
    )


def _carries(bearer: Bearer, visit: Visit, order: Order, kitchens: Sequence[Kitchen]) -> bool:
    return (
        visit.skills | visit.wishes <= bearer.skills
        and bearer.id not in visit.refused
        and bearer.boxes.hot >= order.hot
        and bearer.boxes.cold >= order.cold
        and any(
            order.diet in kitchen.diets
            and order.meal in kitchen.hours
            and bearer.boxes.kitchen in {None, kitchen.id}
            for kitchen in kitchens
        )
    )


def laden(
    task: Task,
    order: Order,
    window: Window,
    kitchens: Iterable[Kitchen],
    known: frozenset[CaregiverId],
) -> Task:
    """Return a visit's task with the order's boxes on it.

    Args:
        task: of the visit.
        order: as `brought` gave it.
        window: of the meal, in seconds of the problem.
        kitchens: of the centre.
        known: caregivers of the problem.
    """
    start = max(task.window.start, window.start)
    inside = Window(start=start, end=max(start, min(task.window.end, window.end)))
    if order.state == OrderState.LOADED:
        courier = CaregiverId(str(order.courier))
        aboard = task.pin is None and courier in known
        return replace(task, pin=Pin(caregivers=(courier,))) if aboard else task
    return replace(
        task,
        window=inside,
        load=Load(hot=order.hot, cold=order.cold),
        meal_points=frozenset(
            point_id(kitchen.id, order.meal)
            for kitchen in kitchens
            if order.diet in kitchen.diets and order.meal in kitchen.hours
        ),
        max_ride=IN_THE_BOX_S,
    )


def handed_over(plan: Plan, brought_by: Mapping[TaskId, UUID]) -> list[tuple[UUID, TaskId]]:
    """Return (order, visit's task) of what this plan brings: visits left out bring nothing."""
    placed = plan.placements()
    return [(order, task) for task, order in brought_by.items() if task in placed]
