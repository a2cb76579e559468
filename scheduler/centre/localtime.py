"""Minutes of a centre's local day and instants, across daylight saving; the only local time here.

Minutes count what clocks on the wall show: 1440 is the next midnight, more is after it.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """Return when the wall clock shows `minutes` of `day`, in UTC.

    A time that is skipped in spring is the moment after the jump by as much; one that comes
    twice in autumn is its first.
    """
    wall = datetime.combine(day, time.min, zone) + timedelta(minutes=minutes)
    return wall.astimezone(UTC)


def span(day: date, start: int, end: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the instants of two wall times, never the second before the first.

    Needed in the hour that is skipped, where a later wall time may be an earlier instant.
    """
    first = instant(day, start, zone)
    return first, max(first, instant(day, end, zone))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return when `day` begins, in UTC: second 0 of its planning problem."""
    return instant(day, 0, zone)


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """Return the local day an instant falls on."""
    return at.astimezone(zone).date()
