"""A visit that lies ahead of somebody, whatever the hour: asked for, planned and published."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from carebell.embedded import postgres
from kernel.clock import SystemClock
from tests.browser.desk import Demo, log_in_by_http

TRIES = 200
USERNAME = "SELECT username FROM dispatch.account WHERE caregiver_id = $1"


async def visit_ahead(demo: Demo) -> tuple[str, str]:
    """Put an urgent visit into today's plan; return it, and the user name of who goes there."""
    now, visit = SystemClock().now(), str(uuid4())
    async with log_in_by_http(demo, "planner") as client:
        name = demo.terminals[0]["resident"]
        resident = (await _got(client, "/search", q=name))["items"][0]["resident_id"]
        wanted = {
            "resident_id": resident,
            "service": "company",
            "window_from": (now + timedelta(minutes=15)).isoformat(),
            "window_to": (now + timedelta(hours=2)).isoformat(),
            "minutes": 20,
        }
        body = {"event_id": visit, "cause": "new_visit", "new_visit": wanted}
        asked = (await client.post("/repairs", json=body)).raise_for_status().json()
        await _published(client, asked["id"])
        plan = await _got(client, "/plans/current", kind="visits")
    caregiver = next(
        row["id"]
        for row in plan["caregivers"]
        if visit in {stop["visit_id"] for stop in row["stops"]}
    )
    connection = await asyncpg.connect(postgres.url_of(demo.data))
    try:
        return visit, await connection.fetchval(USERNAME, caregiver)
    finally:
        await connection.close()


async def _published(client: httpx.AsyncClient, repair: str) -> None:
    """Publish the first way; ask again when the day has gone on meanwhile, as the page does."""
    for _ in range(TRIES):
        body = {"event_id": str(uuid4()), "alternative": await _first_way(client, repair)}
        answer = await client.post(f"/repairs/{repair}/publish", json=body)
        if answer.status_code != httpx.codes.CONFLICT:
            answer.raise_for_status()
            return
        again = await client.post(f"/repairs/{repair}/again", json={"event_id": str(uuid4())})
        again.raise_for_status()
    pytest.fail("the day never stood still")


async def _first_way(client: httpx.AsyncClient, repair: str) -> int:
    for _ in range(TRIES):
        if ways := (await _got(client, f"/repairs/{repair}"))["alternatives"]:
            return int(ways[0]["number"])
        await SystemClock().sleep(0.2)
    pytest.fail("no way to place an urgent visit was found")


async def _got(client: httpx.AsyncClient, path: str, **params: str) -> Any:
    return (await client.get(path, params=params)).raise_for_status().json()
