"""What is ordered, where it is made and what a courier can carry."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

OrderId = NewType("OrderId", UUID)


class Meal(StrEnum):
    """Which meal of the day."""

    LUNCH = "lunch"
    SUPPER = "supper"


class OrderState(StrEnum):
    """Where an order stands."""

    ORDERED = "ordered"
    LOADED = "loaded"
    DELIVERED = "delivered"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    CANCELLED = "cancelled"


SETTLED = frozenset(
    {OrderState.DELIVERED, OrderState.REFUSED, OrderState.NO_ANSWER, OrderState.CANCELLED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One resident's meal.

    Attributes:
        hot: boxes that must stay hot.
        cold: boxes that must stay cold.
        window_from: earliest and, in `window_to`, latest hand-over.
        changed_at: when it was last reported on.
        courier: who did so.
    """

    id: OrderId
    resident_id: UUID
    lat: float
    lon: float
    meal: Meal
    diet: str
    hot: int
    cold: int
    window_from: datetime
    window_to: datetime
    state: OrderState
    changed_at: datetime | None = None
    courier: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kitchen:
    """A meal point with the hours of each meal, in minutes of the local day."""

    id: UUID
    name: str
    lat: float
    lon: float
    per_half_hour: int | None
    diets: frozenset[str]
    hours: dict[Meal, tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Boxes:
    """What a courier can carry.

    Attributes:
        range_m: metres the e-bike's battery lasts; None: no limit.
        kitchen: the only meal point this courier loads at; None: any.
    """

    hot: int
    cold: int
    max_trips: int
    range_m: int | None
    kitchen: UUID | None
