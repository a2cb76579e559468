"""SQL of contracts, and of the work that plans in force ask of each caregiver."""

from collections import defaultdict
from datetime import date, datetime
from typing import Final
from uuid import UUID

from kernel.db import Connection
from scheduler.day.contracts import Contract

CONTRACTS: Final = """
SELECT caregiver_id, longest_day, longest_week, least_rest, most_days_running
FROM scheduler.contract
"""

WORKED: Final = """
SELECT s.caregiver_id, p.day,
       round(extract(epoch FROM sum(s.end_at - s.arrive_at)) / 60 + sum(s.travel_s) / 60.0)::int
           AS minutes,
       max(s.end_at) AS until
FROM scheduler.plan p JOIN scheduler.plan_stop s ON s.plan_id = p.id
WHERE p.area = $1 AND p.kind = 'visits' AND p.state = 'published' AND p.day BETWEEN $2 AND $3
  AND s.kind <> 'break'
GROUP BY s.caregiver_id, p.day
HAVING bool_or(s.kind = 'task')
"""


async def contracts(conn: Connection) -> dict[UUID, Contract]:
    """Return what may be asked of whom."""
    return {
        row["caregiver_id"]: Contract(
            longest_day=row["longest_day"],
            longest_week=row["longest_week"],
            least_rest=row["least_rest"],
            most_days_running=row["most_days_running"],
        )
        for row in await conn.fetch(CONTRACTS)
    }


async def worked(
    conn: Connection, area: str, since: date, until: date
) -> dict[UUID, dict[date, int]]:
    """Return the minutes that plans in force ask of each caregiver, both ends included."""
    found: defaultdict[UUID, dict[date, int]] = defaultdict(dict)
    for row in await conn.fetch(WORKED, area, since, until):
        found[row["caregiver_id"]][row["day"]] = row["minutes"]
    return found


async def ended(conn: Connection, area: str, day: date) -> dict[UUID, datetime]:
    """Return when the plan in force of `day` ends for each caregiver."""
    rows = await conn.fetch(WORKED, area, day, day)
    return {row["caregiver_id"]: row["until"] for row in rows}
