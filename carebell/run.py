"""One process of the platform: `python -m carebell.run NAME --alive FILE`.

Wires settings → pool → packages, and nothing else. The process ends in order on SIGTERM and SIGINT.
While its event loop turns it writes the monotonic clock into FILE; by that the supervisor sees a
process that hangs.
"""

import argparse
import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

from carebell.settings import RoofSettings
from kernel import log
from kernel.clock import Clock, SystemClock

BEAT_EVERY_S: Final = 1.0

Runner = Callable[[Clock, asyncio.Event], Awaitable[None]]


async def _ingest(clock: Clock, stop: asyncio.Event) -> None:
    from carebell.wiring import ingest

    await ingest(clock, stop)


async def _beats(clock: Clock, stop: asyncio.Event) -> None:
    from carebell.wiring import beats

    await beats(clock, stop)


async def _engine(clock: Clock, stop: asyncio.Event) -> None:
    from carebell.wiring import engine

    await engine(clock, stop)


async def _web(clock: Clock, stop: asyncio.Event) -> None:
    from web.server import run
    from web.settings import WebSettings

    await run(WebSettings(), clock, stop)


async def _planner(clock: Clock, stop: asyncio.Event) -> None:
    from carebell.planning import planner

    await planner(clock, stop)


async def _worker(clock: Clock, stop: asyncio.Event) -> None:
    from carebell.planning import worker

    await worker(clock, stop)


async def _simulator(clock: Clock, stop: asyncio.Event) -> None:
    from carebell.simulating import simulator

    await simulator(clock, stop)


RUNNERS: Final[Mapping[str, Runner]] = {
    "ingest": _ingest,
    "beats": _beats,
    "engine": _engine,
    "web": _web,
    "planner": _planner,
    "worker": _worker,
    "simulator": _simulator,
}


@contextlib.asynccontextmanager
async def beating(alive: Path | None, clock: Clock) -> AsyncIterator[None]:
    """Write a sign of life into `alive` every second while the block runs."""

    async def beat() -> None:
        while alive is not None:
            draft = alive.with_suffix(".new")
            draft.write_text(f"{time.monotonic():.3f}\n")
            draft.replace(alive)
            await clock.sleep(BEAT_EVERY_S)

    task = asyncio.create_task(beat(), name="beat")
    try:
        yield
    finally:
        task.cancel()


async def main(name: str, alive: Path | None) -> None:
    """Run a process until it is told to stop."""
    stop, clock = asyncio.Event(), SystemClock()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    serve_metrics(name)
    async with beating(alive, clock):
        await RUNNERS[name](clock, stop)


def serve_metrics(name: str) -> None:
    """Serve the process's figures where the settings say; `web` has `/metrics` of its own."""
    port = RoofSettings().metrics_ports.get(name)
    if port:
        from prometheus_client import start_http_server

        start_http_server(port, "127.0.0.1")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="carebell.run", description=__doc__)
    parser.add_argument("name", choices=RUNNERS)
    parser.add_argument("--alive", type=Path, help="file for the sign of life")
    arguments = parser.parse_args()
    settings = RoofSettings()
    log.configure(arguments.name, level=settings.log_level, json=settings.log_json)
    sys.exit(asyncio.run(main(arguments.name, arguments.alive)))
