"""Today of residents, for their families."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from kernel.db import Connection, Pool, Record
from scheduler.centre.localtime import day_of
from scheduler.meals.model import SETTLED
from scheduler.named import MEALS, Service
from scheduler.reading import store
from scheduler.reading.caregiver import visit_leg
from scheduler.reading.model import FamilyMeal, FamilyVisit, ResidentToday
from scheduler.reading.tracking import estimates


async def residents_today(
    pool: Pool, residents: Sequence[UUID], now: datetime
) -> list[ResidentToday]:
    """Return the local day of each of `residents`, in their order.

    The caller has checked that the asker may see them.
    """
    async with pool.acquire() as conn:
        zones = {
            row["resident_id"]: ZoneInfo(row["zone"])
            for row in await conn.fetch(store.ZONE_OF_RESIDENTS, residents)
        }
        return [
            await _today(conn, resident, zones[resident], now)
            if resident in zones
            else ResidentToday(resident_id=resident, visits=(), meal=None, next_visit=None)
            for resident in residents
        ]


async def _today(conn: Connection, resident: UUID, zone: ZoneInfo, now: datetime) -> ResidentToday:
    day = day_of(now, zone)
    one = timedelta(days=1)  # a night visit belongs to the day before
    rows = await conn.fetch(store.RESIDENT_VISITS, [resident], day - one, day + one)
    visits = [_visit(row, now) for row in rows if row["state"] != "cancelled"]
    coming = [visit for visit in visits if visit.state == "planned" and visit.end_at > now]
    return ResidentToday(
        resident_id=resident,
        visits=tuple(visit for visit in visits if day_of(visit.start_at, zone) == day),
        meal=_meal(await conn.fetch(store.RESIDENT_MEALS, [resident], day)),
        next_visit=coming[0] if coming else None,
    )


def _visit(row: Record, now: datetime) -> FamilyVisit:
    if row["start_at"] is None:  # no plan has it yet
        start = row["started_at"] or row["window_from"]
        end = row["done_at"] or start + timedelta(minutes=row["minutes"])
        late_s = 0
    else:
        (guess,) = estimates([visit_leg(row)], now)
        start, end, late_s = guess.start_at, guess.end_at, guess.late_s
    return FamilyVisit(
        id=row["id"],
        start_at=start,
        end_at=end,
        service=Service(id=row["service"], zh=row["zh"], en=row["en"]),
        caregiver_name=row["caregiver"],
        state=row["state"],
        late_s=late_s,
    )


def _meal(rows: Sequence[Record]) -> FamilyMeal | None:
    """The next meal that is still to come, else the last of the day."""
    if not rows:
        return None
    waiting = [row for row in rows if row["state"] not in SETTLED]
    row = waiting[0] if waiting else rows[-1]
    return FamilyMeal(
        meal=MEALS[row["meal"]],
        state=row["state"],
        eta_at=row["start_at"] if waiting else None,
        at=row["changed_at"],
    )
