"""Ids of what the planner asks for itself: the same wish again is the same event, and one job."""

from datetime import datetime
from typing import Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

_NAMESPACE: Final = UUID("6f3a9a52-8a0b-4d43-9f0e-2d1c3d6f7b10")


def event_of(*about: object) -> UUID:
    """Return the id of the event that asks for what the words are about."""
    return uuid5(_NAMESPACE, " ".join(str(each) for each in about))


def hour_of(now: datetime, zone: ZoneInfo) -> str:
    """Return the local hour, for an id: a job that failed is asked for again in the next."""
    return f"{now.astimezone(zone):%Y-%m-%dT%H}"
