"""Alarms and heartbeats have processes of their own: each goes on without the other."""

import asyncio
from collections.abc import Sequence

import pytest

from devices import beats, ingest, registry
from devices.events import SignalKind, TerminalId
from devices.lanes import contacts, store
from devices.lanes.settle import settle
from devices.registry import Enrolment
from devices.supervision import DEFAULT_POLICY, Contact
from kernel import db
from kernel.audit import Process
from kernel.clock import SystemClock
from tests.integration.devices.site import AREA, Site, until

CLOCK = SystemClock()


@pytest.fixture
async def known(site: Site) -> Site:
    """A site whose broker knows the terminals and keeps both sessions, with nobody there."""
    async with site.ingesting():
        await site.device()
    return site


async def becomes(site: Site, **expected: object) -> None:
    async with asyncio.timeout(10):
        while {name: (await site.state())[name] for name in expected} != expected:
            await CLOCK.sleep(0.02)


async def test_an_alarm_comes_in_and_is_a_sign_of_life_while_no_beats_runs(known: Site) -> None:
    async with known.runs(ingest.run):
        [device] = known.devices
        device.press("a-1", seq=7, battery=60)
        await until(lambda: device.told("a-1"))
        await becomes(known, condition="online", seq=7, battery=60, hour_beats=0)


async def test_a_heartbeat_is_taken_while_no_ingest_runs(known: Site) -> None:
    async with known.runs(beats.run) as running:
        await known.hears(running)
        [device] = known.devices
        device.send("heartbeat", {"seq": 8, "boot": "b1", "battery": 70})
        await becomes(known, condition="online", seq=8, battery=70, hour_beats=1)


async def test_an_alarm_alone_tells_that_a_silent_terminal_is_back(known: Site) -> None:
    await known.pool.execute(
        "UPDATE devices.terminal_state SET condition = 'silent', silence_told = true"
    )
    async with known.runs(ingest.run):
        [device] = known.devices
        device.press("a-1")
        await until(lambda: SignalKind.CAME_BACK in known.handler.kinds())
    assert known.handler.kinds() == [SignalKind.SOS, SignalKind.CAME_BACK]


async def test_numbers_over_both_kinds_of_message_are_counted_once(known: Site) -> None:
    async with known.ingesting():
        [device] = known.devices
        for seq in range(1, 41):
            if seq % 8 == 0:
                continue  # lost on its way
            if seq % 3:
                device.send("heartbeat", {"seq": seq, "boot": "b1"})
            else:
                device.press(f"a-{seq}", seq=seq)
            await CLOCK.sleep(0.05)
        await becomes(known, seq=39, lost=4, hour_beats=23)


async def test_an_alarm_does_not_wait_for_a_heartbeat_that_hangs_in_its_transaction(
    known: Site,
) -> None:
    async with known.pool.acquire() as conn, conn.transaction():
        await store.lock_states(conn, ["T-1"])  # as a beats that stopped dead would
        async with known.ingesting():
            [device] = known.devices
            device.press("a-1")
            await until(lambda: device.told("a-1"), within_s=2)


async def test_two_processes_that_write_the_same_rows_never_block_each_other(site: Site) -> None:
    names = [TerminalId(f"{letter}-{n}") for letter in "aBcD" for n in range(10)]
    async with site.pool.acquire() as conn, conn.transaction():
        enrolments = [Enrolment(terminal=name, area=AREA, model="demo") for name in names]
        await registry.enrol_many(conn, enrolments, CLOCK.now(), by=Process.COMMAND_LINE)

    async def writes(at_once: int) -> None:
        for _ in range(25):
            async with site.pool.acquire() as conn, conn.transaction():
                heard = {name: Contact(at=CLOCK.now(), beats=1) for name in reversed(names)}
                await contacts.write(conn, heard, CLOCK.now(), DEFAULT_POLICY, at_once=at_once)

    await asyncio.gather(writes(1), writes(7), writes(100))
    states = await site.pool.fetch(
        "SELECT hour_beats FROM devices.terminal_state WHERE terminal = ANY ($1)", names
    )
    assert [row["hour_beats"] for row in states] == [75] * len(names)


async def test_who_hangs_in_a_transaction_lets_go_of_its_locks_and_tries_again(
    site: Site, database_url: str
) -> None:
    attempts = 0

    async def commit(_: Sequence[str]) -> None:
        nonlocal attempts
        attempts += 1
        async with pool.acquire() as conn, conn.transaction():
            await store.lock_states(conn, ["T-1"])
            if attempts == 1:  # stopped dead, and going on only once another had the row
                async with site.pool.acquire() as other, other.transaction():
                    await store.lock_states(other, ["T-1"])
            await store.hasty(conn)

    async def bury(_: str, error: Exception) -> None:
        raise error

    patience = {**db.STEADY, "idle_in_transaction_session_timeout": "200"}
    async with db.pool(database_url, options=patience) as pool, asyncio.timeout(10):
        await settle(["a message"], commit, bury, CLOCK)
    assert attempts == 2
