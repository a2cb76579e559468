"""A small site: a broker with its users, an ingest, terminals that behave."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Self
from uuid import UUID, uuid4

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from devices import beats, ingest
from devices.events import Signal, SignalKind
from devices.handler import SignalHandler
from kernel.clock import SystemClock
from kernel.db import Connection, Pool
from kernel.outbox import Fact

AREA: Final = "north-1"
NAMES: Final = ("T-1", "T-2", "T-3")
Runner = Callable[
    [ingest.IngestSettings, Pool, SystemClock, SignalHandler, asyncio.Event],
    Coroutine[Any, Any, None],
]


async def until(condition: Callable[[], Any], *, within_s: float = 60) -> None:
    """Wait until `condition` holds, or fail."""
    end = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > end:
            pytest.fail("it did not come to pass in time")
        await SystemClock().sleep(0.01)


@dataclass
class Recorder:
    """A handler that remembers what it handled, and misbehaves on request."""

    signals: list[Signal] = field(default_factory=list)
    poison: str | None = None  # the id of an alarm it cannot bear
    failures: int = 0

    async def __call__(self, _: Connection, signals: Sequence[Signal]) -> Sequence[Fact]:
        for signal in signals:
            if signal.id == self.poison:
                self.failures += 1
                raise RuntimeError("a bug")
        self.signals += signals
        return [
            Fact(topic="signal.handled", area=s.area, subject=s.id, payload={"kind": s.kind})
            for s in signals
        ]

    def kinds(self) -> list[SignalKind]:
        return [signal.kind for signal in self.signals]

    def ids(self, kind: SignalKind = SignalKind.SOS) -> list[str]:
        return [signal.id for signal in self.signals if signal.kind is kind]


class Device:
    """A terminal's MQTT side: logs in, publishes, remembers what it is sent."""

    def __init__(self, broker: Any, name: str, secret: str, *, version5: bool = False) -> None:
        self._broker = broker
        self.name = name
        self.commands: list[dict[str, Any]] = []
        self.refused = asyncio.Event()
        self.connected = asyncio.Event()
        self.lost = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self.client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"{name}-{uuid4().hex[:8]}",
            clean_session=None if version5 else True,
            protocol=mqtt.MQTTv5 if version5 else mqtt.MQTTv311,
        )
        self.client.username_pw_set(name, secret)
        self.client.will_set(self.topic("status"), b'{"online":false}', 1, retain=True)
        self.client.reconnect_delay_set(1, 1)
        self.client.on_connect = self._on_connect
        self.client.on_disconnect = self._on_disconnect
        self.client.on_subscribe = self._on_subscribe
        self.client.on_message = self._on_message

    def topic(self, channel: str, area: str = AREA) -> str:
        return f"carebell/v1/{area}/{self.name}/{channel}"

    def _on_connect(self, client: Any, _data: Any, _flags: Any, reason: Any, _p: Any) -> None:
        if reason.is_failure:
            self._loop.call_soon_threadsafe(self.refused.set)
        else:
            client.subscribe(self.topic("command"), 1)

    def _on_subscribe(self, _client: Any, _data: Any, _mid: Any, _r: Any, _p: Any) -> None:
        self._loop.call_soon_threadsafe(self.connected.set)

    def _on_disconnect(self, _client: Any, _data: Any, _flags: Any, _r: Any, _p: Any) -> None:
        self._loop.call_soon_threadsafe(self.lost.set)

    def _on_message(self, _client: Any, _data: Any, message: mqtt.MQTTMessage) -> None:
        self.commands.append(json.loads(message.payload))

    def start(self) -> Self:
        self.client.connect(self._broker.host, self._broker.port)
        self.client.loop_start()
        return self

    async def ready(self) -> Self:
        self.start()
        async with asyncio.timeout(60):
            await self.connected.wait()
        return self

    def stop(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    def vanish(self) -> None:
        """Break the connection without saying good-bye, so that the last will is published."""
        self.client.loop_stop()
        sock = self.client.socket()
        if sock is not None:
            sock.close()

    def send(self, channel: str, body: Any, *, qos: int = 1, retain: bool = False) -> None:
        payload = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.client.publish(self.topic(channel), payload, qos, retain=retain)

    def press(self, alarm: str, **more: Any) -> None:
        body = {"id": alarm, "seq": 1, "boot": "b1", "at": "2026-03-02T01:00:00Z", "kind": "sos"}
        self.send("alarm", {**body, **more})

    def told(self, alarm: str) -> int:
        """How often the platform has said `received` for an alarm."""
        return sum(c["type"] == "alarm_state" and c["alarm"] == alarm for c in list(self.commands))


@dataclass
class Site:
    """Broker, database and ingest, with three terminals in two homes."""

    broker: Any
    pool: Pool
    handler: Recorder
    settings: ingest.IngestSettings
    secrets: dict[str, str]
    homes: dict[str, UUID]
    version5: bool = False
    devices: list[Device] = field(default_factory=list)

    @asynccontextmanager
    async def ingesting(self) -> AsyncIterator[None]:
        """Run both processes that take messages in, in the test's own."""
        async with self.runs(ingest.run, beats.run) as running:
            await self.hears(running)
            yield

    @asynccontextmanager
    async def runs(self, *processes: Runner) -> AsyncIterator["asyncio.Task[None]"]:
        """Run processes side by side, without waiting until they hear."""
        stop = asyncio.Event()

        async def together() -> None:
            async with asyncio.TaskGroup() as tasks:
                for run in processes:
                    tasks.create_task(
                        run(self.settings, self.pool, SystemClock(), self.handler, stop)
                    )

        running = asyncio.create_task(together())
        try:
            yield running
        finally:
            stop.set()
            async with asyncio.timeout(60):
                await running

    async def hears(self, running: "asyncio.Task[None]") -> None:
        """Wait until the users are written and heartbeats are heard."""
        before = await self.pool.fetchval("SELECT alive_at FROM devices.hearing")
        end = time.monotonic() + 60
        while await self.pool.fetchval("SELECT alive_at FROM devices.hearing") == before:
            if running.done():
                running.result()
            assert time.monotonic() < end, "they do not hear"
            await SystemClock().sleep(0.02)

    async def device(self, name: str = "T-1") -> Device:
        made = self.unconnected(name)
        return await made.ready()

    def unconnected(self, name: str, secret: str | None = None) -> Device:
        made = Device(
            self.broker, name, secret or self.secrets.get(name, "none"), version5=self.version5
        )
        self.devices.append(made)
        return made

    async def refuses(self, name: str, secret: str | None = None) -> None:
        """Wait until the broker lets nobody in with this secret: it reads its users in a moment."""
        async with asyncio.timeout(60):
            while True:
                device = self.unconnected(name, secret).start()
                answers = [device.refused.wait(), device.connected.wait()]
                tries = [asyncio.ensure_future(answer) for answer in answers]
                await asyncio.wait(tries, return_when=asyncio.FIRST_COMPLETED)
                for one in tries:
                    one.cancel()
                if device.refused.is_set():
                    return
                device.stop()

    async def state(self, name: str = "T-1") -> dict[str, Any]:
        row = await self.pool.fetchrow(
            "SELECT * FROM devices.terminal_state WHERE terminal = $1", name
        )
        assert row is not None
        return dict(row)
