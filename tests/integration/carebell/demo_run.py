"""A demo in a folder of its own, as somebody at a terminal runs it."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event
from typing import Any, Final
from uuid import uuid4

import httpx
import paho.mqtt.client as mqtt
import psutil
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

    def start(self, *more: str) -> None:
        """Start it, with options of one's own, and wait until it says that it is ready."""
        arguments = [*more, "--port", str(self.port), "--mqtt-port", str(self.mqtt_port)]
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
