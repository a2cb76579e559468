"""SIGKILL of any part in mid-flow of 500 alarms: nothing is lost, nothing comes twice."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.integration.crashing import CLOCK, Scene, scene

ALARMS = 500
KILLED_AFTER = 150
PRESS_EVERY_S = 0.004


@pytest.mark.parametrize("part", ["broker", "postgres", "ingest", "engine", "web"])
async def test_no_alarm_is_lost_or_doubled_when_a_part_is_killed(tmp_path: Path, part: str) -> None:
    async with scene(tmp_path, ALARMS) as here:
        await press_all_and_kill(here, part)
        await every_terminal_hears_received(here)
        sent = sorted(home.alarm for home in here.homes)
        assert (
            await here.fetchval(
                'SELECT array_agg(signal_id ORDER BY signal_id COLLATE "C") FROM dispatch.alarm'
                " WHERE kind = 'sos'"
            )
            == sent
        )
        assert (
            await here.fetchval(
                "SELECT count(*) FROM dispatch.incident WHERE kind = 'sos' AND state <> 'closed'"
            )
            == ALARMS
        )
        assert (
            await here.fetchval(
                "SELECT count(*) FROM kernel.outbox WHERE topic = 'incident.opened'"
                " AND payload->>'kind' = 'sos'"
            )
            == ALARMS
        )
        await the_console_shows_every_incident_without_a_gap(here, part)
        await no_deadline_stays_overdue(here)


async def press_all_and_kill(here: Scene, part: str) -> None:
    for number, home in enumerate(here.homes):
        home.press()
        if number == KILLED_AFTER:
            pid = here.running.supervisor.pid(part)
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
        await CLOCK.sleep(PRESS_EVERY_S)


async def every_terminal_hears_received(here: Scene) -> None:
    try:
        async with asyncio.timeout(90):
            await asyncio.gather(*(home.received.wait() for home in here.homes))
    except TimeoutError:
        waiting = sum(not home.received.is_set() for home in here.homes)
        pytest.fail(f"{waiting} terminals still wait for `received`")


async def the_console_shows_every_incident_without_a_gap(here: Scene, part: str) -> None:
    async with asyncio.timeout(30):
        while len(here.console.incidents) < ALARMS:
            await CLOCK.sleep(0.1)
    assert here.console.snapshots == 1, "it resumed where it stood"
    if part == "web":
        assert here.console.connections > 1


async def no_deadline_stays_overdue(here: Scene) -> None:
    async with asyncio.timeout(30):
        while await here.fetchval(
            "SELECT count(*) FROM dispatch.incident"
            " WHERE step_due_at < clock_timestamp() - interval '2 seconds'"
        ):
            await CLOCK.sleep(0.5)
