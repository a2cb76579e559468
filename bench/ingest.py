"""Press → screen and heartbeats a second, against the bare pipe, in one run.

    python -m bench.ingest [--presses 1000] [--rate 3500] [--json FILE]

Starts its own PostgreSQL and broker in a temporary folder, with the durability of production, and
a town with 20,000 terminals, each in a home of its own. Then, beside `--rate` heartbeats a second
of all of them and once more without:

1. the bare pipe (`bench.pipe`), 2. Carebell (the processes ingest, beats and web, an operator's
   websocket), 3. the bare pipe again: presses at 20 a second, each of a home that has pressed
   nothing yet. Measured from the publish call to the NOTIFY of the commit, to `received`, and to
   the websocket frame. Whoever is measured runs alone, started for it, with sessions of its own;
   ratios are to the better of the two bare runs.
4. paho draining heartbeats into nothing and 5. Carebell's beats, under as many heartbeats as the
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
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import websockets

from bench.cpu import Cpu
from bench.ingest_table import SIGNS, ratios, show
from bench.pipe import CHANNEL as PIPE_CHANNEL
from bench.pressing import (
    PRESSES_PER_S,
    WARM_UP,
    Presser,
    Times,
    forget_session,
    press_all,
    quantiles,
    warm,
)
from carebell.demo import filling
from carebell.demo.secrets import Keys
from carebell.embedded.files import free_port
from carebell.platform import Options, Platform, platform
from carebell.processes import Supervisor
from devices.mqtt.address import Address
from kernel import db
from kernel.clock import SystemClock
from kernel.outbox import CHANNEL as OUTBOX_CHANNEL

DRAIN_S: Final = 10.0
RESIDENTS: Final = 2000
TERMINALS_IN_ALL: Final = 20_000
TERMINALS: Final = """
SELECT terminal_id, area FROM devices.terminal_v1 WHERE home_id IS NOT NULL ORDER BY terminal_id
"""
# More homes like those there are, each with its residents and a terminal.
MORE: Final = """
CREATE TEMP TABLE more AS
    SELECT gen_random_uuid() AS home, t.home_id AS old_home, t.id AS old_terminal,
           'more-' || row_number() OVER () AS terminal
    FROM devices.terminal AS t, generate_series(1, 100) WHERE t.home_id IS NOT NULL
    LIMIT {missing};
INSERT INTO dispatch.home
    SELECT (jsonb_populate_record(h, jsonb_build_object('id', more.home))).*
    FROM more JOIN dispatch.home AS h ON h.id = more.old_home;
INSERT INTO dispatch.resident
    SELECT (jsonb_populate_record(
        r, jsonb_build_object('id', gen_random_uuid(), 'home_id', more.home))).*
    FROM more JOIN dispatch.resident AS r ON r.home_id = more.old_home;
INSERT INTO devices.terminal
    SELECT (jsonb_populate_record(
        t, jsonb_build_object('id', more.terminal, 'home_id', more.home))).*
    FROM more JOIN devices.terminal AS t ON t.id = more.old_terminal;
