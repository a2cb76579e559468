"""A platform, five hundred homes and a console that holds on: what the crash tests are made of."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from carebell.demo import filling
from carebell.demo.secrets import Keys
from carebell.embedded.files import free_port
from carebell.platform import Options, Platform, platform
from carebell.simulating import town_logins
from devices.dialects.carebell_v1 import Channel
from devices.mqtt.address import Address
from devices.simulator.wire import Login, Loss, Wire
from kernel import db
from kernel.clock import SystemClock

CLOCK: Final = SystemClock()
RESEND_S: Final = 2.0  # the protocol's 5-20 s, hurried


class Home:
    """A terminal that presses once and repeats itself until it hears `received`."""

    def __init__(self, address: Address, login: Login) -> None:
        self.alarm = str(uuid4())
        self.received = asyncio.Event()
        self.connected = asyncio.Event()
        self.sent = 0
        self.beats = 0
        self._pressed = False
        self._wire = Wire(
            address,
            login,
            on_ready=self._ready,
            on_command=self._command,
            on_lost=self._lost,
        )

    def connect(self) -> None:
        self._wire.connect()

    def press(self) -> None:
        self._pressed = True
        self._send()

    def beat(self) -> None:
        """Send a heartbeat, which nobody repeats."""
        body = {"seq": self.beats, "boot": "b1"}
        self.beats += self._wire.publish(Channel.HEARTBEAT, json.dumps(body).encode(), 0)

    def leave(self) -> None:
        self.received.set()
        self._wire.close()

    def _send(self) -> None:
        if self.received.is_set():
            return
        body = {"id": self.alarm, "seq": self.sent, "boot": "b1", "kind": "sos"}
        body["at"] = CLOCK.now().isoformat()
        self.sent += self._wire.publish(Channel.ALARM, json.dumps(body).encode(), 1)
        asyncio.get_running_loop().call_later(RESEND_S, self._send)

    def _ready(self) -> None:
        self.connected.set()

    def _command(self, payload: bytes) -> None:
        body = json.loads(payload)
        if body.get("alarm") == self.alarm and body.get("state") == "received":
            self.received.set()

    def _lost(self, _: Loss) -> None:
        self.connected.clear()
        if not self.received.is_set():
            asyncio.get_running_loop().call_later(0.3, self._wire.connect)


@dataclass(slots=True)
class Console:
    """An operator's console that reconnects where it stood, and checks the chain of numbers."""

    url: str
    password: str
    epoch: str | None = None
    seq: int = 0
    incidents: set[str] = field(default_factory=set)
    snapshots: int = 0
    connections: int = 0

    async def watch(self) -> None:
        """Hold on until cancelled."""
        cookie = None
        while True:
            try:
                cookie = cookie or await self._log_in()
                await self._listen(cookie)
            except (OSError, httpx.HTTPError, WebSocketException, InvalidHandshake):
                await CLOCK.sleep(0.2)

    async def _log_in(self) -> str:
        async with httpx.AsyncClient(base_url=self.url, headers={"Origin": self.url}) as client:
            body = {"username": "operator", "password": self.password}
            (await client.post("/api/v1/session", json=body)).raise_for_status()
            return f"carebell_session={client.cookies['carebell_session']}"

    async def _listen(self, cookie: str) -> None:
        address = self.url.replace("http", "ws", 1) + "/ws/console"
        headers = {"Cookie": cookie, "Origin": self.url}
        async with connect(address, additional_headers=headers, max_size=None) as socket:
            self.connections += 1
            resume = {"epoch": self.epoch, "seq": self.seq} if self.epoch else None
            await socket.send(json.dumps({"type": "hello", "resume": resume}))
            async for text in socket:
                self._take(json.loads(text))

    def _take(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "snapshot":
            self.snapshots += 1
            self.epoch, self.seq = frame["epoch"], frame["seq"]
            self.incidents |= {incident["id"] for incident in frame["incidents"]}
        elif frame["type"] == "change":
            assert frame["prev"] == self.seq, "a gap, or one twice"
            self.seq = frame["seq"]
            if frame["incident"]:
                self.incidents.add(frame["incident"]["id"])


@dataclass(slots=True, kw_only=True)
class Scene:
    """A platform with homes connected and a console that watches."""

    running: Platform
    homes: list[Home]
    console: Console

    async def fetchval(self, statement: str, *arguments: object) -> Any:
        connection = await db.connect(self.running.database_url)
        try:
            return await connection.fetchval(statement, *arguments)
        finally:
            await connection.close()


@asynccontextmanager
async def scene(folder: Path, homes: int) -> AsyncIterator[Scene]:
    """Bring everything up, connect every home, and let the console have its snapshot."""
    options = Options(
        data_dir=folder / "data",
        host="127.0.0.1",
        port=free_port(),
        mqtt_host="127.0.0.1",
        mqtt_port=free_port(),
    )
    async with platform(options, CLOCK) as running:
        await asyncio.to_thread(db.migrate, running.database_url)
        await filling.fill(
            running.database_url,
            options.data_dir,
            seed=1,
            residents=round(homes * 1.3),
            caregivers=6,
            zone=ZoneInfo("Asia/Shanghai"),
            now=CLOCK.now(),
        )
        await running.start("ingest", "beats", "engine", "web")
        logins = (await town_logins(running.database_url, options.data_dir))[:homes]
        assert len(logins) == homes
        console = Console(running.url, Keys(options.data_dir).password("operator"))
        watching = asyncio.create_task(console.watch())
        address = Address.parse(running.mqtt_url)
        people = [Home(address, login) for login in logins]
        try:
            for home in people:
                home.connect()
                await CLOCK.sleep(0.002)
            async with asyncio.timeout(90):
                await asyncio.gather(*(home.connected.wait() for home in people))
                while not console.snapshots:
                    await CLOCK.sleep(0.05)
            yield Scene(running=running, homes=people, console=console)
            if watching.done():
                watching.result()
        finally:
            watching.cancel()
            for home in people:
                home.leave()
            await asyncio.gather(watching, return_exceptions=True)
