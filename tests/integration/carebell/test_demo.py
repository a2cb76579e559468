"""The demo as a newcomer runs it: ready, pressed, stopped, killed, started again."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any, Final
from uuid import uuid4

import httpx
import paho.mqtt.client as mqtt
import psutil
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from carebell.embedded.files import free_port

COMMAND: Final = Path(sys.executable).with_name("carebell")
READY_WITHIN_S: Final = 180  # a minute on a quiet machine; tests share theirs


class DemoRun:
    """A demo in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.port, self.mqtt_port = free_port(), free_port()
        self._out = folder / "out"
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        arguments = ["--port", str(self.port), "--mqtt-port", str(self.mqtt_port)]
        arguments += ["--residents", "150", "--caregivers", "12", "--data-dir", str(self.data)]
        with self._out.open("wb") as out:
            self._child = subprocess.Popen(
                [COMMAND, "demo", *arguments], stdout=out, stderr=subprocess.STDOUT
            )
        until = time.monotonic() + READY_WITHIN_S
        while "Carebell is ready" not in self._out.read_text():
            assert self._child.poll() is None, self._out.read_text()
            assert time.monotonic() < until, self._out.read_text()
            Event().wait(0.2)

    @property
    def pid(self) -> int:
        assert self._child is not None
        return self._child.pid

    def end(self, number: signal.Signals) -> int:
        assert self._child is not None
        self._child.send_signal(number)
        return self._child.wait(60)

    def processes(self) -> list[psutil.Process]:
        mark = str(self.data)
        return [
            process
            for process in psutil.process_iter(["cmdline"])
            if process.pid != self.pid
            and any(mark in word for word in process.info["cmdline"] or ())
        ]

    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.data / "demo.json").read_text())
        return content

    def press(self) -> str:
        """Press a terminal of demo.json and return the alarm's id once `received` has come."""
        terminal, alarm, received = self.content()["terminals"][0], str(uuid4()), Event()
        command = terminal["topic"].removesuffix("alarm") + "command"
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"test-{alarm[:8]}")
        client.username_pw_set(terminal["username"], terminal["password"])

        def heard(_client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
            body = json.loads(message.payload)
            if (body.get("alarm"), body.get("state")) == (alarm, "received"):
                received.set()

        def connected(_c: mqtt.Client, _d: Any, _f: Any, _r: Any, _p: Any) -> None:
            client.subscribe(command, 1)

        client.on_message = heard
        client.on_connect = connected
        subscribed = Event()
        client.on_subscribe = lambda *_: subscribed.set()
        client.connect(self.content()["mqtt"]["host"], self.content()["mqtt"]["port"])
        client.loop_start()
        try:
            assert subscribed.wait(30)
            body = {"id": alarm, "seq": 1, "boot": "b", "kind": "sos", "at": 0}
            client.publish(terminal["topic"], json.dumps(body).encode(), qos=1)
            assert received.wait(30), "the terminal never heard `received`"
        finally:
            client.disconnect()
            client.loop_stop()
        return alarm

    def waiting(self) -> list[dict[str, Any]]:
        """Return what the operator's queue shows."""
        login = next(one for one in self.content()["logins"] if one["role"] == "operator")
        url = self.content()["url"]
        with httpx.Client(base_url=url, headers={"Origin": url}, timeout=30) as client:
            body = {"username": login["username"], "password": login["password"]}
            client.post("/api/v1/session", json=body).raise_for_status()
            answer = client.get("/api/v1/incidents", params={"tab": "waiting"}).raise_for_status()
            items: list[dict[str, Any]] = answer.json()["items"]
            return items


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
