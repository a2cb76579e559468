"""A whole town in a process of its own, as `carebell demo` starts it, and a browser."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from carebell.embedded.files import free_port
from tests.browser.desk import Demo, browsing, quieten

READY_WITHIN_S: Final = 240
STOPPED_WITHIN_S: Final = 60
#: A town of 120 is planned as well in a second; the plans of other days are made beside the tests.
BRIEF_SEARCHES: Final = {
    "CAREBELL_PLAN_SECONDS": "1",
    "CAREBELL_PLAN_THREADS": "1",
    "CAREBELL_WEEK_SECONDS": "1",
}


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
    environment |= BRIEF_SEARCHES
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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what asks for `chromium` in the loop it lives in."""
    for item in items:
        if isinstance(item, pytest.Function) and "chromium" in item.fixturenames:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


class Browsers:
    """One browser for all tests, and another when it has crashed; contexts keep tests apart."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()
        self._running: Browser | None = None

    async def get(self) -> Browser:
        """Return the running browser."""
        if self._running is None or not self._running.is_connected():
            await self.close()
            self._running = await self._stack.enter_async_context(browsing())
        return self._running

    async def close(self) -> None:
        """End it."""
        self._running = None
        await self._stack.aclose()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browsers() -> AsyncIterator[Browsers]:
    """Starting a browser takes longer than many a test."""
    made = Browsers()
    yield made
    await made.close()


@pytest_asyncio.fixture(loop_scope="session")
async def chromium(browsers: Browsers) -> Browser:
    """A browser without any context but those the test makes."""
    browser = await browsers.get()
    for left in browser.contexts:  # by a test that failed
        await left.close()
    return browser


@pytest.fixture
async def fresh_chromium() -> AsyncIterator[Browser]:
    """A browser of the test's own, that has not played a sound yet."""
    async with browsing() as browser:
        yield browser


@pytest.fixture
async def quiet(demo: Demo) -> None:
    """No incident is open when the test begins."""
    await quieten(demo)
