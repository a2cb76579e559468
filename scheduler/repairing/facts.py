"""What others are told of a repair."""

from typing import Final

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
