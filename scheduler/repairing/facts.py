"""What others are told of a repair, and what is written down of it."""

from datetime import datetime
from typing import Final

from kernel.audit import Act, By
from kernel.outbox import Fact
from scheduler.repairing.model import Repair

ASKED: Final = "repair.asked"
"""Topic of the fact that wakes the planner process."""


def told(topic: str, repair: Repair) -> Fact:
    """Return the fact that a repair has come so far; it names nobody."""
    return Fact(
        topic=topic,
        area=repair.area,
        subject=str(repair.id),
        payload={"repair_id": str(repair.id), "day": repair.day.isoformat(), "cause": repair.cause},
    )


def act(action: str, repair: Repair, at: datetime, by: By, reason: str) -> Act:
    """Return what is written down of somebody's doing something to a repair."""
    return Act(
        at=at,
        by=by,
        action=action,
        area=repair.area,
        subject=f"repair:{repair.id}",
        reason=reason,
    )
