"""From a town to the rows of the scheduler: services, care plans, meals, shifts (pure)."""

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from carebell.demo import care, geography, rota
from carebell.demo.people import Ids
from carebell.demo.rows import Table, table
from carebell.demo.town import Town

PAST_DAYS: Final = 14
DAYS_AHEAD: Final = 14
DIETS_OF_MOST: Final = ("normal", "low_salt", "diabetic")


def centre(town: Town, new_id: Ids, zone: ZoneInfo) -> Iterator[Table]:
    """Yield the planning centre, its services, meal points and couriers."""
    at = geography.CENTRE
    yield table(
        "scheduler.centre", "area zone lat lon", [(geography.CITY, zone.key, at.lat, at.lon)]
    )
    yield table(
        "scheduler.centre_area",
        "area centre",
        ((area.id, geography.CITY) for area in town.map.areas),
    )
    yield table(
        "scheduler.service_item",
        "id zh en skills minutes staff tasks",
        (
            (
                *(line.id, line.zh, line.en, list(line.skills), list(line.minutes), 1),
                json.dumps([{"id": i, "zh": zh, "en": en} for i, zh, en in line.tasks]),
            )
            for line in care.SERVICES
        ),
    )
    kitchens = [(new_id(), number, place) for number, place in enumerate(town.map.meal_points)]
    yield table(
        "scheduler.meal_point",
        "id centre name lat lon per_half_hour diets",
        (
            (
                *(ident, geography.CITY, place.name, place.at.lat, place.at.lon, 60),
                [*DIETS_OF_MOST, "soft"] if number % 3 == 0 else list(DIETS_OF_MOST),
            )
            for ident, number, place in kitchens
        ),
    )
    yield table(
        "scheduler.meal_point_hours",
        "meal_point_id meal ready closes",
        (
            (ident, meal, ready, closes)
            for ident, _, _ in kitchens
            for meal, ready, closes in (("lunch", 630, 750), ("supper", 990, 1110))
        ),
    )
    yield table(
        "scheduler.courier",
        "caregiver_id hot_boxes cold_boxes max_trips range_m",
        (
            (worker.caregiver.id, 16, 6, 5, 60_000)
            for worker in town.workers
            if worker.caregiver.courier
        ),
    )


def care_plans(town: Town, new_id: Ids) -> Iterator[Table]:
    """Yield one care plan for each resident who has items, and the items."""
    plans = {item.resident.id: (new_id(), item.starts_on) for item in town.items}
    for item in town.items:
        ident, since = plans[item.resident.id]
        plans[item.resident.id] = (ident, min(since, item.starts_on))
    yield table(
        "scheduler.care_plan",
        "id resident_id starts_on",
        ((ident, resident, since) for resident, (ident, since) in plans.items()),
    )
    yield table(
        "scheduler.care_plan_item",
        "id care_plan_id service rrule window_from window_to staff preferred priority"
        " per_week least_days_apart",
        (
            (
                *(item.id, plans[item.resident.id][0], item.service, item.rrule, *item.window),
                *(item.staff, list(item.preferred), item.priority),
                *((None, 1) if item.apart is None else (len(item.weekdays), item.apart)),
            )
            for item in town.items
        ),
    )


def past_visits(random: Random, town: Town, today: date, zone: ZoneInfo) -> Iterator[Table]:
    """Yield what was done in the last weeks: it makes faces familiar, and gives a last visit."""
    new_id = Ids(random)
    minutes = {line.id: line.minutes for line in care.SERVICES}
    rows = []
    for days_ago in range(PAST_DAYS, 0, -1):
        day = today - timedelta(days=days_ago)
        midnight = datetime.combine(day, time(), zone)
        for item in town.items:
            if day.weekday() not in item.weekdays or len(item.preferred) < (item.staff or 1):
                continue
            start, end = (midnight + timedelta(minutes=m) for m in item.window)
            began = start + (end - start) * random.random()
            length = minutes[item.service][item.resident.care_level]
            done = began + timedelta(minutes=length + random.randint(-5, 10))
            came = list(item.preferred[: item.staff or 1])
            if not item.staff and random.random() < 0.25:
                came = [item.preferred[-1]]
            home = item.resident.home
            rows.append(
                (
                    *(new_id(), item.id, day, item.resident.id, home.id, home.area, item.service),
                    *(start, end, length, item.staff or 1, item.priority, list(item.preferred)),
                    *("done", came, began, done),
                )
            )
    yield table(
        "scheduler.visit",
        "id care_plan_item_id day resident_id home_id area service window_from window_to minutes"
        " staff priority preferred state caregivers started_at done_at",
        rows,
    )


def days_ahead(random: Random, town: Town, today: date, zone: ZoneInfo) -> Iterator[Table]:
    """Yield the shifts and meal orders from yesterday on; `repeating` carries them further."""
    new_id = Ids(random)
    days = [today + timedelta(days=n) for n in range(-1, DAYS_AHEAD)]
    yield table(
        "scheduler.shift",
        "id caregiver_id starts_at ends_at",
        (
            (new_id(), worker.caregiver.id, start, end)
            for day in days
            for worker, start, end in rota.shifts(town.workers, day, zone)
        ),
    )
    yield table(
        "scheduler.meal_order",
        "id resident_id home_id area day meal diet cold window_from window_to state",
        (
            (
                *(new_id(), order.resident.id, order.resident.home.id, order.resident.home.area),
                *(day, order.meal, order.diet, order.cold),
                *(
                    datetime.combine(day, time(), zone) + timedelta(minutes=minute)
                    for minute in order.window
                ),
                "ordered" if day >= today else "delivered",
            )
            for day in days
            for order in town.subscriptions
            if day.weekday() in order.weekdays
        ),
    )
