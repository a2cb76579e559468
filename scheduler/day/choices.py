"""SQL of what the week chose for a day; see `scheduler.week`."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from kernel.db import Connection

WANTED: Final = """
SELECT c.care_plan_item_id, c.day, c.caregivers FROM scheduler.week_choice c
WHERE c.day BETWEEN $1 AND $2
"""

AROUND: Final = """
SELECT care_plan_item_id, day FROM scheduler.visit
WHERE care_plan_item_id = ANY ($1) AND day BETWEEN $2 AND $3
  AND state NOT IN ('missed', 'cancelled')
"""

FORGET: Final = """
DELETE FROM scheduler.week_choice
WHERE care_plan_item_id = ANY ($1) AND day BETWEEN $2 AND $3
"""


async def wanted(
    conn: Connection, since: date, until: date
) -> dict[UUID, dict[date, tuple[UUID, ...]]]:
    """Return the days chosen for each item, and for whom, both ends included."""
    found: defaultdict[UUID, dict[date, tuple[UUID, ...]]] = defaultdict(dict)
    for row in await conn.fetch(WANTED, since, until):
        found[row["care_plan_item_id"]][row["day"]] = tuple(row["caregivers"])
    return found


async def around(
    conn: Connection, items: Sequence[UUID], since: date, until: date
) -> dict[UUID, set[date]]:
    """Return the days of these items' visits that took or take place, both ends included."""
    found: defaultdict[UUID, set[date]] = defaultdict(set)
    for row in await conn.fetch(AROUND, items, since, until):
        found[row["care_plan_item_id"]].add(row["day"])
    return found


async def give_up(conn: Connection, items: Sequence[UUID], day: date) -> None:
    """Forget that `day` was chosen for these items."""
    await conn.execute(FORGET, items, day, day)
