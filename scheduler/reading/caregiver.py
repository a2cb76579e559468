"""One caregiver's or courier's today."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from kernel.db import Pool, Record
from kernel.errors import NotFoundError
from scheduler.centre.localtime import day_of, midnight
from scheduler.meals.model import SETTLED
from scheduler.named import MEALS, Named, Service
from scheduler.reading import store
from scheduler.reading.model import CaregiverToday, Client, MealStop, TaskLine, TodayVisit
from scheduler.reading.tracking import Estimate, Leg, estimates


async def today(pool: Pool, caregiver_id: UUID, now: datetime) -> CaregiverToday:
    """Return what this caregiver has to do on the centre's local day of `now`.

    Raises:
        NotFoundError: the caregiver belongs to no centre.
    """
    async with pool.acquire() as conn:
        centre = await conn.fetchrow(store.CENTRE_OF, caregiver_id)
        if centre is None:
            raise NotFoundError("There is no such caregiver.", caregiver_id=str(caregiver_id))
        zone = ZoneInfo(centre["zone"])
        day = day_of(now, zone)
        since = midnight(day, zone)
        visits = await conn.fetch(store.TODAY_VISITS, caregiver_id, day, since)
        meals = await conn.fetch(store.TODAY_MEALS, caregiver_id, day, since)
    return CaregiverToday(
        day=day,
        plan_version=max((row["version"] for row in (*visits, *meals)), default=None),
        visits=_visits(visits, now),
        meals=_meals(meals, now),
    )


async def visit(pool: Pool, caregiver_id: UUID, visit_id: UUID, now: datetime) -> TodayVisit:
    """Return one visit of this caregiver's today.

    Raises:
        NotFoundError: it is not, or no longer, on this caregiver's list.
    """
    for line in (await today(pool, caregiver_id, now)).visits:
        if line.id == visit_id:
            return line
    raise NotFoundError("There is no such visit.", visit_id=str(visit_id))


async def meal(pool: Pool, caregiver_id: UUID, order_id: UUID, now: datetime) -> MealStop:
    """Return one order of this courier's today.

    Raises:
        NotFoundError: it is not, or no longer, on this courier's list.
    """
    for line in (await today(pool, caregiver_id, now)).meals:
        if line.order_id == order_id:
            return line
    raise NotFoundError("There is no such order.", order_id=str(order_id))


def visit_leg(row: Mapping[str, Any] | Record) -> Leg:
    """Return a visit's stop for `tracking`."""
    return Leg(
        start_at=row["start_at"],
        end_at=row["end_at"],
        travel_s=row["travel_s"],
        started_at=row["started_at"],
        ended_at=row["done_at"],
        void=row["state"] in {"missed", "cancelled"},
    )


def meal_leg(row: Mapping[str, Any] | Record) -> Leg:
    """Return an order's stop for `tracking`."""
    settled = row["changed_at"] if row["state"] in SETTLED else None
    return Leg(
        start_at=row["start_at"],
        end_at=row["end_at"],
        travel_s=row["travel_s"],
        started_at=settled,
        ended_at=settled,
        void=row["state"] == "cancelled",
    )


def _visits(rows: list[Record], now: datetime) -> tuple[TodayVisit, ...]:
    guesses = estimates([visit_leg(row) for row in rows], now)
    return tuple(_visit(row, guess) for row, guess in zip(rows, guesses, strict=True))


def _visit(row: Record, guess: Estimate) -> TodayVisit:
    ticks = row["ticks"]
    return TodayVisit(
        id=row["id"],
        start_at=guess.start_at,
        end_at=guess.end_at,
        planned_start_at=row["start_at"],
        window_from=row["window_from"],
        window_to=row["window_to"],
        service=Service(id=row["service"], zh=row["zh"], en=row["en"]),
        resident=_client(row),
        staff=row["staff"],
        companions=tuple(row["companions"]),
        state=row["state"],
        checked_in_at=row["checked_in_at"],
        checked_out_at=row["checked_out_at"],
        tasks=tuple(
            TaskLine(
                id=task["id"],
                zh=task["zh"],
                en=task["en"],
                done=ticks.get(task["id"], (None, ""))[0],
                reason=ticks.get(task["id"], (None, ""))[1],
            )
            for task in row["tasks"]
        ),
        late_s=guess.late_s,
    )


def _meals(rows: list[Record], now: datetime) -> tuple[MealStop, ...]:
    guesses = estimates([meal_leg(row) for row in rows], now)
    return tuple(_meal(row, guess) for row, guess in zip(rows, guesses, strict=True))


def _meal(row: Record, guess: Estimate) -> MealStop:
    point = row["point_id"]
    return MealStop(
        order_id=row["id"],
        meal_point=None if point is None else Named(id=point, name=row["point_name"]),
        trip=row["trip"] or 0,
        position=row["position"],
        eta_at=guess.start_at,
        window_from=row["window_from"],
        window_to=row["window_to"],
        meal=MEALS[row["meal"]],
        diet=row["diet"],
        resident=_client(row),
        state=row["state"],
        late_s=guess.late_s,
    )


def _client(row: Record) -> Client:
    return Client(
        id=row["resident_id"],
        name=row["name"],
        born=row["born"],
        phone=row["phone"],
        home_id=row["home_id"],
        address=row["address"],
        lat=row["lat"],
        lon=row["lon"],
    )
