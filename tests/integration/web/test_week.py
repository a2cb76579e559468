"""The week over HTTP: who may see it and ask for it, and what it says."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from kernel.clock import FakeClock
from kernel.db import Pool
from kernel.ids import new_id
from scheduler.centre import store as centres
from scheduler.centre.localtime import instant
from scheduler.week.choosing.search import SearchLimits
from scheduler.week.planning import plan_week

from .conftest import LogIn, Town
from .planned import DAY
from .planned import Day as Planned
from .test_day import clock, day  # noqa: F401 - fixtures

PATH = "/api/v1/week"


async def agree(town: Town, *, per_week: int = 2, skills: str = "{}") -> UUID:
    """Company so many times a week, not two days running; the caregiver works every day."""
    plan, item = new_id(), new_id()
    pool = town.pool
    await pool.execute(
        "INSERT INTO scheduler.service_item (id, zh, en, minutes, skills, tasks)"
        " VALUES ('company', '关爱探访', 'Company', '{30,30,30,30,30}', $1, '[]')",
        [one for one in skills.strip("{}").split(",") if one],
    )
    await pool.execute(
        "INSERT INTO scheduler.care_plan (id, resident_id, starts_on) VALUES ($1, $2, $3)",
        plan,
        town.resident,
        DAY,
    )
    await pool.execute(
        "INSERT INTO scheduler.care_plan_item (id, care_plan_id, service, rrule, window_from,"
        " window_to, per_week, least_days_apart)"
        " VALUES ($1, $2, 'company', 'FREQ=DAILY', 600, 720, $3, 2)",
        item,
        plan,
        per_week,
    )
    return item


async def work_on(town: Town, clock: FakeClock, *numbers: int) -> None:  # noqa: F811
    for number in numbers:
        start = clock.now() + timedelta(days=number)
        await town.pool.execute(
            "INSERT INTO scheduler.shift (id, caregiver_id, starts_at, ends_at)"
            " VALUES ($1, $2, $3, $4)",
            new_id(),
            town.caregiver,
            start,
            start + timedelta(hours=8),
        )


async def choose(pool: Pool) -> None:
    async with pool.acquire() as conn:
        centre = await centres.find(conn, "north")
    await plan_week(
        pool,
        centre,
        DAY,
        instant(DAY, 540, centre.zone),
        event_id=new_id(),
        limits=SearchLimits(seconds=1, threads=1),
    )


@pytest.mark.usefixtures("day")
async def test_a_week_names_days_people_and_times(
    log_in: LogIn,
    town: Town,
    clock: FakeClock,  # noqa: F811
) -> None:
    item = await agree(town)
    await work_on(town, clock, 2, 5)
    await choose(town.pool)
    week = await (await log_in("operator")).read("/week")
    assert week["monday"] == DAY.isoformat()
    assert [one["free"] for one in week["days"]] == [False, *[True] * 6]
    (shown,) = week["items"]
    assert shown["id"] == str(item)
    assert (shown["per_week"], shown["least_days_apart"]) == (2, 2)
    wanted = [(DAY + timedelta(days=n)).isoformat() for n in (2, 5)]
    assert [one["day"] for one in shown["visits"]] == wanted
    first = shown["visits"][0]
    assert first["state"] == "chosen"
    assert [one["id"] for one in first["caregivers"]] == [str(town.caregiver)]
    assert first["window"]["from"] == f"{wanted[0]}T02:00:00Z"
    assert first["start_at"] is None
    (person,) = week["people"]
    assert person["at_work"] == [DAY.isoformat(), *wanted]
    assert week["missing"] == []


async def test_a_visit_that_is_planned_says_when_and_by_whom(
    log_in: LogIn,
    town: Town,
    day: Planned,  # noqa: F811
) -> None:
    item = await agree(town)
    await town.pool.execute(
        "UPDATE scheduler.visit SET care_plan_item_id = $1 WHERE id = $2", item, day.visit
    )
    other = await agree_again(town)
    await town.pool.execute(
        "UPDATE scheduler.visit SET care_plan_item_id = $1 WHERE id = $2", other, day.left_out
    )
    week = await (await log_in("planner")).read("/week", day=(DAY + timedelta(days=6)).isoformat())
    visits = {one["id"]: one["visits"][0] for one in week["items"]}
    assert visits[str(item)]["state"] == "planned"
    assert visits[str(item)]["start_at"] is not None
    assert [one["id"] for one in visits[str(item)]["caregivers"]] == [str(town.caregiver)]
    assert visits[str(other)]["state"] == "left_out"


async def agree_again(town: Town) -> UUID:
    item = new_id()
    await town.pool.execute(
        "INSERT INTO scheduler.care_plan_item (id, care_plan_id, service, rrule, window_from,"
        " window_to, per_week) SELECT $1, id, 'company', 'FREQ=DAILY', 600, 720, 1"
        " FROM scheduler.care_plan",
        item,
    )
    return item


@pytest.mark.usefixtures("day")
async def test_what_has_no_place_says_why_in_words(
    log_in: LogIn,
    town: Town,
    clock: FakeClock,  # noqa: F811
) -> None:
    await agree(town, skills="{piano}")
    await work_on(town, clock, 1, 2, 3)
    await choose(town.pool)
    week = await (await log_in("supervisor")).read("/week")
    (gap,) = week["missing"]
    assert (gap["visits"], gap["reason"]) == (2, "skill")
    assert gap["resident"]["name"] == "Zhao Guiying"
    assert "skills" in gap["en"]
    assert gap["zh"]


@pytest.mark.usefixtures("day")
async def test_a_planner_asks_and_while_one_waits_everybody_is_told_of_that(
    log_in: LogIn, town: Town
) -> None:
    planner, admin = await log_in("planner"), await log_in("admin")
    first = await planner.write("/week", seconds=2)
    assert first.status_code == 202, first.text
    job = first.json()
    assert (job["state"], job["cause"], job["monday"]) == ("queued", "manual", DAY.isoformat())
    again = await admin.write("/week", day=(DAY + timedelta(days=3)).isoformat())
    assert again.json()["id"] == job["id"]
    assert (await admin.read(f"/week/jobs/{job['id']}"))["id"] == job["id"]
    assert (await admin.read("/week"))["job"]["id"] == job["id"]
    await town.pool.execute(
        "UPDATE scheduler.week_job SET state = 'failed', finished_at = created_at,"
        " error = 'week-breaks-rules', rules = '{rest,nonsense}'"
    )
    failed = await admin.read(f"/week/jobs/{job['id']}")
    assert [one["rule"] for one in failed["broken"]] == ["rest"]
    assert "rest enough" in failed["broken"][0]["en"]


@pytest.mark.usefixtures("day")
@pytest.mark.parametrize(
    "body",
    [
        {"day": (DAY - timedelta(days=1)).isoformat()},
        {"day": (DAY + timedelta(days=70)).isoformat()},
        {"seconds": 0},
        {"seconds": 601},
        {"monday": DAY.isoformat()},
    ],
)
async def test_a_week_that_cannot_be_asked_for_is_refused(
    log_in: LogIn, body: dict[str, Any]
) -> None:
    answer = await (await log_in("planner")).write("/week", **body)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.usefixtures("day")
@pytest.mark.parametrize("role", ["operator", "caregiver", "family", "installer", "southern"])
async def test_whoever_does_not_plan_cannot_ask_for_a_week(log_in: LogIn, role: str) -> None:
    answer = await (await log_in(role)).write("/week")
    assert answer.status_code == 403
    assert answer.json()["code"] == "forbidden"


@pytest.mark.parametrize("role", ["caregiver", "family", "installer"])
async def test_the_week_is_for_the_console_only(log_in: LogIn, role: str) -> None:
    assert (await (await log_in(role)).get(PATH)).status_code == 403


@pytest.mark.usefixtures("day")
async def test_nothing_of_another_area_is_shown(log_in: LogIn, town: Town) -> None:
    job = (await (await log_in("planner")).write("/week")).json()["id"]
    southern = await log_in("southern")
    for path in (PATH, f"{PATH}/jobs/{job}"):
        answer = await southern.get(path)
        assert answer.status_code == 404
        assert answer.json()["code"] == "not-found"
    assert await town.pool.fetchval("SELECT count(*) FROM scheduler.week_job") == 1
