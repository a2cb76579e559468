"""Broker, database or our own process away in mid-flow: nothing is lost, nothing doubled."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import paho.mqtt.client as mqtt
import pytest

from carebell.embedded import postgres
from carebell.embedded.part import Running
from devices import registry
from devices.events import Signal
from devices.mqtt.link import ThreadDiedError
from devices.registry import Enrolment
from kernel import db, outbox
from kernel.audit import Process
from kernel.clock import SystemClock
from kernel.db import Connection
from kernel.outbox import Fact
from tests.integration.devices.site import AREA, Recorder, Site, until


class Gate(Recorder):
    """A handler that waits inside the transaction until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.open = asyncio.Event()
        self.entered = asyncio.Event()

    async def __call__(self, conn: Connection, signals: Sequence[Signal]) -> Sequence[Fact]:
        self.entered.set()
        await self.open.wait()
        return await super().__call__(conn, signals)


async def test_received_is_said_only_after_the_commit(site: Site) -> None:
    site.handler = gate = Gate()
    async with site.ingesting():
        device = await site.device()
        device.press("a-1")
        await gate.entered.wait()
        await SystemClock().sleep(0.3)
        assert device.told("a-1") == 0
        assert await site.pool.fetchval("SELECT count(*) FROM devices.inbox") == 0
        gate.open.set()
        await until(lambda: device.told("a-1"))
        assert await site.pool.fetchval("SELECT count(*) FROM devices.inbox") == 1


async def test_what_is_in_hand_is_not_taken_again_when_the_broker_grows_impatient(
    site: Site,
) -> None:
    site.handler = gate = Gate()
    async with site.ingesting():
        device = await site.device()
        device.press("a-1")
        await gate.entered.wait()
        await SystemClock().sleep(5)  # the embedded broker sends again after 2 s
        gate.open.set()
        await until(lambda: device.told("a-1"))
        await SystemClock().sleep(0.5)
        assert device.told("a-1") == 1


async def test_an_ingest_that_dies_in_its_transaction_leaves_the_alarm_to_the_next(
    site: Site,
) -> None:
    site.handler = gate = Gate()
    async with site.ingesting():
        device = await site.device()
        device.press("a-1")
        await gate.entered.wait()
    assert await site.pool.fetchval("SELECT count(*) FROM devices.inbox") == 0
    site.handler = Recorder()
    async with site.ingesting():
        await until(lambda: device.told("a-1"))
    assert site.handler.ids() == ["a-1"]


async def test_an_alarm_sent_while_no_ingest_runs_waits_in_the_broker(site: Site) -> None:
    async with site.ingesting():
        device = await site.device()
    device.press("a-1")
    await SystemClock().sleep(0.2)
    async with site.ingesting():
        await until(lambda: device.told("a-1"))
    assert site.handler.ids() == ["a-1"]


async def test_a_broker_killed_in_mid_flow_costs_no_alarm(site: Site) -> None:
    async with site.ingesting():
        device = await site.device()
        wanted = [f"a-{n}" for n in range(60)]
        for alarm in wanted[:30]:
            device.press(alarm)
        site.broker.kill()
        site.broker.start()
        for alarm in wanted[30:]:
            device.press(alarm)
        # as a terminal does: again until received
        for _ in range(20):
            missing = [alarm for alarm in wanted if not device.told(alarm)]
            if not missing:
                break
            for alarm in missing if device.client.is_connected() else ():
                device.press(alarm)
            await SystemClock().sleep(1)
        assert not missing
    assert sorted(site.handler.ids()) == sorted(wanted)


async def test_while_the_database_is_away_nothing_is_acknowledged_and_then_all_is_there(
    any_broker: Any, site_of_its_own: tuple[Site, Running]
) -> None:
    site, server = site_of_its_own
    async with site.ingesting():
        device = await site.device()
        device.press("a-0")
        await until(lambda: device.told("a-0"))
        server.kill()
        for n in range(1, 21):
            device.press(f"a-{n}")
        await SystemClock().sleep(1)
        assert [n for n in range(1, 21) if device.told(f"a-{n}")] == []
        await asyncio.to_thread(server.start)
        await until(lambda: all(device.told(f"a-{n}") for n in range(1, 21)), within_s=60)
    async with db.pool(site.settings.database_url.get_secret_value()) as pool:
        assert await pool.fetchval("SELECT count(*) FROM devices.inbox") == 21
        async with pool.acquire() as conn:
            told = await outbox.read(conn, 0)
    assert sorted(t.fact.subject for t in told) == sorted(f"a-{n}" for n in range(21))


async def test_when_the_mqtt_thread_dies_the_process_ends_to_be_started_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any) -> None:
        raise RuntimeError("a bug in a library")

    monkeypatch.setattr(threading, "excepthook", lambda _: None)

    async def ingests() -> None:
        async with site.ingesting():
            monkeypatch.setattr(mqtt.Client, "_loop", breaks)
            await SystemClock().sleep(4)

    with pytest.raises(ExceptionGroup) as caught:
        await ingests()
    assert caught.group_contains(ThreadDiedError)


async def test_while_the_broker_stands_still_we_do_not_claim_to_hear(site: Site) -> None:
    heard = "SELECT alive_at FROM devices.hearing"
    async with site.ingesting():
        site.broker.pause()
        try:
            await SystemClock().sleep(3)
            before = await site.pool.fetchval(heard)
            await SystemClock().sleep(3)
            assert await site.pool.fetchval(heard) == before
        finally:
            site.broker.resume()
        async with asyncio.timeout(60):
            while await site.pool.fetchval(heard) == before:
                await SystemClock().sleep(0.1)


@pytest.fixture
async def site_of_its_own(
    any_broker: Any, tmp_path: Path, make_settings: Any
) -> AsyncIterator[tuple[Site, Running]]:
    """A site on a PostgreSQL that may be killed."""
    cluster = await asyncio.to_thread(postgres.prepare, tmp_path, options=postgres.HASTY)
    server = Running(cluster.part)
    await asyncio.to_thread(server.start)
    await asyncio.to_thread(db.migrate, cluster.url())
    async with db.pool(cluster.url()) as pool:
        async with pool.acquire() as conn, conn.transaction():
            secret = await registry.enrol(
                conn,
                Enrolment(terminal="T-1", area=AREA, model="demo"),
                SystemClock().now(),
                by=Process.COMMAND_LINE,
            )
            await registry.bind(conn, "T-1", uuid4(), SystemClock().now(), by=Process.COMMAND_LINE)
        site = Site(
            broker=any_broker,
            pool=pool,
            handler=Recorder(),
            settings=make_settings(any_broker, cluster.url()),
            secrets={"T-1": secret},
            homes={},
        )
        yield site, server
        for device in site.devices:
            device.stop()
    await asyncio.to_thread(server.stop)
