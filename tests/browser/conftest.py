"""A whole town in a process of its own, as `carebell demo` starts it, and a browser."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser

from carebell.embedded.files import free_port
from tests.browser.desk import Demo, browsing, quieten

READY_WITHIN_S: Final = 240
STOPPED_WITHIN_S: Final = 60


@pytest.fixture(scope="session")
def demo(scratch: Path) -> Iterator[Demo]:
    """The demo town without its simulator: nobody presses, moves or answers but the test.

    CAREBELL_TEST_DEMO_DIR names the folder of one that runs already, to spare its start.
    """
    if running := os.environ.get("CAREBELL_TEST_DEMO_DIR"):
        yield Demo.of(Path(running) / "demo.json")
        return
    data, log = scratch / "demo", scratch / "demo.log"
    command = [
        str(Path(sys.executable).with_name("carebell")),
        "demo",
        *("--port", str(free_port()), "--mqtt-port", str(free_port())),
        *("--data-dir", str(data), "--residents", "120", "--caregivers", "20"),
        "--no-simulator",
    ]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CAREBELL_")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, env=environment
        )
    try:
        yield _welcome(process, data / "demo.json", log)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOPPED_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def _welcome(process: subprocess.Popen[bytes], file: Path, log: Path) -> Demo:
    pause = threading.Event()
    for _ in range(READY_WITHIN_S * 5):
        if file.is_file() and "is ready" in log.read_text(errors="replace"):
            return Demo.of(file)
        if process.poll() is not None:
            break
        pause.wait(0.2)
    pytest.fail(f"the demo town does not start:\n{log.read_text(errors='replace')}")


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """A browser of the test's own."""
    async with browsing() as browser:
        yield browser


@pytest.fixture
async def quiet(demo: Demo) -> None:
    """No incident is open when the test begins."""
    await quieten(demo)