INSERT INTO devices.terminal_state (terminal) SELECT terminal FROM more;
"""
OURS: Final = ("ingest", "beats", "web")
OPERATOR: Final = """
SELECT username FROM dispatch.account WHERE role = 'admin' ORDER BY username LIMIT 1
"""
OPENED: Final = """
SELECT payload ->> 'terminal_id' AS terminal, min(seq) AS seq
FROM kernel.outbox WHERE topic = 'incident.opened' GROUP BY 1
"""
BEATS: Final = "SELECT sum(beats) FROM devices.heartbeat_v1"


#: Terminals and their areas.
Homes = list[tuple[str, str]]


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


class Bench:
    """One platform and its town."""

    def __init__(self, running: Platform, topics: Path) -> None:
        self.running, self.topics = running, topics
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

    @asynccontextmanager
    async def processes(self) -> AsyncIterator[Supervisor]:
        """Run Carebell's processes, started afresh."""
        for name in ("alarms", "beats"):
            forget_session(self.address, self.address.session(name))
        supervisor = Supervisor(self.clock)
        env = {"CAREBELL_LOG_LEVEL": "WARNING"}
        try:
            await supervisor.up(*(self.running.part(name, env) for name in OURS))
            yield supervisor
        finally:
            await supervisor.down()

    def cpu(self, ours: Supervisor) -> Cpu:
        """Watch all that works on a press."""
        given = self.running.supervisor
        pids = {name: ours.pid(name) for name in OURS}
        return Cpu.of(**pids, postgres=given.pid("postgres"), broker=given.pid("broker"))

    async def pipe(self, homes: Homes, presses: int, rate: float) -> Times:
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
                children(*([self.load(rate, seconds)] if rate else [])),
            ):
                watch = asyncio.create_task(self._watch_pipe(socket, times))
                await self.clock.sleep(2)
                presser = Presser(self.address, times)
                await self.clock.sleep(0.5)
                await press_all(presser, homes, self.clock, presses)
                presser.close()
                watch.cancel()
            await hears.close()
        return warm(times)

    @staticmethod
    async def _watch_pipe(socket: websockets.ClientConnection, times: Times) -> None:
        async for frame in socket:
            times.framed.setdefault(str(frame).split("/")[3], time.perf_counter())

    async def carebell(
        self, homes: Homes, presses: int, rate: float, ours: Supervisor
    ) -> tuple[Times, dict[str, float]]:
        """Measure Carebell, as it runs in production, and what its processes take of a core."""
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
            OUTBOX_CHANNEL,
            lambda told: commits.append((int(told.partition(" ")[0]), time.perf_counter())),
        )
        async with (
            websockets.connect(
                self.running.url.replace("http", "ws") + "/ws/console",
                additional_headers={"Cookie": cookie, "Origin": self.running.url},
                max_size=None,
            ) as socket,
            children(*([self.load(rate, seconds)] if rate else [])),
        ):
            await socket.send('{"type":"hello","resume":null}')
            watch = asyncio.create_task(self._watch_console(socket, times))
            await self.clock.sleep(2)
            presser = Presser(self.address, times)
            await self.clock.sleep(0.5)
            cpu = self.cpu(ours)
            await press_all(presser, homes, self.clock, presses)
            taken = cpu.percent()
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
        return warm(times), taken

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


async def beside(
    bench: Bench, homes: Homes, presses: int, rate: float, *, drain: bool
) -> dict[str, Any]:
    """Measure the bare pipe, Carebell and the pipe again, beside `rate` heartbeats a second."""
    before = await bench.pipe(homes, presses, rate)
    drained = await bench.bare_drain() if drain else 0.0
    async with bench.processes() as processes:
        ours, cpu = await bench.carebell(homes, presses, rate, processes)
        taken = await bench.carebell_drain() if drain else 0.0
    after = await bench.pipe(homes, presses, rate)
    runs = {
        name: {sign: quantiles([ms for t in times for ms in t.late(sign)]) for sign in SIGNS}
        for name, times in (
            ("bare", (before, after)),
            ("bare_before", (before,)),
            ("bare_after", (after,)),
            ("carebell", (ours,)),
        )
    }
    return {
        "heartbeats_beside": rate,
        **runs,
        "ratios": ratios(runs["bare_before"], runs["bare_after"], runs["carebell"]),
        "cpu": cpu,
        "drain": {"bare": drained, "carebell": taken, "share": taken / drained if drain else 0.0},
    }


async def fill(running: Platform, clock: SystemClock) -> Homes:
    """Make the town and return its terminals with their areas."""
    url = running.database_url
    await asyncio.to_thread(db.migrate, url)
    await filling.fill(
        url,
        running.options.data_dir,
        seed=1,
        residents=RESIDENTS,
        caregivers=60,
        zone=ZoneInfo("Asia/Shanghai"),
        now=clock.now(),
    )
    conn = await asyncpg.connect(url)
    there = await conn.fetchval("SELECT count(*) FROM devices.terminal_v1")
    await conn.execute(MORE.format(missing=TERMINALS_IN_ALL - there))
    await conn.execute("VACUUM ANALYZE")
    homes = [(row["terminal_id"], row["area"]) for row in await conn.fetch(TERMINALS)]
    await conn.close()
    return homes


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
            homes = await fill(running, clock)
            topics = options.data_dir / "topics"
            topics.write_text("\n".join(f"carebell/v1/{area}/{t}/heartbeat" for t, area in homes))
            bench = Bench(running, topics)
            loaded = await beside(bench, homes, presses, rate, drain=drain)
            rest = homes[presses + WARM_UP :]
            quiet = await beside(bench, rest, presses, 0, drain=False)
    return {"presses": presses, "terminals": len(homes), **loaded, "without_heartbeats": quiet}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presses", type=int, default=1000)
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
