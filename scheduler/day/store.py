"""SQL that reads a day, all but its meals; see `scheduler.day.loading`."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from kernel.db import Connection
from kernel.geo import Position
from scheduler.care.measured import NOTHING, MeasuredLengths
from scheduler.care.model import (
    DueVisit,
    Gap,
    Item,
    ItemId,
    ServiceItem,
    Visit,
    VisitId,
    VisitState,
)
from scheduler.care.wishes import wished
from scheduler.centre.model import Kind
from scheduler.day.model import PullOut, ReportedDelay, Worker
from scheduler.meals.model import Boxes

SERVICES: Final = "SELECT id, zh, en, skills, minutes, staff, tasks FROM scheduler.service_item"

ITEMS: Final = """
SELECT i.id, p.resident_id, r.home_id, r.area, r.care_level, i.service, p.starts_on, p.ends_on,
       i.rrule, i.window_from, i.window_to, i.minutes, i.staff, i.preferred, i.refused,
       i.priority, i.on_holidays, i.per_week, i.least_days_apart
FROM scheduler.care_plan_item i
JOIN scheduler.care_plan p ON p.id = i.care_plan_id
JOIN dispatch.resident_v1 r ON r.resident_id = p.resident_id
JOIN scheduler.centre_area a ON a.area = r.area
WHERE a.centre = $1 AND i.active AND p.active AND r.active
  AND p.starts_on <= $2 AND (p.ends_on IS NULL OR p.ends_on >= $2)
ORDER BY i.id
"""

IS_HOLIDAY: Final = """
SELECT EXISTS (SELECT FROM scheduler.holiday WHERE centre = $1 AND day = $2)
"""

AWAY: Final = """
SELECT resident_id FROM scheduler.resident_absence WHERE $1 BETWEEN from_day AND to_day
"""

ADD_VISITS: Final = """
INSERT INTO scheduler.visit (id, care_plan_item_id, day, resident_id, home_id, area, service,
                             window_from, window_to, minutes, staff, priority, preferred, refused)
SELECT id, item, day, resident_id, home_id, area, service, window_from, window_to, minutes,
       staff, priority, preferred, refused
FROM jsonb_to_recordset($1) AS v (
    id uuid, item uuid, day date, resident_id uuid, home_id uuid, area text, service text,
    window_from timestamptz, window_to timestamptz, minutes smallint, staff smallint,
    priority smallint, preferred uuid[], refused uuid[]
)
ON CONFLICT (care_plan_item_id, day) DO NOTHING
"""

VISITS: Final = """
SELECT v.id, v.care_plan_item_id, v.resident_id, h.lat, h.lon, v.window_from, v.window_to,
       v.minutes, v.staff, v.priority, s.skills, v.preferred, v.refused, v.state, v.caregivers,
       v.started_at, v.done_at, i.after_item, i.least_gap, i.most_gap, i.different_caregivers,
       v.service, v.home_id, r.care_level, r.languages,
       w.gender AS wished_gender, coalesce(w.language, false) AS wishes_language,
       coalesce(w.key, false) AS wishes_key
FROM scheduler.visit v
JOIN scheduler.service_item s ON s.id = v.service
JOIN dispatch.home_v1 h ON h.home_id = v.home_id
JOIN dispatch.resident_v1 r ON r.resident_id = v.resident_id
LEFT JOIN scheduler.resident_wish w ON w.resident_id = v.resident_id
JOIN scheduler.centre_area a ON a.area = v.area
LEFT JOIN scheduler.care_plan_item i ON i.id = v.care_plan_item_id
WHERE a.centre = $1 AND v.day = $2 AND v.state NOT IN ('missed', 'cancelled')
ORDER BY v.window_from, v.id
"""

FAMILIAR: Final = """
SELECT v.resident_id, who, count(*) AS visits
FROM scheduler.visit v
JOIN scheduler.centre_area a ON a.area = v.area
CROSS JOIN LATERAL unnest(v.caregivers) AS who
WHERE a.centre = $1 AND v.day >= $2 AND v.day < $3
GROUP BY v.resident_id, who
"""

WORKERS: Final = """
SELECT c.caregiver_id,
       array(
           SELECT DISTINCT s.skill FROM dispatch.skill_v1 s
           WHERE s.caregiver_id = c.caregiver_id
             AND s.valid_from <= ($2 AT TIME ZONE z.zone)::date
             AND (s.valid_to IS NULL OR s.valid_to >= ($2 AT TIME ZONE z.zone)::date)
       ) AS skills,
       c.travel_mode, c.base_lat, c.base_lon, c.gender, c.languages,
       array(SELECT home_id FROM scheduler.key_holder h WHERE h.caregiver_id = c.caregiver_id)
           AS keys,
       k.hot_boxes, k.cold_boxes, k.max_trips, k.range_m, k.meal_point_id,
       array_agg(lower(part) ORDER BY part) AS starts, array_agg(upper(part) ORDER BY part) AS ends
