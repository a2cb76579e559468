"""Closed roads over HTTP: who may close one, whose it is, what is refused."""

from typing import Any

import pytest

from kernel.db import Pool
from kernel.ids import new_id

from .conftest import LogIn
from .test_day import clock, day  # noqa: F401 - fixtures

ROAD: dict[str, Any] = {
    "lat": 31.8,
    "lon": 119.92,
    "radius_m": 150,
    "starts_at": "2026-03-02T01:00:00Z",
    "ends_at": "2026-03-02T05:00:00Z",
}


@pytest.mark.usefixtures("day")
async def test_a_planner_closes_a_road_sees_it_and_opens_it_again(log_in: LogIn) -> None:
    planner, operator = await log_in("planner"), await log_in("operator")
    event = str(new_id())
    first, again = [await planner.write("/closures", **ROAD, event_id=event) for _ in range(2)]
    assert first.status_code == again.status_code == 201, first.text
    assert first.json() == again.json()
    shown = first.json()
    assert {name: shown[name] for name in ROAD} == ROAD
    assert (await operator.read("/closures"))["items"] == [shown]
    opened = [await planner.delete(f"/api/v1/closures/{shown['id']}") for _ in range(2)]
    assert [one.status_code for one in opened] == [200, 200]
    assert opened[0].json()["lifted_at"] == opened[1].json()["lifted_at"] is not None
    assert (await planner.read("/closures"))["items"] == []


@pytest.mark.usefixtures("day")
async def test_a_place_in_the_datum_of_a_chinese_map_is_kept_in_wgs84(log_in: LogIn) -> None:
    planner = await log_in("planner")
    answer = await planner.write("/closures", **ROAD, crs="gcj02")
    assert answer.status_code == 201, answer.text
    assert 0.001 < abs(answer.json()["lon"] - ROAD["lon"]) < 0.01


@pytest.mark.usefixtures("day")
@pytest.mark.parametrize(
    "change",
    [
        {"radius_m": 5},
        {"radius_m": 5_000},
        {"lat": 91},
        {"ends_at": "2026-03-02T00:30:00Z"},
        {"starts_at": "2026-03-02T05:00:00Z"},
        {"starts_at": "2026-03-02T05:00:00"},
        {"street": "Long Road"},
    ],
)
async def test_what_is_no_closure_is_refused_and_nothing_is_closed(
    log_in: LogIn, change: dict[str, Any]
) -> None:
    planner = await log_in("planner")
    answer = await planner.write("/closures", **(ROAD | change))
    assert answer.status_code == 422, answer.text
    assert (await planner.read("/closures"))["items"] == []


@pytest.mark.parametrize("role", ["operator", "caregiver", "family", "installer"])
async def test_whoever_does_not_plan_closes_and_opens_no_road(
    log_in: LogIn, pool: Pool, role: str
) -> None:
    client = await log_in(role)
    assert (await client.write("/closures", **ROAD)).status_code == 403
    assert (await client.delete(f"/api/v1/closures/{new_id()}")).status_code == 403
    assert await pool.fetchval("SELECT count(*) FROM scheduler.road_closure") == 0


@pytest.mark.usefixtures("day")
@pytest.mark.parametrize("role", ["planner", "supervisor", "admin"])
async def test_whoever_plans_may(log_in: LogIn, role: str) -> None:
    client = await log_in(role)
    assert (await client.write("/closures", **ROAD)).status_code == 201


@pytest.mark.usefixtures("day")
async def test_a_road_of_another_centre_is_not_there(log_in: LogIn, pool: Pool) -> None:
    planner = await log_in("planner")
    closure = (await planner.write("/closures", **ROAD)).json()["id"]
    # The planner now works for the south, which has a centre of its own.
    await pool.execute(
        "INSERT INTO scheduler.centre (area, zone, lat, lon)"
        " VALUES ('south', 'Asia/Shanghai', 31.7, 119.9)"
    )
    await pool.execute("INSERT INTO scheduler.centre_area VALUES ('south', 'south')")
    await pool.execute(
        "UPDATE dispatch.account_area SET area = 'south' WHERE account_id ="
        " (SELECT id FROM dispatch.account WHERE username = 'planner')"
    )
    assert (await planner.read("/closures"))["items"] == []
    assert (await planner.delete(f"/api/v1/closures/{closure}")).status_code == 404
    assert await pool.fetchval("SELECT lifted_at FROM scheduler.road_closure") is None
