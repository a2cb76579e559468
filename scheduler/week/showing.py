"""A week as people read it: each service, its days, who comes, and what has no place."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from kernel.db import Connection, Pool, Record
from scheduler import named
from scheduler.centre.localtime import day_of, midnight, span
from scheduler.centre.model import Centre, Kind
from scheduler.day import store as days
from scheduler.named import Named, Service
from scheduler.week import jobs, store
from scheduler.week.jobs import WeekJob
from scheduler.week.model import DAYS
from scheduler.week.planning import first_free, monday_of

ITEMS: Final = """
SELECT i.id, r.resident_id, r.name, s.id AS service, s.zh, s.en, i.per_week, i.least_days_apart,
       i.window_from, i.window_to, coalesce(i.staff, s.staff) AS staff
FROM scheduler.care_plan_item i
JOIN scheduler.care_plan p ON p.id = i.care_plan_id
JOIN dispatch.resident_v1 r ON r.resident_id = p.resident_id
JOIN scheduler.centre_area a ON a.area = r.area
JOIN scheduler.service_item s ON s.id = i.service
WHERE a.centre = $1 AND i.per_week IS NOT NULL AND i.active AND p.active AND r.active
  AND p.starts_on <= $3 AND (p.ends_on IS NULL OR p.ends_on >= $2)
ORDER BY r.name, r.resident_id, s.id, i.id
"""

ABOUT: Final = """
SELECT i.id, r.resident_id, r.name, s.id AS service, s.zh, s.en, i.per_week
FROM scheduler.care_plan_item i
JOIN scheduler.care_plan p ON p.id = i.care_plan_id
JOIN dispatch.resident_v1 r ON r.resident_id = p.resident_id
JOIN scheduler.service_item s ON s.id = i.service
WHERE i.id = ANY ($1) AND i.active AND p.active AND r.active
"""

# A day that was chosen has a visit once its day was planned; a visit may also be there without.
VISITS: Final = """
WITH seen AS (
    SELECT v.care_plan_item_id AS item, v.day, v.state, v.caregivers AS came,
           min(s.start_at) AS start_at, max(s.end_at) AS end_at,
           array_agg(s.caregiver_id ORDER BY s.caregiver_id)
               FILTER (WHERE s.caregiver_id IS NOT NULL) AS planned
    FROM scheduler.visit v
    LEFT JOIN (
        scheduler.plan_stop s
        JOIN scheduler.plan p ON p.id = s.plan_id AND p.state = 'published'
    ) ON s.visit_id = v.id
    WHERE v.care_plan_item_id = ANY ($1) AND v.day BETWEEN $2 AND $3
    GROUP BY v.id
)
SELECT item, day, c.caregivers AS chosen, seen.state, seen.came, seen.planned, seen.start_at,
       seen.end_at
