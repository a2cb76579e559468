"""From orders and meal points to the meal part of the problem (pure).

A meal point is one `MealPoint` of the problem for each meal it makes: lunch and supper have
hours of their own.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from scheduler.centre.localtime import instant
from scheduler.meals.model import Boxes, Kitchen, Meal, Order, OrderState
from scheduler.model.problem import (
    CaregiverId,
    Load,
    MealPoint,
    MealPointId,
    Pin,
    Task,
    TaskId,
    TaskKind,
    Window,
)

HANDING_OVER_S: Final = 90
"""From the saddle to the door, a word, and back."""
IN_THE_BOX_S: Final = 2_700
"""Longest time from leaving the meal point to the door: food stays above 60 °C so long."""


def task_id(order: UUID) -> TaskId:
    """Return the name an order has in the problem."""
    return TaskId(f"meal:{order}")


def point_id(kitchen: UUID, meal: Meal) -> MealPointId:
    """Return the name a meal point has in the problem while it makes `meal`."""
    return MealPointId(f"{kitchen}:{meal}")


def kitchen_of(point: MealPointId) -> UUID:
    """Return the meal point behind a name in the problem."""
    return UUID(point.partition(":")[0])


def task(
    order: Order,
    location: int,
    midnight: datetime,
    kitchens: Iterable[Kitchen],
    known: frozenset[CaregiverId],
) -> Task:
    """Return the order as a task.

    Args:
        order: not cancelled.
        location: row of the travel matrices.
        midnight: second 0 of the problem.
        kitchens: all of the centre; those that make the diet and the meal are kept.
        known: caregivers of the problem.
    """
    fixed = _fixed(order, midnight, known)
    return Task(
        id=task_id(order.id),
        kind=TaskKind.MEAL,
        location=location,
        duration=HANDING_OVER_S,
        window=Window(
            start=_seconds(order.window_from, midnight), end=_seconds(order.window_to, midnight)
        ),
        load=Load() if fixed is not None else Load(hot=order.hot, cold=order.cold),
        meal_points=frozenset()
        if fixed is not None
        else frozenset(
            point_id(kitchen.id, order.meal)
            for kitchen in kitchens
            if order.diet in kitchen.diets and order.meal in kitchen.hours
        ),
        max_ride=None if fixed is not None else IN_THE_BOX_S,
        pin=fixed,
    )


def _fixed(order: Order, midnight: datetime, known: frozenset[CaregiverId]) -> Pin | None:
    """What is loaded stays with its courier; what was handed over is a fact."""
    courier = CaregiverId(str(order.courier))
    if order.state == OrderState.ORDERED or order.changed_at is None or courier not in known:
        return None
    if order.state == OrderState.LOADED:
        return Pin(caregivers=(courier,))
    return Pin(caregivers=(courier,), start=_seconds(order.changed_at, midnight), started=True)


def _seconds(at: datetime, midnight: datetime) -> int:
    return int((at - midnight).total_seconds())


def points(
    kitchens: Sequence[Kitchen], locations: Sequence[int], day: date, zone: ZoneInfo
) -> tuple[MealPoint, ...]:
    """Return the meal points of the problem, one for each kitchen and meal.

    Args:
        kitchens: of the centre.
        locations: a row of the travel matrices for each.
        day: the centre's local day.
        zone: the centre's.
    """
    midnight = instant(day, 0, zone)
    return tuple(
        MealPoint(
            id=point_id(kitchen.id, meal),
            location=location,
            per_half_hour=kitchen.per_half_hour,
            ready=_seconds(instant(day, ready, zone), midnight),
            closes=_seconds(instant(day, closes, zone), midnight),
        )
        for kitchen, location in zip(kitchens, locations, strict=True)
        for meal, (ready, closes) in sorted(kitchen.hours.items())
    )


def may_load_at(boxes: Boxes, all_points: Iterable[MealPoint]) -> frozenset[MealPointId]:
    """Return where a courier may load; empty: anywhere."""
    if boxes.kitchen is None:
        return frozenset()
    return frozenset(point.id for point in all_points if kitchen_of(point.id) == boxes.kitchen)
