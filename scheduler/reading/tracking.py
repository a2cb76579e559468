"""When somebody will be where, from the plan and what has been reported (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One stop of somebody's day, with what is known of it.

    Attributes:
        travel_s: planned seconds under way to it.
        started_at: when it began; None: not yet.
        ended_at: when it ended; None: not yet.
        void: it will not take place (cancelled, missed): no time is spent on it.
    """

    start_at: datetime
    end_at: datetime
    travel_s: int
    started_at: datetime | None = None
    ended_at: datetime | None = None
    void: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """When a stop begins and ends as far as is known; late against the plan, never negative."""

    start_at: datetime
    end_at: datetime
    late_s: int


def estimates(legs: Iterable[Leg], now: datetime, *, nearby_s: int | None = None) -> list[Estimate]:
    """Return an estimate for each stop.

    Nobody starts before the planned time: it is what was promised. What should have begun and
    has not, begins now at the earliest.

    Args:
        legs: one caregiver's day in order of time.
        now: the present.
        nearby_s: seconds to the next stop that has not begun, from a fresh position; None: the
            plan's travel time after the stop before it.
    """
    found: list[Estimate] = []
    free_at: datetime | None = None
    for leg in legs:
        if leg.void:
            found.append(Estimate(start_at=leg.start_at, end_at=leg.end_at, late_s=0))
            continue
        lasts = leg.end_at - leg.start_at
        if leg.started_at is not None:
            start = leg.started_at
            end = leg.ended_at or max(start + lasts, now)
        else:
            start = max(leg.start_at, now)
            if nearby_s is not None:
                start = max(start, now + timedelta(seconds=nearby_s))
                nearby_s = None
            elif free_at is not None:
                start = max(start, free_at + timedelta(seconds=leg.travel_s))
            end = start + lasts
        free_at = end
        late = max(0, int((start - leg.start_at).total_seconds()))
        found.append(Estimate(start_at=start, end_at=end, late_s=late))
    return found