FROM (
    SELECT care_plan_item_id AS item, day, caregivers FROM scheduler.week_choice
    WHERE care_plan_item_id = ANY ($1) AND day BETWEEN $2 AND $3
) c
FULL JOIN seen USING (item, day)
ORDER BY day, item
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekVisit:
    """One visit of the week.

    Attributes:
        state: "chosen" before its day is planned, "left_out" when the day is over or planned
            without it, else as the visit stands.
        window: in which it is to start.
        start_at: in the day's plan; None before there is one.
    """

    day: date
    state: str
    caregivers: tuple[Named, ...]
    window: tuple[datetime, datetime]
    start_at: datetime | None
    end_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekItem:
    """A service agreed so many times a week."""

    id: UUID
    resident: Named
    service: Service
    per_week: int
    least_days_apart: int
    staff: int
    visits: tuple[WeekVisit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekGap:
    """Visits without a place: how many, and why in words; see `scheduler.week.model.Missing`.

    Attributes:
        fixed_days: no day was to be chosen; the plan of the day may still find a place.
    """

    item: UUID
    resident: Named
    service: Service
    fixed_days: bool
    visits: int
    reason: str
    remedy: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekDay:
    """A day: whether it is a holiday and whether it may still be chosen."""

    day: date
    holiday: bool
    free: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekPerson(Named):
    """Who could come, and on which days they are at work."""

    at_work: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownWeek:
    """A week of a centre.

    Attributes:
        planned_on: when it was last chosen; None: never.
        job: the newest that was asked for.
    """

    monday: date
    days: tuple[WeekDay, ...]
    planned_on: date | None = None
    items: tuple[WeekItem, ...] = ()
    people: tuple[WeekPerson, ...] = ()
    missing: tuple[WeekGap, ...] = ()
    job: WeekJob | None = None


@dataclass(slots=True)
class _Read:
    centre: Centre
    monday: date
    first: int
    names: dict[UUID, str] = field(default_factory=dict)

    def people(self, ids: Sequence[UUID]) -> tuple[Named, ...]:
        known = (Named(id=who, name=self.names[who]) for who in ids if who in self.names)
        return tuple(sorted(known, key=lambda one: one.name))


async def show(pool: Pool, centre: Centre, now: datetime, day: date | None = None) -> ShownWeek:
    """Return the week of `day` at `centre`.

    Args:
        pool: of connections.
        centre: whose week it is.
        now: the present.
        day: any of the week's; None: that of `now`.
    """
    area, today = centre.area, day_of(now, centre.zone)
    monday = monday_of(day or today)
    sunday = monday + timedelta(days=DAYS - 1)
    async with (
        pool.acquire() as conn,
        conn.transaction(isolation="repeatable_read", readonly=True),
    ):
        first = await first_free(conn, area, monday, today)
        read = _Read(centre=centre, monday=monday, first=first)
        run = await store.run(conn, area, monday)
        items = await conn.fetch(ITEMS, area, monday, sunday)
        rows = await conn.fetch(VISITS, [row["id"] for row in items], monday, sunday)
        at_work = await _at_work(conn, read)
        going = {who for row in rows for who in _going(row)}
        ids = sorted(going | at_work.keys())
        read.names = await named.caregivers(conn, ids)
        return ShownWeek(
            monday=monday,
            days=tuple(
                [
                    WeekDay(
                        day=on, holiday=await days.is_holiday(conn, area, on), free=number >= first
                    )
                    for number, on in enumerate(_dates(monday))
                ]
            ),
            planned_on=None if run is None else run.planned_on,
            items=_items(read, items, rows),
            people=tuple(
                WeekPerson(id=one.id, name=one.name, at_work=tuple(at_work.get(one.id, ())))
                for one in read.people(ids)
            ),
            missing=() if run is None else await _missing(conn, run.missing),
            job=await jobs.newest(conn, area, monday),
        )


def _dates(monday: date) -> list[date]:
    return [monday + timedelta(days=number) for number in range(DAYS)]


async def _at_work(conn: Connection, read: _Read) -> dict[UUID, list[date]]:
    found: defaultdict[UUID, list[date]] = defaultdict(list)
    zone = read.centre.zone
    for day in _dates(read.monday):
        start, end = midnight(day, zone), midnight(day + timedelta(days=1), zone)
        for worker in await days.workers(conn, read.centre.area, start, end, Kind.VISITS):
            found[worker.id].append(day)
    return found


def _going(row: Record) -> list[UUID]:
    return list(row["came"] or row["planned"] or row["chosen"] or ())


def _items(read: _Read, items: Sequence[Record], rows: Sequence[Record]) -> tuple[WeekItem, ...]:
    visits: defaultdict[UUID, list[Record]] = defaultdict(list)
    for row in rows:
        visits[row["item"]].append(row)
    return tuple(
        WeekItem(
            id=item["id"],
            resident=_resident(item),
            service=_service(item),
            per_week=item["per_week"],
            least_days_apart=item["least_days_apart"],
            staff=item["staff"],
            visits=tuple(_visit(read, item, row) for row in visits[item["id"]]),
        )
        for item in items
    )


def _visit(read: _Read, item: Record, row: Record) -> WeekVisit:
    state = row["state"] or "planned"
    if state == "planned" and row["start_at"] is None:
        settled = (row["day"] - read.monday).days < read.first
        state = "left_out" if settled else "chosen"
    return WeekVisit(
        day=row["day"],
        state=state,
        caregivers=read.people(_going(row)),
        window=span(row["day"], item["window_from"], item["window_to"], read.centre.zone),
        start_at=row["start_at"],
        end_at=row["end_at"],
    )


async def _missing(conn: Connection, missing: Sequence[Mapping[str, Any]]) -> tuple[WeekGap, ...]:
    """Return what has no place, of the items that are still agreed."""
    rows = await conn.fetch(ABOUT, [UUID(gap["item"]) for gap in missing])
    by_id = {str(row["id"]): row for row in rows}
    return tuple(
        WeekGap(
            item=by_id[gap["item"]]["id"],
            resident=_resident(by_id[gap["item"]]),
            service=_service(by_id[gap["item"]]),
            fixed_days=by_id[gap["item"]]["per_week"] is None,
            visits=gap["visits"],
            reason=gap["reason"],
            remedy=gap["remedy"],
            zh=gap["zh"],
            en=gap["en"],
        )
        for gap in missing
        if gap["item"] in by_id
    )


def _resident(row: Record) -> Named:
    return Named(id=row["resident_id"], name=row["name"])


def _service(row: Record) -> Service:
    return Service(id=row["service"], zh=row["zh"], en=row["en"])
