"""The same from a terminal's socket: real broker, real ingest and beats, real database."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from devices import beats, ingest
from devices.registry.access import BrokerKind
from dispatch.incidents.model import Disposition
from dispatch.intake import express
from dispatch.intake import handling as intake
from kernel.clock import FakeClock, SystemClock
from kernel.db import Pool
from tests.integration.devices.site import Device, until
from tests.stories.town import NORTH, Town


class Pendant(Device):
    """A terminal of the town's northern district."""

    def topic(self, channel: str, area: str = NORTH) -> str:
        return super().topic(channel, area)

    def states(self) -> list[str]:
        """What the terminal was told of its alarms, in order."""
        return [c["state"] for c in list(self.commands) if c["type"] == "alarm_state"]


@dataclass
class Wire:
    """The town with a broker, an ingest and a beats beside it."""

    town: Town
    broker: Any
    pendants: list[Pendant] = field(default_factory=list)

    async def pendant(self, name: str) -> Pendant:
        made = Pendant(self.broker, f"T-{name}", self.town.secrets[f"T-{name}"])
        self.pendants.append(made)
        await made.ready()
        return made


@pytest.fixture
async def wire(broker: Any, pool: Pool) -> AsyncIterator[Wire]:
    town = await Town.built(pool, FakeClock(SystemClock().now()))
    stop = asyncio.Event()
    settings = ingest.IngestSettings(
        mqtt_url=broker.url,
        broker_kind=BrokerKind.NATS,
        broker_users_file=broker.users_file,
        broker_pid_file=broker.pid_file,
    )
    clock = SystemClock()
    running = asyncio.gather(
        ingest.run(settings, pool, clock, intake.handle, stop, express.QUICK),
        beats.run(settings, pool, clock, intake.handle, stop),
    )
    while await pool.fetchval("SELECT alive_at FROM devices.hearing") is None:
        if running.done():
            running.result()
        await SystemClock().sleep(0.02)
    made = Wire(town=town, broker=broker)
    yield made
    for pendant in made.pendants:
        pendant.stop()
    stop.set()
    async with asyncio.timeout(60):
        await running


async def test_the_one_who_pressed_hears_each_stage(wire: Wire) -> None:
    town, pendant = wire.town, await wire.pendant("Miller")
    miller, li, zhou = town.home("Miller"), town.seat("Li"), town.worker("Zhou")
    pendant.press("a-1")
    await until(lambda: pendant.states() == ["received"])
    assert await li.hears(miller) == 0
    await li.claims(miller)
    await until(lambda: pendant.states() == ["received", "answered"])
    await li.sends(zhou, miller)
    await zhou.accepts()
    await until(lambda: pendant.states()[2:] == ["help_coming"])
    await li.closes(miller, Disposition.REAL)
    await until(lambda: pendant.states()[3:] == ["closed"])


async def test_five_sendings_of_one_press_and_two_more_presses_are_one_call_times_three(
    wire: Wire,
) -> None:
    miller, pendant = wire.town.home("Miller"), await wire.pendant("Miller")
    for _ in range(5):
        pendant.press("a-1")
    pendant.press("a-2")
    pendant.press("a-3")
    await until(lambda: len(pendant.states()) == 7)
    assert [one.presses for one in await miller.incidents()] == [3]
    assert await wire.town.pool.fetchval("SELECT count(*) FROM dispatch.alarm") == 3


async def test_rubbish_and_kinds_nobody_knows_are_technical_calls_not_silence(wire: Wire) -> None:
    town, pendant = wire.town, await wire.pendant("Miller")
    other = await wire.pendant("Chen")
    pendant.send("alarm", b"\x00\xffnot json")
    other.press("a-1", kind="hologram_flicker")
    await until(lambda: other.states() == ["received"])

    async def kinds() -> list[tuple[str, str]]:
        rows = await town.pool.fetch("SELECT kind, category FROM dispatch.incident ORDER BY kind")
        return [(row["kind"], row["category"]) for row in rows]

    for _ in range(200):
        if len(await kinds()) == 2:
            break
        await SystemClock().sleep(0.02)
    assert await kinds() == [("undecodable", "technical"), ("unknown", "technical")]
    assert await town.pool.fetchval("SELECT count(*) FROM devices.quarantine") == 1
