"""A town fills an empty database within seconds, and its days go on."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import bcrypt
import pytest

from carebell.demo import filling
from carebell.demo.rows import terminal_of
from carebell.demo.secrets import Keys
from kernel import db

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


async def fill(url: str, folder: Path, *, residents: int = 300, caregivers: int = 20) -> None:
    await filling.fill(
        url, folder, seed=1, residents=residents, caregivers=caregivers, zone=ZONE, now=NOW
    )


async def test_the_whole_town_is_there_within_eight_seconds(
    database_url: str, tmp_path: Path
) -> None:
    began = time.process_time()  # others may be at work on this machine
    await fill(database_url, tmp_path, residents=2000, caregivers=60)
    assert time.process_time() - began < 8
    connection = await db.connect(database_url)
    assert await connection.fetchval("SELECT count(*) FROM dispatch.resident") == 2000
    meals = await connection.fetchval(
        "SELECT count(*) FROM scheduler.meal_order WHERE day = '2026-03-02'"
    )
    assert 450 < meals < 550
    await connection.close()


async def test_a_terminal_knows_the_secret_whose_hash_is_kept(
    database_url: str, tmp_path: Path
) -> None:
    await fill(database_url, tmp_path)
    connection = await db.connect(database_url)
    kept = await connection.fetchval(
        "SELECT bcrypt_hash FROM devices.terminal WHERE id = $1", terminal_of(0)
    )
    await connection.close()
    word = Keys(tmp_path).terminal(terminal_of(0))
    assert bcrypt.checkpw(word.encode(), kept.encode())
    assert word != Keys(tmp_path / "elsewhere").terminal(terminal_of(0))


async def test_a_filled_database_is_known_as_filled(database_url: str, tmp_path: Path) -> None:
    assert not await filling.is_filled(database_url)
    await fill(database_url, tmp_path)
    assert await filling.is_filled(database_url)


@pytest.mark.parametrize("weeks_away", [0, 1, 9])
async def test_after_weeks_away_the_coming_days_have_shifts_and_meals(
    database_url: str, tmp_path: Path, weeks_away: int
) -> None:
    await fill(database_url, tmp_path)
    back = NOW + timedelta(weeks=weeks_away)
    await filling.carry_on(database_url, back)
    await filling.carry_on(database_url, back)
    connection = await db.connect(database_url)
    for ahead in range(7):
        day = (back + timedelta(days=ahead)).astimezone(ZONE).date()
        shifts = await connection.fetchval(
            "SELECT count(*) FROM scheduler.shift"
            " WHERE (starts_at AT TIME ZONE 'Asia/Shanghai')::date = $1",
            day,
        )
        meals = await connection.fetchval(
            "SELECT count(*) FROM scheduler.meal_order WHERE day = $1", day
        )
        assert shifts > 15
        assert meals > 50
    await connection.close()


async def test_at_every_hour_three_caregivers_are_at_work(
    database_url: str, tmp_path: Path
) -> None:
    await fill(database_url, tmp_path, residents=2000, caregivers=60)
    connection = await db.connect(database_url)
    thinnest = await connection.fetchval(
        """
        SELECT min(number) FROM (
            SELECT count(d.caregiver_id) AS number
            FROM generate_series($1::timestamptz, $1 + interval '7 days', interval '15 min') AS t
            LEFT JOIN (scheduler.duty_v1 d JOIN dispatch.caregiver_v1 c
                       ON c.caregiver_id = d.caregiver_id AND c.kind = 'caregiver')
                ON d.starts_at <= t AND d.ends_at > t
            GROUP BY t
        ) AS counts
        """,
        NOW,
    )
    await connection.close()
    assert thinnest >= 3
