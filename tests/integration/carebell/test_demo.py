"""The demo as a newcomer runs it: ready, pressed, stopped, killed, started again."""

import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from .demo_run import DemoRun


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[DemoRun]:
    run = DemoRun(tmp_path)
    yield run
    for process in run.processes():
        process.kill()


def test_a_demo_is_pressed_stopped_killed_and_goes_on(demo: DemoRun) -> None:
    demo.start()
    home = demo.content()["terminals"][0]["home_id"]
    assert (demo.data / "demo.json").stat().st_mode & 0o077 == 0
    assert {login["role"] for login in demo.content()["logins"]} == {
        *("operator", "supervisor", "planner", "installer", "admin", "caregiver", "family")
    }
    demo.press()
    assert [item["presses"] for item in demo.waiting() if item["home_id"] == home] == [1]

    assert demo.end(signal.SIGINT) == 0
    assert demo.processes() == []

    before = demo.content()["logins"][0]
    demo.start()
    assert demo.content()["logins"][0] == before
    assert [item["presses"] for item in demo.waiting() if item["home_id"] == home] == [1]

    demo.end(signal.SIGKILL)
    _, alive = psutil.wait_procs(demo.processes(), timeout=30)
    assert alive == []

    demo.start()
    assert demo.press()
    assert demo.end(signal.SIGTERM) == 0
    assert demo.processes() == []
    assert (demo.data / "logs" / "ingest.log").is_file()