FROM dispatch.caregiver_v1 c
JOIN scheduler.centre_area a ON a.area = c.area
JOIN scheduler.centre z ON z.area = a.centre
LEFT JOIN scheduler.courier k ON k.caregiver_id = c.caregiver_id
CROSS JOIN LATERAL unnest((
    SELECT range_agg(tstzrange(s.starts_at, s.ends_at)) FROM scheduler.shift s
    WHERE s.caregiver_id = c.caregiver_id AND s.starts_at >= $2 AND s.starts_at < $3
) - coalesce((
    SELECT range_agg(tstzrange(b.starts_at, b.ends_at)) FROM scheduler.absence b
    WHERE b.caregiver_id = c.caregiver_id AND b.ends_at > $2
), '{}'::tstzmultirange)) AS part
WHERE a.centre = $1 AND c.active AND (c.kind = 'courier') = $4
GROUP BY c.caregiver_id, c.travel_mode, c.base_lat, c.base_lon, c.gender, c.languages,
         k.hot_boxes, k.cold_boxes, k.max_trips, k.range_m, k.meal_point_id, z.zone
ORDER BY c.caregiver_id
"""

PULL_OUTS: Final = """
SELECT assignment_id, caregiver_id, starts_at, until, lat, lon FROM scheduler.pull_out
WHERE caregiver_id = ANY ($1) AND until >= $2 AND starts_at < $3
ORDER BY starts_at, assignment_id
"""


DELAYS: Final = """
SELECT DISTINCT ON (visit_id, caregiver_id) id, visit_id, caregiver_id, starts_at, until
FROM scheduler.delay WHERE caregiver_id = ANY ($1) AND until >= $2 AND starts_at < $3
ORDER BY visit_id, caregiver_id, said_at DESC, id
"""


async def services(conn: Connection) -> dict[str, ServiceItem]:
    """Return the menu by id."""
    return {
        row["id"]: ServiceItem(
            id=row["id"],
            zh=row["zh"],
            en=row["en"],
            skills=frozenset(row["skills"]),
            minutes=tuple(row["minutes"]),
            staff=row["staff"],
            tasks=tuple((task["id"], task["zh"], task["en"]) for task in row["tasks"]),
        )
        for row in await conn.fetch(SERVICES)
    }


async def items(conn: Connection, area: str, day: date) -> list[Item]:
    """Return the care plan items in force on `day` for residents of the centre."""
    menu = await services(conn)
    return [
        Item(
            id=ItemId(row["id"]),
            resident_id=row["resident_id"],
            home_id=row["home_id"],
            area=row["area"],
            care_level=row["care_level"],
            service=menu[row["service"]],
            starts_on=row["starts_on"],
            ends_on=row["ends_on"],
            rrule=row["rrule"],
            window=(row["window_from"], row["window_to"]),
            minutes=row["minutes"],
            staff=row["staff"],
            preferred=frozenset(row["preferred"]),
            refused=frozenset(row["refused"]),
            priority=row["priority"],
            on_holidays=row["on_holidays"],
            per_week=row["per_week"],
            least_days_apart=row["least_days_apart"],
        )
        for row in await conn.fetch(ITEMS, area, day)
    ]


async def is_holiday(conn: Connection, area: str, day: date) -> bool:
    """Whether the centre has a holiday."""
    return bool(await conn.fetchval(IS_HOLIDAY, area, day))


async def residents_away(conn: Connection, day: date) -> frozenset[UUID]:
    """Return who is not at home on `day`."""
    return frozenset(row["resident_id"] for row in await conn.fetch(AWAY, day))


async def add_visits(conn: Connection, visits: Sequence[tuple[VisitId, DueVisit]]) -> None:
    """Make the visits that are not there yet; those that are stay as they are."""
    rows: list[dict[str, Any]] = [
        {
            "id": visit_id,
            "item": visit.item,
            "day": visit.day,
            "resident_id": visit.resident_id,
            "home_id": visit.home_id,
            "area": visit.area,
            "service": visit.service,
            "window_from": visit.window_from.isoformat(),
            "window_to": visit.window_to.isoformat(),
            "minutes": visit.minutes,
            "staff": visit.staff,
            "priority": visit.priority,
            "preferred": sorted(visit.preferred),
            "refused": sorted(visit.refused),
        }
        for visit_id, visit in visits
    ]
    await conn.execute(ADD_VISITS, rows)


async def visits(
    conn: Connection,
    area: str,
    day: date,
    familiar: dict[UUID, dict[UUID, int]],
    measured: MeasuredLengths = NOTHING,
) -> list[Visit]:
    """Return the visits of the day that are not missed or cancelled, by window."""
    return [
        Visit(
            id=VisitId(row["id"]),
            item=row["care_plan_item_id"],
            resident_id=row["resident_id"],
            lat=row["lat"],
            lon=row["lon"],
            window_from=row["window_from"],
            window_to=row["window_to"],
            minutes=row["minutes"],
            staff=row["staff"],
            priority=row["priority"],
            skills=frozenset(row["skills"]),
            preferred=frozenset(row["preferred"]),
            refused=frozenset(row["refused"]),
            state=VisitState(row["state"]),
            caregivers=tuple(row["caregivers"]),
            started_at=row["started_at"],
            done_at=row["done_at"],
            familiar=familiar.get(row["resident_id"], {}),
            gap=None
            if row["after_item"] is None
            else Gap(
                after=ItemId(row["after_item"]),
                least=row["least_gap"],
                most=row["most_gap"],
                different_caregivers=row["different_caregivers"],
            ),
            wishes=wished(
                row["wished_gender"],
                row["languages"] if row["wishes_language"] else (),
                row["home_id"] if row["wishes_key"] else None,
            ),
            measured_s=measured.seconds(
                row["service"], row["care_level"], row["resident_id"], row["minutes"]
            ),
        )
        for row in await conn.fetch(VISITS, area, day)
    ]


async def recent_visits(
    conn: Connection, area: str, since: date, until: date
) -> dict[UUID, dict[UUID, int]]:
    """Return how often who came to each resident, from `since` to the day before `until`."""
    found: defaultdict[UUID, dict[UUID, int]] = defaultdict(dict)
    for row in await conn.fetch(FAMILIAR, area, since, until):
        found[row["resident_id"]][row["who"]] = row["visits"]
    return found


async def workers(
    conn: Connection, area: str, start: datetime, end: datetime, kind: Kind
) -> list[Worker]:
    """Return who has a shift that starts in the day and is not absent all of it.

    Their skills are those they may use on the local day of `start`.
    """
    return [
        Worker(
            id=row["caregiver_id"],
            skills=frozenset(row["skills"]),
            mode=row["travel_mode"],
            base=Position(row["base_lat"], row["base_lon"]),
            shifts=tuple(zip(row["starts"], row["ends"], strict=True)),
            boxes=None
            if row["hot_boxes"] is None
            else Boxes(
                hot=row["hot_boxes"],
                cold=row["cold_boxes"],
                max_trips=row["max_trips"],
                range_m=row["range_m"],
                kitchen=row["meal_point_id"],
            ),
            gender=row["gender"],
            languages=frozenset(row["languages"]),
            keys=frozenset(row["keys"]),
        )
        for row in await conn.fetch(WORKERS, area, start, end, kind == Kind.MEALS)
    ]


async def delays(
    conn: Connection, people: Sequence[UUID], start: datetime, end: datetime
) -> list[ReportedDelay]:
    """Return who of these people reaches which visit late between two instants, as last said."""
    return [ReportedDelay(**row) for row in await conn.fetch(DELAYS, people, start, end)]


async def pull_outs(
    conn: Connection, people: Sequence[UUID], start: datetime, end: datetime
) -> list[PullOut]:
    """Return when these people were away for an alarm between two instants."""
    return [
        PullOut(
            assignment_id=row["assignment_id"],
            caregiver_id=row["caregiver_id"],
            starts_at=row["starts_at"],
            until=row["until"],
            at=None if row["lat"] is None else Position(row["lat"], row["lon"]),
        )
        for row in await conn.fetch(PULL_OUTS, people, start, end)
    ]
