"""From care plans, shifts and what was kept to the problem of a week (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from kernel.geo import Position
from scheduler.care import model as care
from scheduler.care.demand import PRICES, falls_on, shares
from scheduler.centre.localtime import midnight
from scheduler.day.contracts import Contract
from scheduler.day.model import Worker
from scheduler.week.model import (
    DAYS,
    ItemId,
    Person,
    PersonId,
    ResidentId,
    Week,
    WeekChoice,
    WeeklyService,
    fits_into,
)

LOOK_BACK: Final = 14
"""Days before the week that decide about days running and days apart."""
_FREE: Final = Contract()


@dataclass(frozen=True, slots=True, kw_only=True)
class GatheredWeek:
    """All that a week is made of.

    Attributes:
        first: first day that may still be chosen, counted from `monday`.
        workers: who works on each of the seven days.
        away: residents who are not at home on each day.
        worked: minutes of work on each day, by caregiver.
        kept: days of visits, those before the week and after it among them.
        following: what the next week has chosen, by item and day, and for whom. It may be chosen
            anew.
        after: who works on the day after the week.
    """

    monday: date
    first: int
    zone: ZoneInfo
    items: Sequence[care.Item]
    homes: Mapping[UUID, Position]
    workers: Sequence[Sequence[Worker]]
    holidays: frozenset[int] = frozenset()
    away: Sequence[frozenset[UUID]] = (frozenset(),) * DAYS
    familiar: Mapping[UUID, Mapping[UUID, int]] = field(default_factory=dict)
    kept: Mapping[UUID, set[date]] = field(default_factory=dict)
    wanted: Mapping[UUID, Mapping[date, tuple[UUID, ...]]] = field(default_factory=dict)
    worked: Mapping[UUID, Mapping[date, int]] = field(default_factory=dict)
    contracts: Mapping[UUID, Contract] = field(default_factory=dict)
    following: Mapping[UUID, Mapping[date, tuple[UUID, ...]]] = field(default_factory=dict)
    after: Sequence[Worker] = ()


def gather(found: GatheredWeek) -> Week:
    """Return the problem of the week."""
    return Week(
        items=tuple(_item(item, found) for item in found.items if item.home_id in found.homes),
        people=_people(found),
        first=found.first,
    )


def is_held_back(week: Week, choice: WeekChoice) -> bool:
    """Whether a visit has no place, and what lies after the week may be why."""
    kept = {item.id: item.kept for item in week.items}
    return any(day >= DAYS for gap in choice.missing for day in kept[gap.item])


def missing(choice: WeekChoice) -> int:
    """Return how many visits have no place."""
    return sum(gap.visits for gap in choice.missing)


def _item(item: care.Item, found: GatheredWeek) -> WeeklyService:
    days = frozenset(day for day in range(DAYS) if _may(item, day, found))
    kept = _kept(item, found)
    this_week = sum(0 <= day < DAYS for day in kept)
    fixed = this_week + len([day for day in days if day >= found.first])
    return WeeklyService(
        id=ItemId(str(item.id)),
        resident=ResidentId(str(item.resident_id)),
        at=found.homes[item.home_id],
        times=fixed if item.per_week is None else (item.per_week if days else this_week),
        minutes=_minutes(item),
        window=item.window,
        days=days,
        apart=1 if item.per_week is None else item.least_days_apart,
        staff=item.staff or item.service.staff,
        skills=item.service.skills,
        preferred=_ids(item.preferred),
        refused=_ids(item.refused),
        familiar={
            PersonId(str(who)): share
            for who, share in shares(found.familiar.get(item.resident_id, {})).items()
        },
        price=PRICES[item.priority],
        kept=kept,
        wanted=frozenset(
            day
            for day in ((at - found.monday).days for at in found.wanted.get(item.id, ()))
            if found.first <= day < DAYS
        ),
    )


def _kept(item: care.Item, found: GatheredWeek) -> frozenset[int]:
    """Return the days before the first free one, and those after the week that are near to it."""
    near = DAYS - 1 + (1 if item.per_week is None else item.least_days_apart)
    days = {(day - found.monday).days for day in found.kept.get(item.id, ())}
    chosen = {(day - found.monday).days for day in found.following.get(item.id, ())}
    return frozenset(day for day in days | chosen if day < found.first or DAYS <= day < near)


def _may(item: care.Item, day: int, found: GatheredWeek) -> bool:
    on = found.monday + timedelta(days=day)
    return (
        item.resident_id not in found.away[day]
        and (item.on_holidays or day not in found.holidays)
        and item.starts_on <= on
        and (item.ends_on is None or on <= item.ends_on)
        and falls_on(item.rrule, item.starts_on, on)
    )


def _people(found: GatheredWeek) -> tuple[Person, ...]:
    latest = {worker.id: worker for day in found.workers for worker in day}
    resuming = _resuming(found)
    return tuple(
        _person(worker, found, resuming.get(worker.id)) for _, worker in sorted(latest.items())
    )


def _resuming(found: GatheredWeek) -> dict[UUID, int]:
    """Return the latest start of everybody's first visit on the day after the week."""
    day = found.monday + timedelta(days=DAYS)
    start = midnight(day, found.zone)
    shifts = {
        who.id: [(_min(start, a), _min(start, b)) for a, b in who.shifts] for who in found.after
    }
    first: dict[UUID, int] = {}
    for item in found.items:
        for who in found.following.get(item.id, {}).get(day, ()):
            span = fits_into(shifts.get(who, ()), item.window, _minutes(item))
            if span is not None:
                first[who] = min(first.get(who, span[1]), span[1])
    return first


def _minutes(item: care.Item) -> int:
    return item.minutes or item.service.minutes[item.care_level]


def _person(worker: Worker, found: GatheredWeek, resumes: int | None) -> Person:
    worked = found.worked.get(worker.id, {})
    days = [found.monday + timedelta(days=day) for day in range(DAYS)]
    shifts: list[tuple[tuple[int, int], ...]] = [()] * DAYS
    skills: dict[int, frozenset[str]] = {}
    for number, day in enumerate(found.workers):
        start = midnight(days[number], found.zone)
        for one in day:
            if one.id == worker.id:
                skills[number] = one.skills
                shifts[number] = tuple((_min(start, a), _min(start, b)) for a, b in one.shifts)
    ever: frozenset[str] = frozenset().union(*skills.values())
    ran = 0
    while ran < LOOK_BACK and found.monday - timedelta(days=ran + 1) in worked:
        ran += 1
    return Person(
        id=PersonId(str(worker.id)),
        base=worker.base,
        shifts=tuple(shifts),
        skills=ever,
        lapsed=tuple(ever - skills.get(number, ever) for number in range(DAYS)),
        contract=found.contracts.get(worker.id, _FREE),
        worked=tuple(
            worked.get(day, 0) if number < found.first else 0 for number, day in enumerate(days)
        ),
        ran=ran,
        resumes=resumes,
    )


def _ids(people: frozenset[UUID]) -> frozenset[PersonId]:
    return frozenset(PersonId(str(who)) for who in people)


def _min(start: datetime, at: datetime) -> int:
    return int((at - start).total_seconds()) // 60
