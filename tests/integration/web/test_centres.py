"""Which centre is meant: the only one, the one named, and never a guess."""

from typing import Any

import pytest

from kernel.ids import new_id

from .conftest import Client, LogIn, Town
from .planned import Day
from .test_day import clock, day  # noqa: F401 - fixtures

READS = ("/plans/current", "/plans", "/week", "/rules", "/closures")
CLOSURE = {
    "lat": 31.8,
    "lon": 119.9,
    "radius_m": 50,
    "starts_at": "2026-03-02T02:00:00Z",
    "ends_at": "2026-03-02T03:00:00Z",
}
ABSENCE = {
    "caregiver_id": str(new_id()),
    "starts_at": "2026-03-02T02:00:00Z",
    "ends_at": "2026-03-02T03:00:00Z",
}
WRITES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/plans", {"day": "2026-03-03", "kind": "visits", "seconds": 5}),
    ("/week", {"seconds": 5}),
    ("/closures", CLOSURE),
    ("/repairs", {"cause": "absence", "absence": ABSENCE}),
)

RULES = {"items": [{"rule": "fairness", "weight": 9}]}


@pytest.fixture
async def mayor(town: Town, day: Day, log_in: LogIn) -> Client:  # noqa: F811 - a fixture
    """Plans for the whole city, in which the south has a centre, too."""
    async with town.pool.acquire() as conn, conn.transaction():
        await conn.execute(
            "INSERT INTO scheduler.centre (area, lat, lon) VALUES ('south', 31.7, 119.95)"
        )
        await conn.execute("INSERT INTO scheduler.centre_area VALUES ('south', 'south')")
        await town.account(conn, "mayor", "planner", "city")
    return await log_in("mayor")


async def test_who_has_several_centres_is_asked_which_and_told_what_there_is(
    mayor: Client,
) -> None:
    answers = [await mayor.get(f"/api/v1{path}") for path in READS]
    answers += [await mayor.write(path, **body) for path, body in WRITES]
    answers += [await mayor.put("/api/v1/rules", json=RULES)]
    for answer in answers:
        assert answer.status_code == 422, answer.text
        problem = answer.json()
        assert (problem["field"], problem["centres"]) == ("centre", ["north", "south"])
        assert problem["detail"] == "Say which centre: north, south."


async def test_the_centre_named_is_the_one_shown_and_written_to(town: Town, mayor: Client) -> None:
    for path in READS:
        await mayor.read(path, centre="south")
    assert (await mayor.read("/plans/current", centre="north"))["plan"] is not None
    assert (await mayor.read("/plans/current", centre="south"))["plan"] is None
    made = [
        await mayor.write(f"{path}?centre=south", **body)
        for path, body in WRITES
        if path != "/repairs"
    ]
    assert [answer.status_code for answer in made] == [202, 202, 201]
    assert await town.pool.fetchval("SELECT area FROM scheduler.job") == "south"
    assert await town.pool.fetchval("SELECT centre FROM scheduler.week_job") == "south"
    assert len((await mayor.read("/closures", centre="south"))["items"]) == 1
    assert (await mayor.read("/closures", centre="north"))["items"] == []
    assert (await mayor.put("/api/v1/rules?centre=south", json=RULES)).status_code == 200
    weights = {
        centre: {
            one["rule"]: one["weight"]
            for one in (await mayor.read("/rules", centre=centre))["items"]
        }
        for centre in ("north", "south")
    }
    assert weights["south"]["fairness"] == 9
    assert weights["north"]["fairness"] != 9


@pytest.mark.usefixtures("mayor")
@pytest.mark.parametrize("centre", ["south", "north-1", "nowhere"])
async def test_another_s_centre_does_not_exist(log_in: LogIn, centre: str) -> None:
    planner = await log_in("planner")
    answers = [await planner.get(f"/api/v1{path}", params={"centre": centre}) for path in READS]
    answers += [await planner.write(f"{path}?centre={centre}", **body) for path, body in WRITES]
    assert {answer.status_code for answer in answers} == {404}


@pytest.mark.usefixtures("mayor")
async def test_who_has_one_centre_need_not_name_it_but_may(log_in: LogIn) -> None:
    planner = await log_in("planner")
    for path in READS:
        assert await planner.read(path) == await planner.read(path, centre="north")


async def test_the_log_in_says_which_centres_there_are(mayor: Client, log_in: LogIn) -> None:
    both = [{"id": "north", "name": "North"}, {"id": "south", "name": "South"}]
    assert (await mayor.read("/me"))["centres"] == both
    assert (await (await log_in("planner")).read("/me"))["centres"] == both[:1]
    assert (await (await log_in("family")).read("/me"))["centres"] == []
