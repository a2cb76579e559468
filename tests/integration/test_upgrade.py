"""A data folder that the version before has left is gone on with."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest

from carebell.embedded import postgres
from carebell.parts import shows_life
from carebell.platform import PROCESSES
from kernel import db
from kernel.clock import SystemClock
from tests.integration import folder_before as before
from tests.integration.carebell.demo_run import DemoRun

CLOCK: Final = SystemClock()
ALARMS: Final = """
SELECT array_agg(ARRAY[a.signal_id, i.state]) FROM dispatch.alarm a
JOIN dispatch.incident i ON i.id = a.incident_id WHERE a.terminal_id = 'AX-0002'
"""
OPENED: Final = "SELECT count(*) FROM kernel.outbox WHERE topic = 'incident.opened'"
READINGS: Final = "SELECT array_agg(name || ' ' || value) FROM devices.reading_latest"
HANDLED: Final = "SELECT over FROM scheduler.pull_out"
HAS_GAPS: Final = "SELECT count(*) <> max(seq) FROM kernel.outbox"


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[DemoRun]:
    run = DemoRun(tmp_path)
    yield run
    for process in run.processes():
        process.kill()


async def becomes(connection: db.Connection, statement: str, wanted: object) -> None:
    """Wait until the statement returns what is wanted."""
    found = None
    try:
        async with asyncio.timeout(30):
            while (found := await connection.fetchval(statement)) != wanted:
                await CLOCK.sleep(0.1)
    except TimeoutError:
        pytest.fail(f"{statement}: {found}, and not {wanted}")


@asynccontextmanager
async def database(folder: Path) -> AsyncIterator[db.Connection]:
    connection = await db.connect(postgres.url_of(folder))
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def desk(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at the operator's desk that nobody has logged in again."""
    headers = {"Origin": url, "Cookie": f"carebell_session={before.SESSION}"}
    async with httpx.AsyncClient(base_url=f"{url}/api/v1", headers=headers, timeout=30) as client:
        yield client


async def get(client: httpx.AsyncClient, path: str, **params: str) -> Any:
    return (await client.get(path, params=params)).raise_for_status().json()


async def test_a_folder_of_the_version_before_is_gone_on_with(demo: DemoRun) -> None:
    alarm = await asyncio.to_thread(before.make, demo.data, demo.mqtt_port)
    await asyncio.to_thread(demo.start, "--no-simulator")
    dead = [one for one in PROCESSES if not shows_life(demo.data / "run" / f"{one}.alive")]
    assert dead == []
    async with database(demo.data) as connection, desk(demo.content()["url"]) as client:
        await what_waited_at_the_broker_comes_in(connection, alarm)
        await what_was_open_is_claimed(client)
        await the_plan_is_in_force(client)
        await the_planner_goes_on_where_it_stood(connection)
        assert await asyncio.to_thread(demo.press), "with its secret of before"
        await becomes(connection, ALARMS, [[alarm, "open"]])
        await becomes(connection, OPENED, 3)
        assert not await connection.fetchval(HAS_GAPS)
    logins = {one["username"]: one["password"] for one in demo.content()["logins"]}
    assert logins["operator"] == before.password("operator")
    assert {one["home_id"] for one in demo.waiting()} >= {before.home(2), before.home(3)}
    assert demo.end(signal.SIGTERM) == 0


async def what_waited_at_the_broker_comes_in(connection: db.Connection, alarm: str) -> None:
    await becomes(connection, ALARMS, [[alarm, "open"]])
    await becomes(connection, READINGS, ["systolic 138"])


async def what_was_open_is_claimed(client: httpx.AsyncClient) -> None:
    waiting = await get(client, "/incidents", tab="waiting")
    assert before.OPEN_INCIDENT in {one["id"] for one in waiting["items"]}
    body = {"event_id": str(uuid4())}
    claimed = await client.post(f"/incidents/{before.OPEN_INCIDENT}/claim", json=body)
    assert claimed.status_code == 200, claimed.text
    assert claimed.json()["state"] == "claimed"
    assert claimed.json()["presses"] == 1


async def the_plan_is_in_force(client: httpx.AsyncClient) -> None:
    current = await get(client, "/plans/current", kind="visits")
    assert current["plan"]["id"] == before.PLAN
    assert current["plan"]["version"] == 1


async def the_planner_goes_on_where_it_stood(connection: db.Connection) -> None:
    await becomes(connection, HANDLED, wanted=True)
