"""Press → screen and heartbeats a second, against the bare pipe, in one run.

    python -m bench.ingest [--presses 400] [--rate 3500] [--json FILE]

Starts its own PostgreSQL and broker in a temporary folder, with the durability of production, and
a town with one terminal for each of some 2,000 homes. Then, each for itself:

1. the bare pipe (`bench.pipe`) and 2. Carebell (the processes ingest, beats and web, an
   operator's websocket): presses at 20 a second with `--rate` heartbeats a second beside them.
   Measured from the publish call to the NOTIFY of the commit, to `received`, and to the websocket
   frame.
3. paho draining heartbeats into nothing and 4. Carebell's beats, under as many heartbeats as the
   broker delivers.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import paho.mqtt.client as mqtt
import websockets
from paho.mqtt.enums import CallbackAPIVersion
from rich.console import Console
from rich.table import Table

from bench.pipe import CHANNEL as PIPE_CHANNEL
from carebell.demo import filling
from carebell.demo.secrets import Keys
from carebell.embedded.files import free_port
from carebell.platform import Options, Platform, platform
from devices.mqtt.address import Address
from kernel import db
from kernel.clock import SystemClock
from kernel.outbox import CHANNEL as OUTBOX_CHANNEL

PRESSES_PER_S: Final = 20
WARM_UP: Final = 40
DRAIN_S: Final = 10.0
RESIDENTS: Final = 2000
TERMINALS: Final = """
SELECT terminal_id, area FROM devices.terminal_v1 WHERE home_id IS NOT NULL ORDER BY terminal_id
"""
OPERATOR: Final = """
SELECT username FROM dispatch.account WHERE role = 'admin' ORDER BY username LIMIT 1
"""
OPENED: Final = """
SELECT payload ->> 'terminal_id' AS terminal, min(seq) AS seq
FROM kernel.outbox WHERE topic = 'incident.opened' GROUP BY 1
"""
BEATS: Final = "SELECT sum(beats) FROM devices.heartbeat_v1"


@dataclass
class Times:
    """When each press was published and when each sign of it came. Seconds, one clock."""

    pressed: dict[str, float] = field(default_factory=dict)
    committed: dict[str, float] = field(default_factory=dict)
    received: dict[str, float] = field(default_factory=dict)
    framed: dict[str, float] = field(default_factory=dict)

    def quantiles(self, seen: dict[str, float]) -> dict[str, float]:
        """Return p50, p99 and the worst in milliseconds, and how many were seen."""
        late = sorted((seen[t] - at) * 1000 for t, at in self.pressed.items() if t in seen)
        if not late:
            return {"count": 0}
        return {
            "p50": late[len(late) // 2],
            "p99": late[min(len(late) - 1, int(0.99 * len(late)))],
            "max": late[-1],
            "count": len(late),
        }


class Presser:
    """Presses buttons with the service account, and notes what comes back."""

    def __init__(self, address: Address, times: Times) -> None:
        self._times = times
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="bench-presser")
        self._client.username, self._client.password = address.username, address.password
        self._client.on_connect = lambda c, *_: c.subscribe("carebell/v1/+/+/command", 0)
        self._client.on_message = self._on_message
        self._client.connect(address.host, address.port)
        self._client.loop_start()

    def _on_message(self, _client: Any, _data: Any, message: mqtt.MQTTMessage) -> None:
        if b"received" in message.payload:
            self._times.received.setdefault(message.topic.split("/")[3], time.perf_counter())

    def press(self, area: str, terminal: str) -> None:
        """Press one terminal's button."""
        body = {"id": str(uuid4()), "seq": 1, "boot": "bench", "kind": "sos", "battery": 80}
        self._times.pressed[terminal] = time.perf_counter()
        self._client.publish(f"carebell/v1/{area}/{terminal}/alarm", json.dumps(body), 1)

    def close(self) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()


