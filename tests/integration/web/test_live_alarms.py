"""Alarms on their short way to consoles: what they bring is not read again."""

from kernel.clock import SystemClock
from kernel.db import Pool
from tests.stories.alarms import Lane, alarm
from web.server import serving
from web.settings import WebSettings

from .conftest import Town
from .live import opened

CLOCK = SystemClock()


async def test_an_alarm_that_brings_its_incident_goes_to_consoles_of_its_area_only(
    town: Town, settings: WebSettings, pool: Pool
) -> None:
    lane = Lane(pool, CLOCK.now())
    await pool.execute(
        "UPDATE dispatch.account_area SET area = 'city' WHERE account_id = $1",
        town.accounts["admin"],
    )
    async with (
        serving(settings, pool, CLOCK) as port,
        opened(port, "operator") as console,
        opened(port, "admin") as everywhere,
    ):
        for one in (console, everywhere):
            await one.hello()
            await one.next()
        await lane.takes(alarm("SOUTH-1", "a-1", CLOCK.now()))
        await lane.takes(alarm("NORTH-1", "a-1", CLOCK.now()))
        change = await console.next()
        assert (change["topic"], change["incident"]["area"]) == ("incident.opened", "north-1")
        assert change["incident"]["resident"]["name"] == "Zhao Guiying"
        elsewhere = await everywhere.next()
        assert elsewhere["incident"]["area"] == "south"
        assert await everywhere.next() == change | {"prev": elsewhere["seq"]}
