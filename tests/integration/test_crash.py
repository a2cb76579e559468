"""Any part killed in mid-flow of 500 alarms, or stopped dead: nothing is lost, nothing doubled."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.crashing import CLOCK, Scene, scene

ALARMS = 500
FEW = 60
KILLED_AFTER = 150
PRESS_EVERY_S = 0.004
ALARMS_TAKEN = """
SELECT array_agg(signal_id ORDER BY signal_id COLLATE "C") FROM dispatch.alarm WHERE kind = 'sos'
"""
INCIDENTS = """
SELECT count(*) FROM dispatch.incident WHERE kind = 'sos' AND state <> 'closed'
"""
OPENED = """
SELECT count(*) FROM kernel.outbox
WHERE topic = 'incident.opened' AND payload->>'kind' = 'sos'
"""
BEATS = "SELECT coalesce(sum(beats), 0)::integer FROM devices.heartbeat_v1"
SILENT = "SELECT count(*) FROM devices.terminal_state WHERE condition = 'silent'"


@pytest.mark.parametrize("part", ["broker", "postgres", "ingest", "beats", "engine", "web"])
async def test_no_alarm_is_lost_or_doubled_when_a_part_is_killed(tmp_path: Path, part: str) -> None:
    async with scene(tmp_path, ALARMS) as here:
        await press_all_and_kill(here, part)
        await every_terminal_hears_received(here)
        await every_alarm_is_there_once(here)
        await no_heartbeat_is_counted_twice(here, none_is_lost=part in {"ingest", "engine", "web"})
        await the_console_shows_every_incident_without_a_gap(here, part)
        await no_deadline_stays_overdue(here)


async def test_no_alarm_waits_for_a_beats_that_is_stopped_dead(tmp_path: Path) -> None:
    async with scene(tmp_path, FEW) as here:
        with stopped_dead(here, "beats"):
            for home in here.homes:
                home.beat()
                home.press()
            await every_terminal_hears_received(here)
            assert await here.fetchval(BEATS) == 0
        await every_alarm_is_there_once(here)
        await no_heartbeat_is_counted_twice(here, none_is_lost=True)
        assert await here.fetchval(SILENT) == 0


async def test_no_heartbeat_waits_for_an_ingest_that_is_stopped_dead(tmp_path: Path) -> None:
    async with scene(tmp_path, FEW) as here:
        with stopped_dead(here, "ingest"):
            for home in here.homes:
                home.press()
                home.beat()
            await no_heartbeat_is_counted_twice(here, none_is_lost=True)
            assert not any(home.received.is_set() for home in here.homes)
        await every_terminal_hears_received(here)
        await every_alarm_is_there_once(here)
        await no_heartbeat_is_counted_twice(here, none_is_lost=True)


async def press_all_and_kill(here: Scene, part: str) -> None:
    for number, home in enumerate(here.homes):
        home.beat()
        home.press()
        if number == KILLED_AFTER:
            os.kill(pid_of(here, part), signal.SIGKILL)
        await CLOCK.sleep(PRESS_EVERY_S)


@contextmanager
def stopped_dead(here: Scene, part: str) -> Iterator[None]:
    pid = pid_of(here, part)
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def pid_of(here: Scene, part: str) -> int:
    pid = here.running.supervisor.pid(part)
    assert pid is not None
    return pid


async def every_alarm_is_there_once(here: Scene) -> None:
    sent = sorted(home.alarm for home in here.homes)
    assert await here.fetchval(ALARMS_TAKEN) == sent
    assert await here.fetchval(INCIDENTS) == len(sent)
    assert await here.fetchval(OPENED) == len(sent)


async def no_heartbeat_is_counted_twice(here: Scene, *, none_is_lost: bool) -> None:
    sent = sum(home.beats for home in here.homes)
    async with asyncio.timeout(15):
        while none_is_lost and await here.fetchval(BEATS) < sent:
            await CLOCK.sleep(0.1)
    assert await here.fetchval(BEATS) <= sent


async def every_terminal_hears_received(here: Scene) -> None:
    try:
        async with asyncio.timeout(90):
            await asyncio.gather(*(home.received.wait() for home in here.homes))
    except TimeoutError:
        waiting = sum(not home.received.is_set() for home in here.homes)
        pytest.fail(f"{waiting} terminals still wait for `received`")


async def the_console_shows_every_incident_without_a_gap(here: Scene, part: str) -> None:
    async with asyncio.timeout(90):
        while len(here.console.incidents) < ALARMS:
            await CLOCK.sleep(0.1)
    assert here.console.snapshots == 1, "it resumed where it stood"
    if part == "web":
        assert here.console.connections > 1


async def no_deadline_stays_overdue(here: Scene) -> None:
    async with asyncio.timeout(90):
        while await here.fetchval(
            "SELECT count(*) FROM dispatch.incident"
            " WHERE step_due_at < clock_timestamp() - interval '2 seconds'"
        ):
            await CLOCK.sleep(0.5)
