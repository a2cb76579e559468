"""What was agreed with a resident, and the visits that follow from it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

VisitId = NewType("VisitId", UUID)
ItemId = NewType("ItemId", UUID)


class VisitState(StrEnum):
    """Where a visit stands."""

    PLANNED = "planned"
    STARTED = "started"
    DONE = "done"
    MISSED = "missed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceItem:
    """One line of the menu of services.

    Attributes:
        minutes: duration by care level 0 (able) to 4 (fully dependent).
        staff: people needed at once, 1 or 2.
        skills: what each of them must have.
        tasks: to be ticked off: id, Chinese, English.
    """

    id: str
    zh: str
    en: str
    skills: frozenset[str]
    minutes: tuple[int, int, int, int, int]
    staff: int
    tasks: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """This item's visit starts `least` to `most` minutes after the start of `after`'s."""

    after: ItemId
    least: int
    most: int | None
    different_caregivers: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a care plan, with what of its resident decides about it.

    Attributes:
        rrule: RFC 5545 recurrence, days only, counted from `starts_on`.
        window: earliest and latest start in minutes of the local day.
        minutes: instead of the service's duration for the care level.
        staff: instead of the service's.
        priority: 1 must be done today, 2 should, 3 may wait.
        per_week: so many of the recurrence's days, chosen week by week; None: all of them.
        least_days_apart: from one visit to the next, where days are chosen.
    """

    id: ItemId
    resident_id: UUID
    home_id: UUID
    area: str
    care_level: int
    service: ServiceItem
    starts_on: date
    ends_on: date | None
    rrule: str
    window: tuple[int, int]
    minutes: int | None = None
    staff: int | None = None
    preferred: frozenset[UUID] = frozenset()
    refused: frozenset[UUID] = frozenset()
    priority: int = 1
    on_holidays: bool = True
    gap: Gap | None = None
    per_week: int | None = None
    least_days_apart: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DueVisit:
    """What an item asks for on one day; becomes a row once, however often it is derived."""

    item: ItemId
    day: date
    resident_id: UUID
    home_id: UUID
    area: str
    service: str
    window_from: datetime
    window_to: datetime
    minutes: int
    staff: int
    priority: int
    preferred: frozenset[UUID]
    refused: frozenset[UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A visit as planning needs it.

    Attributes:
        skills: of its service.
        caregivers: who really came.
        familiar: who came to this resident in the last weeks, in percent of the visits.
        wishes: what the resident asks of whoever comes; see `scheduler.care.wishes`.
        measured_s: seconds that visits like this one took; 0: not known.
    """

    id: VisitId
    item: ItemId | None
    resident_id: UUID
    lat: float
    lon: float
    window_from: datetime
    window_to: datetime
    minutes: int
    staff: int
    priority: int
    skills: frozenset[str]
    preferred: frozenset[UUID]
    refused: frozenset[UUID]
    state: VisitState
    caregivers: tuple[UUID, ...]
    started_at: datetime | None
    done_at: datetime | None
    familiar: dict[UUID, int]
    gap: Gap | None
    wishes: frozenset[str] = frozenset()
    measured_s: int = 0
