"""Put a town into an empty database with COPY, and carry its days on."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

import asyncpg

from carebell.demo import agreements, rows
from carebell.demo.people import Ids
from carebell.demo.rows import Table
from carebell.demo.secrets import Keys
from carebell.demo.town import Town, build

ROLES: Final = (*rows.OFFICE, "caregiver", "family")
IS_FILLED: Final = "SELECT EXISTS (SELECT FROM dispatch.area)"
ACCESS_CHANGED: Final = """
WITH changed AS (UPDATE devices.access SET version = version + 1 RETURNING version)
SELECT pg_notify('carebell_access', version::text) FROM changed
"""

# The town's weeks repeat: a day without shifts gets those of the same weekday before.
REPEAT_SHIFTS: Final = """
INSERT INTO scheduler.shift (id, caregiver_id, starts_at, ends_at)
SELECT gen_random_uuid(), caregiver_id, starts_at + interval '7 days', ends_at + interval '7 days'
FROM scheduler.shift
WHERE starts_at > (SELECT max(starts_at) FROM scheduler.shift) - interval '7 days'
ON CONFLICT (caregiver_id, starts_at) DO NOTHING
"""
REPEAT_ORDERS: Final = """
INSERT INTO scheduler.meal_order (id, resident_id, home_id, area, day, meal, diet, hot, cold,
                                  window_from, window_to)
SELECT gen_random_uuid(), resident_id, home_id, area, day + 7, meal, diet, hot, cold,
       window_from + interval '7 days', window_to + interval '7 days'
FROM scheduler.meal_order
WHERE day > (SELECT max(day) FROM scheduler.meal_order) - 7
ON CONFLICT (resident_id, day, meal) DO NOTHING
"""
LAST_SHIFT: Final = "SELECT max(starts_at) FROM scheduler.shift"


async def is_filled(url: str) -> bool:
    """Say whether the database holds a town, or anything else with areas."""
    connection = await asyncpg.connect(url)
    try:
        return bool(await connection.fetchval(IS_FILLED))
    finally:
        await connection.close()


async def fill(
    url: str,
    data_dir: Path,
    *,
    seed: int,
    residents: int,
    caregivers: int,
    zone: ZoneInfo,
    now: datetime,
) -> Town:
    """Fill an empty, migrated database in one transaction and return what was put there."""
    today = now.astimezone(zone).date()
    town = await asyncio.to_thread(
        build, seed=seed, residents=residents, caregivers=caregivers, today=today
    )
    tables = await asyncio.to_thread(lambda: list(_tables(town, Keys(data_dir), seed, zone, now)))
    connection = await asyncpg.connect(url)  # without our codecs: COPY wants binary ones
    try:
        async with connection.transaction():
            for table in tables:
                await connection.copy_records_to_table(
                    table.name,
                    schema_name=table.schema,
                    columns=table.columns,
                    records=table.rows,
                )
            await connection.execute(ACCESS_CHANGED)
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
    return town


def _tables(town: Town, keys: Keys, seed: int, zone: ZoneInfo, now: datetime) -> Iterator[Table]:
    random = Random(f"rows of {seed}")
    new_id = Ids(random)
    today = now.astimezone(zone).date()
    stations = []
    for table in rows.places(town, new_id):
        if table.name == "station":
            stations = [row[0] for row in table.rows]
        yield table
    yield from rows.people(town, stations, new_id, now)
    yield from rows.accounts(town, {role: keys.password_hash(role) for role in ROLES}, new_id, now)
    credentials = keys.credentials([rows.terminal_of(n) for n in range(len(town.homes))])
    yield from rows.terminals(town.homes, credentials, now)
    yield from agreements.centre(town, new_id, zone)
    yield from agreements.care_plans(town, new_id)
    yield from agreements.past_visits(random, town, today, zone)
    yield from agreements.days_ahead(random, town, today, zone)
    yield from rows.certificates(town, new_id, today)


async def carry_on(url: str, now: datetime) -> None:
    """Make sure that the next week has shifts and meal orders, however long nobody was here."""
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            while True:
                last = await connection.fetchval(LAST_SHIFT)
                if last is None or last > now + timedelta(days=7):
                    return
                await connection.execute(REPEAT_SHIFTS)
                await connection.execute(REPEAT_ORDERS)
    finally:
        await connection.close()
