"""From care plans to the visits of a day, and from visits to tasks of the problem (pure)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rruleset, rrulestr

from kernel.errors import InvalidError
from scheduler.care.model import DueVisit, Item, Visit, VisitState
from scheduler.centre.localtime import span
from scheduler.model.problem import (
    MANDATORY,
    OPTIONAL,
    CaregiverId,
    Pin,
    Precedence,
    Task,
    TaskId,
    Window,
)

PRICES: Final[Mapping[int, int]] = {1: MANDATORY, 2: 10 * OPTIONAL, 3: OPTIONAL}
URGENCY: Final[Mapping[int, int]] = {1: 2, 2: 1, 3: 1}
GRACE_S: Final = 3_600
"""How long after its promised window a visit may start, as lateness, rather than be left out."""


class InvalidRecurrence(InvalidError):  # noqa: N818 - a statement about the data
    """A recurrence rule cannot be read."""

    code = "invalid-recurrence"


@lru_cache(maxsize=8192)
def _recurrence(rule: str, starts_on: date) -> rrule | rruleset:
    try:
        return rrulestr(rule, dtstart=datetime.combine(starts_on, time.min), cache=True)
    except ValueError as error:
        raise InvalidRecurrence(str(error), rrule=rule) from error


def falls_on(rule: str, starts_on: date, day: date) -> bool:
    """Whether a recurrence counted from `starts_on` includes `day`.

    Raises:
        InvalidRecurrence: `rule` is no RFC 5545 recurrence.
    """
    at = datetime.combine(day, time.min)
    return bool(_recurrence(rule, starts_on).between(at, at, inc=True))


def due(
    items: Iterable[Item],
    day: date,
    zone: ZoneInfo,
    *,
    holiday: bool = False,
    away: frozenset[UUID] = frozenset(),
    chosen: Mapping[UUID, tuple[UUID, ...]] | None = None,
    visits: Mapping[UUID, Collection[date]] | None = None,
) -> list[DueVisit]:
    """Return the visits that care plans ask for on `day`, in the order of `items`.

    Args:
        items: of care plans in force.
        day: the centre's local day.
        zone: the centre's.
        holiday: whether `day` is one; items that pause on holidays are left out.
        away: residents who are not at home that day.
        chosen: items so many times a week that have this day, with whom the week suggests.
        visits: days around this one on which such an item has a visit that took or takes place.
    """
    week, others = chosen or {}, visits or {}
    return [
        _visit(item, day, zone, week.get(item.id, ()))
        for item in items
        if item.resident_id not in away
        and (item.on_holidays or not holiday)
        and item.starts_on <= day
        and (item.ends_on is None or day <= item.ends_on)
        and falls_on(item.rrule, item.starts_on, day)
        and (
            item.per_week is None
            or (item.id in week and keeps_distance(item, day, others.get(item.id, ())))
        )
    ]


def keeps_distance(item: Item, day: date, visits: Iterable[date]) -> bool:
    """Whether `day` is as far from an item's other visits as was agreed."""
    return all(abs((day - other).days) >= item.least_days_apart for other in visits if other != day)


def _visit(item: Item, day: date, zone: ZoneInfo, suggested: Iterable[UUID]) -> DueVisit:
    first, last = span(day, *item.window, zone)
    return DueVisit(
        item=item.id,
        day=day,
        resident_id=item.resident_id,
        home_id=item.home_id,
        area=item.area,
        service=item.service.id,
        window_from=first,
        window_to=last,
        minutes=item.minutes or item.service.minutes[item.care_level],
        staff=item.staff or item.service.staff,
        priority=item.priority,
        preferred=item.preferred or frozenset(suggested),
        refused=item.refused,
    )


def task_id(visit: UUID) -> TaskId:
    """Return the name a visit has in the problem."""
    return TaskId(f"visit:{visit}")


def task(visit: Visit, location: int, midnight: datetime, known: frozenset[CaregiverId]) -> Task:
    """Return the visit as a task.

    Args:
        visit: not cancelled, not missed.
        location: row of the travel matrices.
        midnight: second 0 of the problem.
        known: caregivers of the problem; a wish for anybody else is dropped.
    """
    first, last = _seconds(visit.window_from, midnight), _seconds(visit.window_to, midnight)
    duration = max(visit.minutes * 60, visit.measured_s)
    pin = _begun(visit, midnight, known)
    if visit.started_at and visit.done_at:
        duration = max(0, _seconds(visit.done_at, midnight) - _seconds(visit.started_at, midnight))
    return Task(
        id=task_id(visit.id),
        location=location,
        duration=duration,
        window=Window(start=first, end=last + GRACE_S),
        due=last,
        urgency=URGENCY[visit.priority],
        skills=visit.skills | visit.wishes,
        staff=visit.staff if pin is None else len(pin.caregivers),
        preferred=_among(visit.preferred, known),
        refused=_among(visit.refused, known),
        familiar={
            CaregiverId(str(who)): share
            for who, share in visit.familiar.items()
            if CaregiverId(str(who)) in known
        },
        price=PRICES[visit.priority],
        pin=pin,
    )


def _begun(visit: Visit, midnight: datetime, known: frozenset[CaregiverId]) -> Pin | None:
    if visit.state not in {VisitState.STARTED, VisitState.DONE} or visit.started_at is None:
        return None
    came = tuple(sorted(_among(visit.caregivers, known)))[:2]
    if not came:
        return None
    return Pin(caregivers=came, start=_seconds(visit.started_at, midnight), started=True)


def _among(people: Iterable[UUID], known: frozenset[CaregiverId]) -> frozenset[CaregiverId]:
    return frozenset(CaregiverId(str(who)) for who in people) & known


def _seconds(at: datetime, midnight: datetime) -> int:
    return int((at - midnight).total_seconds())


def precedences(visits: Sequence[Visit]) -> tuple[Precedence, ...]:
    """Return the gaps between visits of the day whose items are ordered."""
    by_item = {visit.item: visit for visit in visits if visit.item is not None}
    return tuple(
        Precedence(
            first=task_id(by_item[visit.gap.after].id),
            then=task_id(visit.id),
            least=visit.gap.least * 60,
            most=None if visit.gap.most is None else visit.gap.most * 60,
            different_caregivers=visit.gap.different_caregivers,
        )
        for visit in visits
        if visit.gap is not None and visit.gap.after in by_item
    )


def shares(visits: Mapping[UUID, int]) -> dict[UUID, int]:
    """Return each caregiver's share of a resident's recent visits in percent."""
    total = sum(visits.values())
    return {who: 100 * count // total for who, count in visits.items() if total}