@asynccontextmanager
async def children(*commands: list[str]) -> AsyncIterator[list[subprocess.Popen[str]]]:
    """Run modules of ours beside us, and end them."""
    running = [
        subprocess.Popen([sys.executable, "-m", *command], stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220 - forking once is no wait
        for command in commands
    ]
    try:
        yield running
    finally:
        for child in running:
            child.terminate()
            await asyncio.to_thread(child.wait)


async def press_all(
    presser: Presser, homes: list[tuple[str, str]], clock: SystemClock, presses: int
) -> None:
    """Press at an even pace, one home after the other."""
    for terminal, area in homes[: presses + WARM_UP]:
        presser.press(area, terminal)
        await clock.sleep(1 / PRESSES_PER_S)
    await clock.sleep(2)


def warm(times: Times) -> Times:
    """Return the times without those of the warm-up."""
    for terminal in list(times.pressed)[:WARM_UP]:
        del times.pressed[terminal]
    return times


class Bench:
    """One platform and its town."""

    def __init__(self, running: Platform, homes: list[tuple[str, str]], topics: Path) -> None:
        self.running, self.homes, self.topics = running, homes, topics
        self.clock = SystemClock()
        self.address = Address.parse(running.mqtt_url)

    def load(self, rate: float, seconds: float) -> list[str]:
        """Return the command that sends heartbeats."""
        options = ["--broker", self.running.mqtt_url, "--rate", str(rate)]
        return ["bench.load", *options, "--seconds", str(seconds), str(self.topics)]

    async def committed(self, channel: str, note: Callable[[str], Any]) -> Any:
        """Open a connection that hears commits."""
        conn = await asyncpg.connect(self.running.database_url)
        await conn.add_listener(channel, lambda _c, _p, _ch, payload: note(str(payload)))
        return conn

    async def pipe(self, presses: int, rate: float) -> Times:
        """Measure the bare pipe."""
        times, port = Times(), free_port()
        url, database = self.running.mqtt_url, self.running.database_url
        seconds = (presses + WARM_UP) / PRESSES_PER_S + 6
        async with children(
            ["bench.pipe", "take", "--broker", url, "--database", database],
            ["bench.pipe", "show", "--database", database, "--port", str(port)],
        ):
            await self.clock.sleep(3)
            hears = await self.committed(
                PIPE_CHANNEL,
                lambda told: times.committed.setdefault(told.split("/")[3], time.perf_counter()),
            )
            async with (
                websockets.connect(f"ws://127.0.0.1:{port}") as socket,
                children(self.load(rate, seconds)),
            ):
                watch = asyncio.create_task(self._watch_pipe(socket, times))
                await self.clock.sleep(2)
                presser = Presser(self.address, times)
                await self.clock.sleep(0.5)
                await press_all(presser, self.homes, self.clock, presses)
                presser.close()
                watch.cancel()
            await hears.close()
        return warm(times)

    @staticmethod
    async def _watch_pipe(socket: websockets.ClientConnection, times: Times) -> None:
        async for frame in socket:
            times.framed.setdefault(str(frame).split("/")[3], time.perf_counter())

    async def carebell(self, presses: int, rate: float) -> Times:
        """Measure Carebell: ingest, beats and web, as they run in production."""
        times = Times()
        seconds = (presses + WARM_UP) / PRESSES_PER_S + 6
        conn = await asyncpg.connect(self.running.database_url)
        username = await conn.fetchval(OPERATOR)
        await conn.close()
        password = Keys(self.running.options.data_dir).password("admin")
        async with httpx.AsyncClient(base_url=self.running.url) as browser:
            browser.headers["Origin"] = self.running.url
            body = {"username": username, "password": password}
            (await browser.post("/api/v1/session", json=body)).raise_for_status()
            cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        commits: list[tuple[int, float]] = []  # (last number committed, when we heard of it)
        hears = await self.committed(
            OUTBOX_CHANNEL, lambda told: commits.append((int(told), time.perf_counter()))
        )
        async with (
            websockets.connect(
                self.running.url.replace("http", "ws") + "/ws/console",
                additional_headers={"Cookie": cookie, "Origin": self.running.url},
                max_size=None,
            ) as socket,
            children(self.load(rate, seconds)),
        ):
            await socket.send('{"type":"hello","resume":null}')
            watch = asyncio.create_task(self._watch_console(socket, times))
            await self.clock.sleep(2)
            presser = Presser(self.address, times)
            await self.clock.sleep(0.5)
            await press_all(presser, self.homes, self.clock, presses)
            presser.close()
            watch.cancel()
        await hears.close()
        conn = await asyncpg.connect(self.running.database_url)
        opened = {row["terminal"]: row["seq"] for row in await conn.fetch(OPENED)}
        await conn.close()
        for terminal in times.pressed:
            # the first commit that told of its number, or of a later one
            at = bisect_left(commits, opened.get(terminal, 0), key=lambda commit: commit[0])
            if at < len(commits):
                times.committed[terminal] = commits[at][1]
        return warm(times)

    @staticmethod
    async def _watch_console(socket: websockets.ClientConnection, times: Times) -> None:
        async for text in socket:
            now, frame = time.perf_counter(), json.loads(text)
            if frame["type"] == "ping":
                await socket.send('{"type":"pong"}')
            incident = frame.get("incident")
            if frame["type"] == "change" and incident:
                times.framed.setdefault(incident["terminal_id"], now)

    async def bare_drain(self) -> float:
        """Return how many heartbeats a second paho drains into nothing."""
        drain = ["bench.pipe", "drain", "--broker", self.running.mqtt_url]
        async with children([*drain, "--seconds", str(DRAIN_S)]) as (drainer,):
            await self.clock.sleep(1.5)
            async with children(self.load(0, DRAIN_S + 6)):
                out, _ = await asyncio.to_thread(drainer.communicate)
        return float(out)

    async def carebell_drain(self) -> float:
        """Return how many heartbeats a second beats takes into the database."""
        conn = await asyncpg.connect(self.running.database_url)
        async with children(self.load(0, DRAIN_S + 6)):
            await self.clock.sleep(3)
            first, began = await conn.fetchval(BEATS), time.perf_counter()
            await self.clock.sleep(DRAIN_S)
            last, ended = await conn.fetchval(BEATS), time.perf_counter()
        await conn.close()
        return float((last - first) / (ended - began))


async def run(presses: int, rate: float, *, drain: bool) -> dict[str, Any]:
    """Run everything and return the figures."""
    clock = SystemClock()
    with tempfile.TemporaryDirectory(prefix="carebell-bench-") as folder:
        options = Options(
            data_dir=Path(folder),
            host="127.0.0.1",
            port=free_port(),
            mqtt_host="127.0.0.1",
            mqtt_port=free_port(),
        )
        async with platform(options, clock) as running:
            await asyncio.to_thread(db.migrate, running.database_url)
            await filling.fill(
                running.database_url,
                options.data_dir,
                seed=1,
                residents=RESIDENTS,
                caregivers=60,
                zone=ZoneInfo("Asia/Shanghai"),
                now=clock.now(),
            )
            conn = await asyncpg.connect(running.database_url)
            homes = [(row["terminal_id"], row["area"]) for row in await conn.fetch(TERMINALS)]
            await conn.execute("VACUUM ANALYZE")
            await conn.close()
            topics = options.data_dir / "topics"
            topics.write_text("\n".join(f"carebell/v1/{area}/{t}/heartbeat" for t, area in homes))
            bench = Bench(running, homes, topics)
            bare = await bench.pipe(presses, rate)
            drained = await bench.bare_drain() if drain else 0.0
            await running.start("ingest", "beats", "web", CAREBELL_LOG_LEVEL="WARNING")
            ours = await bench.carebell(presses, rate)
            taken = await bench.carebell_drain() if drain else 0.0
    figures = {
        name: {
            "committed": times.quantiles(times.committed),
            "received": times.quantiles(times.received),
            "framed": times.quantiles(times.framed),
        }
        for name, times in (("bare", bare), ("carebell", ours))
    }
    return {
        "presses": presses,
        "heartbeats_beside": rate,
        **figures,
        "drain": {"bare": drained, "carebell": taken, "share": taken / drained if drain else 0.0},
    }


def show(figures: dict[str, Any]) -> None:
    """Print the figures."""
    table = Table(title=f"press → …, ms, beside {figures['heartbeats_beside']:.0f} heartbeats/s")
    for name in ("", "bare p50", "Carebell p50", "×", "bare p99", "Carebell p99", "×", "seen"):
        table.add_column(name, justify="right")
    for sign in ("committed", "received", "framed"):
        bare, ours = figures["bare"][sign], figures["carebell"][sign]
        cells = []
        for quantile in ("p50", "p99"):
            b, o = bare.get(quantile), ours.get(quantile)
            cells += [f"{b:.1f}" if b else "-", f"{o:.1f}" if o else "-"]
            cells.append(f"{o / b:.1f}" if b and o else "-")
        table.add_row(sign, *cells, f"{ours['count']} of {figures['presses']}")
    console, drain = Console(), figures["drain"]
    console.print(table)
    console.print(
        f"heartbeats/s: paho into nothing {drain['bare']:,.0f}, "
        f"Carebell into PostgreSQL {drain['carebell']:,.0f} ({drain['share']:.0%})"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presses", type=int, default=400)
    parser.add_argument("--rate", type=float, default=3500)
    parser.add_argument("--drain", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    figures = asyncio.run(run(asked.presses, asked.rate, drain=asked.drain))
    show(figures)
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
