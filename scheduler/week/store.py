"""SQL that reads what a week is made of and keeps what was chosen."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from kernel.db import Connection
from kernel.geo import Position
from scheduler.day.choices import FORGET
from scheduler.week.model import WeekChoice

# Visits that take or took place, and days to come that were chosen and have no visit yet.
KEPT: Final = """
SELECT v.care_plan_item_id, v.day FROM scheduler.visit v
JOIN scheduler.centre_area a ON a.area = v.area
WHERE a.centre = $1 AND v.day >= $2 AND v.day < $3
  AND v.care_plan_item_id IS NOT NULL AND v.state NOT IN ('missed', 'cancelled')
UNION
SELECT c.care_plan_item_id, c.day FROM scheduler.week_choice c
WHERE c.day >= $4 AND c.day < $3 AND NOT EXISTS (
    SELECT FROM scheduler.visit v
    WHERE v.care_plan_item_id = c.care_plan_item_id AND v.day = c.day
)
"""

PLANNED_UNTIL: Final = """
SELECT max(day) FROM scheduler.plan
WHERE area = $1 AND kind = 'visits' AND state = 'published' AND day BETWEEN $2 AND $3
"""

HOMES: Final = """
SELECT h.home_id, h.lat, h.lon FROM dispatch.home_v1 h
JOIN dispatch.resident_v1 r ON r.home_id = h.home_id
JOIN scheduler.centre_area a ON a.area = r.area
WHERE a.centre = $1
"""

IS_NEEDED: Final = """
SELECT EXISTS (
    SELECT FROM scheduler.care_plan_item i
    JOIN scheduler.care_plan p ON p.id = i.care_plan_id
    JOIN dispatch.resident_v1 r ON r.resident_id = p.resident_id
    JOIN scheduler.centre_area a ON a.area = r.area
    WHERE a.centre = $1 AND i.per_week IS NOT NULL AND i.active AND p.active
)
"""

RUN: Final = """
SELECT event_id, planned_on, points, bound, missing FROM scheduler.week_run
WHERE centre = $1 AND monday = $2
"""

SAVE_RUN: Final = """
INSERT INTO scheduler.week_run (centre, monday, event_id, planned_on, points, bound, missing)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (centre, monday) DO UPDATE
SET event_id = excluded.event_id, planned_on = excluded.planned_on, points = excluded.points,
    bound = excluded.bound, missing = excluded.missing
WHERE week_run.event_id <> excluded.event_id
RETURNING true
"""

ADD: Final = """
INSERT INTO scheduler.week_choice (care_plan_item_id, day, caregivers)
SELECT item, day, caregivers
FROM jsonb_to_recordset($1) AS c (item uuid, day date, caregivers uuid[])
"""

# Visits made for a day that was never planned, and that is chosen no more. A day that is being
# planned is left alone.
WITHDRAW: Final = """
DELETE FROM scheduler.visit v
WHERE v.care_plan_item_id = ANY ($1) AND v.day BETWEEN $2 AND $3 AND v.state = 'planned'
  AND NOT EXISTS (
      SELECT FROM scheduler.week_choice c
      WHERE c.care_plan_item_id = v.care_plan_item_id AND c.day = v.day
  )
  AND NOT EXISTS (SELECT FROM scheduler.plan_stop s WHERE s.visit_id = v.id)
  AND NOT EXISTS (SELECT FROM scheduler.plan_unplaced u WHERE u.visit_id = v.id)
  AND NOT EXISTS (
      SELECT FROM scheduler.job j JOIN scheduler.centre_area a ON a.centre = j.area
      WHERE a.area = v.area AND j.day = v.day AND j.kind = 'visits'
        AND j.state IN ('queued', 'running')
  )
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenWeek:
    """The newest choice for a week."""

    event_id: UUID
    planned_on: date
    points: int
    bound: int
    missing: list[dict[str, Any]]


async def kept(
    conn: Connection, area: str, since: date, until: date, today: date
) -> dict[UUID, set[date]]:
    """Return the days of each item's visits from `since` to the day before `until`.

    What was chosen for a day from `today` on counts as a visit.
    """
    found: defaultdict[UUID, set[date]] = defaultdict(set)
    for row in await conn.fetch(KEPT, area, since, until, today):
        found[row["care_plan_item_id"]].add(row["day"])
    return found


async def planned_until(conn: Connection, area: str, since: date, until: date) -> date | None:
    """Return the last day between the two that has a plan in force."""
    found: date | None = await conn.fetchval(PLANNED_UNTIL, area, since, until)
    return found


async def homes(conn: Connection, area: str) -> Mapping[UUID, Position]:
    """Return where the homes of the centre's residents are."""
    rows = await conn.fetch(HOMES, area)
    return {row["home_id"]: Position(row["lat"], row["lon"]) for row in rows}


async def is_needed(conn: Connection, area: str) -> bool:
    """Whether anything of the centre is agreed so many times a week."""
    return bool(await conn.fetchval(IS_NEEDED, area))


async def run(conn: Connection, area: str, monday: date) -> ChosenWeek | None:
    """Return the newest choice for the week that begins on `monday`."""
    row = await conn.fetchrow(RUN, area, monday)
    return None if row is None else ChosenWeek(**dict(row))


async def save(
    conn: Connection,
    area: str,
    monday: date,
    event_id: UUID,
    planned_on: date,
    choice: WeekChoice,
) -> bool:
    """Keep a run; False if it is a retry."""
    missing = [
        {
            "item": gap.item,
            "visits": gap.visits,
            "reason": gap.reason,
            "remedy": gap.remedy,
            "zh": gap.zh,
            "en": gap.en,
        }
        for gap in choice.missing
    ]
    args = (area, monday, event_id, planned_on, choice.points, choice.bound, missing)
    return bool(await conn.fetchval(SAVE_RUN, *args))


async def replace(
    conn: Connection,
    items: Sequence[UUID],
    since: date,
    until: date,
    chosen: Sequence[tuple[UUID, date, tuple[UUID, ...]]],
) -> None:
    """Put `chosen` in the place of all that was chosen for `items` between the two days.

    Visits that were made for a day that is chosen no more, and that no plan knows, go with it.
    """
    await conn.execute(FORGET, items, since, until)
    rows = [
        {"item": item, "day": day.isoformat(), "caregivers": list(people)}
        for item, day, people in chosen
    ]
    await conn.execute(ADD, rows)
    await conn.execute(WITHDRAW, items, since, until)
