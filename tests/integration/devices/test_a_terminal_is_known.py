"""Heartbeats, readings, status and commands: what is known of a terminal."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from devices.events import SignalKind
from devices.registry.commands.sending import enqueue
from kernel.clock import SystemClock
from kernel.errors import InvalidError, NotFoundError
from tests.integration.devices.site import Site, until


async def eventually(check: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        while not await check():
            await SystemClock().sleep(0.02)


async def test_a_heartbeat_makes_a_terminal_online_with_its_figures(site: Site) -> None:
    async with site.ingesting():
        device = await site.device()
        for seq in (1, 2, 5):
            body = {"seq": seq, "boot": "b1", "battery": 80 - seq, "rssi": -70 - seq, "fw": "1.2"}
            device.send("heartbeat", {**body, "mains": True})
        await eventually(lambda: has(site, seq=5, condition="online"))
    state = await site.state()
    assert (state["battery"], state["rssi"], state["mains"], state["fw"]) == (75, -75, True, "1.2")
    assert (state["lost"], state["hour_beats"], state["hour_rssi_min"]) == (2, 3, -75)
    assert (state["silent_due_at"] - state["last_seen_at"]).total_seconds() == 720


async def test_an_alarm_is_a_sign_of_life_and_is_counted_once(site: Site) -> None:
    async with site.ingesting():
        device = await site.device()
        device.send("heartbeat", {"seq": 1, "boot": "b1"})
        device.press("a-1", seq=2)
        device.press("a-1", seq=2)
        device.send("heartbeat", {"seq": 3, "boot": "b1"})
        await eventually(lambda: has(site, seq=3, lost=0, condition="online"))


async def test_the_first_word_of_a_silent_terminal_says_that_it_is_back(site: Site) -> None:
    await site.pool.execute(
        "UPDATE devices.terminal_state SET condition = 'silent', silence_told = true"
    )
    async with site.ingesting():
        device = await site.device()
        device.send("heartbeat", {"seq": 1, "boot": "b1"})
        await until(lambda: site.handler.signals)
    [signal] = site.handler.signals
    assert (signal.kind, signal.home_id) == (SignalKind.CAME_BACK, site.homes["T-1"])


async def test_a_low_battery_is_told_once(site: Site) -> None:
    async with site.ingesting():
        device = await site.device()
        for seq, battery in enumerate((20, 15, 14, 13, 60)):
            device.send("heartbeat", {"seq": seq, "boot": "b1", "battery": battery})
            await eventually(lambda seq=seq: has(site, seq=seq))  # type: ignore[misc]
    assert site.handler.kinds() == [SignalKind.LOW_BATTERY, SignalKind.BATTERY_OK]


async def test_readings_keep_the_latest_of_each_name(site: Site) -> None:
    async with site.ingesting():
        device = await site.device()
        for value in (36.5, 99.5):
            readings = [
                {"name": "body_temperature", "value": value, "unit": "°C"},
                {"name": "heart_rate", "value": 70, "unit": "bpm"},
            ]
            device.send("measure", {"seq": 1, "boot": "b", "readings": readings})

        async def kept() -> bool:
            rows = await site.pool.fetch(
                "SELECT name, value, unit, in_range FROM devices.reading_latest ORDER BY name"
            )
            return [tuple(row) for row in rows] == [
                ("body_temperature", 99.5, "°C", False),
                ("heart_rate", 70.0, "/min", True),
            ]

        await eventually(kept)


async def test_a_status_says_who_is_connected_and_the_last_will_who_is_not(site: Site) -> None:
    async with site.ingesting():
        device = await site.device()
        device.send("status", {"online": True}, retain=True)
        await eventually(lambda: has(site, connected=True, condition="online"))
        device.vanish()
        await eventually(lambda: has(site, connected=False, condition="online"))


async def test_rubbish_on_the_heartbeat_channel_goes_to_quarantine(site: Site) -> None:
    async with site.ingesting():
        device = await site.device()
        device.send("heartbeat", b"rubbish")
        await until(lambda: site.handler.signals)
    assert site.handler.kinds() == [SignalKind.UNDECODABLE]


async def test_a_command_reaches_its_terminal_and_the_answer_is_noted(site: Site) -> None:
    async with site.ingesting():
        device = await site.device()
        async with site.pool.acquire() as conn, conn.transaction():
            command = await enqueue(conn, "T-1", "say", {"text": "有人来了"}, SystemClock().now())
        await until(lambda: device.commands)
        assert device.commands == [{"id": str(command), "type": "say", "text": "有人来了"}]
        device.send("reply", {"command": str(command), "ok": False, "error": "no speaker"})

        async def noted() -> bool:
            row = await site.pool.fetchrow("SELECT ok, error, next_at FROM devices.command")
            return row is not None and tuple(row) == (False, "no speaker", None)

        await eventually(noted)


async def test_another_terminals_answer_is_no_answer(site: Site) -> None:
    async with site.ingesting():
        device, other = await site.device("T-1"), await site.device("T-2")
        async with site.pool.acquire() as conn, conn.transaction():
            command = await enqueue(conn, "T-1", "ask", {}, SystemClock().now())
        await until(lambda: device.commands)
        other.send("reply", {"command": str(command), "ok": True})
        other.press("a-1")
        await until(lambda: other.told("a-1"))
    assert await site.pool.fetchval("SELECT replied_at FROM devices.command") is None


async def test_a_command_is_sent_again_until_it_is_answered(site: Site) -> None:
    async with site.pool.acquire() as conn, conn.transaction():
        await enqueue(conn, "T-1", "ask", {}, SystemClock().now())
    async with site.ingesting():
        await eventually(lambda: attempted(site, 1))  # nobody is there yet
        device = await site.device()
        await site.pool.execute("UPDATE devices.command SET next_at = now()")
        await until(lambda: device.commands)


async def attempted(site: Site, times: int) -> bool:
    return bool(await site.pool.fetchval("SELECT attempts FROM devices.command") == times)


async def test_a_command_that_expired_is_not_sent(site: Site) -> None:
    async with site.pool.acquire() as conn, conn.transaction():
        await enqueue(conn, "T-1", "ask", {}, SystemClock().now())
    await site.pool.execute("UPDATE devices.command SET expires_at = now() - interval '1 s'")
    async with site.ingesting():
        device = await site.device()

        async def at_rest() -> bool:
            return await site.pool.fetchval("SELECT next_at FROM devices.command") is None

        await eventually(at_rest)
    assert device.commands == []


async def test_only_commands_of_the_protocol_to_terminals_we_know(site: Site) -> None:
    async with site.pool.acquire() as conn:
        with pytest.raises(InvalidError):
            await enqueue(conn, "T-1", "explode", {}, SystemClock().now())
        with pytest.raises(NotFoundError):
            await enqueue(conn, "T-77", "ask", {}, SystemClock().now())


async def has(site: Site, **expected: object) -> bool:
    state = await site.state()
    return {name: state[name] for name in expected} == expected
