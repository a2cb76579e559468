"""What a courier's report does to an order (pure)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from scheduler.care.reports import believed
from scheduler.meals.model import OrderState

REPORTABLE: Final = frozenset(
    {OrderState.LOADED, OrderState.DELIVERED, OrderState.REFUSED, OrderState.NO_ANSWER}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MealReport:
    """Loaded, delivered, refused or no answer.

    Attributes:
        event_id: made by the phone; the same one again changes nothing.
        state: one of `REPORTABLE`.
        device_at: by the phone's clock.
    """

    event_id: UUID
    state: OrderState
    by: UUID
    device_at: datetime
    received_at: datetime
    reason: str = ""

    @property
    def at(self) -> datetime:
        """When it happened."""
        return believed(self.device_at, self.received_at)


def supersedes(report: MealReport, state: OrderState, changed_at: datetime | None) -> bool:
    """Whether the order now stands as `report` says; reports may come out of order."""
    if report.state == state:
        return False
    if changed_at is None:
        return True
    if report.state == OrderState.LOADED:
        return False  # loading comes before every other report
    return report.at >= changed_at or state == OrderState.LOADED
