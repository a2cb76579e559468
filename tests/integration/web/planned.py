"""A day that is planned, for the tests beside."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from kernel.db import Pool
from kernel.ids import new_id
from scheduler.model.figures import Figures

from .conftest import Town

DAY: Final = date(2026, 3, 2)


@dataclass(frozen=True)
class Day:
    plan: UUID
    visit: UUID
    order: UUID
    left_out: UUID


async def plan_day(town: Town, pool: Pool, now: datetime) -> Day:
    """A published plan: the caregiver bathes Zhao Guiying at half past nine, then brings lunch."""
    made = Day(plan=new_id(), visit=new_id(), order=new_id(), left_out=new_id())
    await pool.execute(
        "INSERT INTO scheduler.shift (id, caregiver_id, starts_at, ends_at)"
        " VALUES ($1, $2, $3, $4)",
        new_id(),
        town.caregiver,
        now - timedelta(hours=1),
        now + timedelta(hours=7),
    )
    await pool.execute(
        "INSERT INTO scheduler.service_item (id, zh, en, minutes, tasks)"
        " VALUES ('bath', '助浴', 'Bathing', '{30,30,30,30,30}', $1)",
        [{"id": "wash", "zh": "洗澡", "en": "Wash"}],
    )
    for visit, resident, home in (
        (made.visit, town.resident, town.north_home),
        (made.left_out, town.resident, town.north_home),
    ):
        await pool.execute(
            "INSERT INTO scheduler.visit (id, day, resident_id, home_id, area, service,"
            " window_from, window_to, minutes, staff)"
            " VALUES ($1, $2, $3, $4, 'north-1', 'bath', $5, $6, 30, 1)",
            visit,
            DAY,
            resident,
            home,
            now,
            now + timedelta(hours=2),
        )
    await pool.execute(
        "INSERT INTO scheduler.meal_order (id, resident_id, home_id, area, day, meal, window_from,"
        " window_to) VALUES ($1, $2, $3, 'north-1', $4, 'lunch', $5, $6)",
        made.order,
        town.resident,
        town.north_home,
        DAY,
        now + timedelta(hours=2),
        now + timedelta(hours=3),
    )
    figures = Figures(
        tasks=2,
        placed=1,
        unplaced={},
        travel_s=300,
        paid_travel_s=0,
        late_s=0,
        late=0,
        continuity=None,
        busy=1,
        cost=7,
    )
    meals = new_id()
    for plan, kind in ((made.plan, "visits"), (meals, "meals")):
        await pool.execute(
            "INSERT INTO scheduler.plan (id, area, day, kind, version, state, cause, cost, summary,"
            " created_at, published_at)"
            " VALUES ($1, 'north', $2, $3, 1, 'published', 'daily', 7, $4, $5, $5)",
            plan,
            DAY,
            kind,
            figures.summary(),
            now,
        )
    await _stop(pool, made.plan, town.caregiver, now + timedelta(minutes=30), visit=made.visit)
    await _stop(pool, meals, town.caregiver, now + timedelta(hours=2), order=made.order)
    await pool.execute(
        "INSERT INTO scheduler.plan_unplaced (plan_id, task, visit_id, reason)"
        " VALUES ($1, 'v', $2, 'no_skill')",
        made.plan,
        made.left_out,
    )
    return made


async def _stop(
    pool: Pool,
    plan: UUID,
    caregiver: UUID,
    start: datetime,
    *,
    visit: UUID | None = None,
    order: UUID | None = None,
) -> None:
    await pool.execute(
        "INSERT INTO scheduler.plan_stop (plan_id, caregiver_id, position, kind, shift, visit_id,"
        " order_id, arrive_at, start_at, end_at, travel_s)"
        " VALUES ($1, $2, 1, 'task', 0, $3, $4, $5, $5, $6, 300)",
        plan,
        caregiver,
        visit,
        order,
        start,
        start + timedelta(minutes=30),
    )
