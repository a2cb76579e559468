"""`carebell press`: one press of a demo terminal, as the terminal itself would send it."""

import json
import queue
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from devices.dialects.carebell_v1 import Channel, topic_of
from kernel.errors import NotFoundError
from kernel.ids import new_id

RESEND_S: Final = 5.0
GIVE_UP_S: Final = 30.0

Answers = queue.SimpleQueue[dict[str, Any]]


class NoAnswerError(NotFoundError):
    """The broker or the platform did not answer."""

    code = "no-answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A press that is durable: `seconds` from sending it to `received`."""

    terminal: str
    resident: str
    seconds: float


def press(data_dir: Path, *, number: int, kind: str) -> Pressed:
    """Send one alarm and repeat it until `received` comes, as the protocol asks.

    Args:
        data_dir: data folder of a running demo.
        number: which of its terminals, from 1.
        kind: alarm kind of the terminal protocol.

    Raises:
        NotFoundError: no demo lives there, or it has no such terminal.
        NoAnswerError: nobody answered within half a minute.
    """
    try:
        demo: dict[str, Any] = json.loads((data_dir / "demo.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotFoundError(
            f"There is no demo.json in {data_dir}. Start a demo with `make demo`, "
            "or name its folder with --data-dir."
        ) from None
    if not 1 <= number <= len(demo["terminals"]):
        raise NotFoundError(f"The demo has terminals 1 to {len(demo['terminals'])}.")
    terminal: dict[str, str] = demo["terminals"][number - 1]
    alarm = str(new_id())
    body = json.dumps({"id": alarm, "seq": 1, "boot": "press", "kind": kind})
    up = topic_of(terminal["area"], terminal["terminal"], Channel.ALARM)
    with _connected(demo["mqtt"], terminal) as (client, answers):
        began = time.perf_counter()
        while time.perf_counter() - began < GIVE_UP_S:
            client.publish(up, body, qos=1)
            if _is_received(answers, alarm):
                return Pressed(
                    terminal=terminal["terminal"],
                    resident=terminal["resident"],
                    seconds=time.perf_counter() - began,
                )
    raise NoAnswerError(f"Nothing came back within {GIVE_UP_S:.0f} s. Try `carebell doctor`.")


@contextmanager
def _connected(
    broker: dict[str, Any], terminal: dict[str, str]
) -> Iterator[tuple[mqtt.Client, Answers]]:
    """Yield a client that listens for the terminal's commands, and what it has heard."""
    answers: Answers = queue.SimpleQueue()
    subscribed: queue.SimpleQueue[None] = queue.SimpleQueue()
    down = topic_of(terminal["area"], terminal["terminal"], Channel.COMMAND)
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"press-{new_id().hex}")
    client.username_pw_set(terminal["username"], terminal["password"])
    client.on_connect = lambda c, *_: c.subscribe(down, 0)
    client.on_subscribe = lambda *_: subscribed.put(None)
    client.on_message = lambda _c, _d, message: answers.put(json.loads(message.payload))
    try:
        client.connect(broker["host"], broker["port"])
    except OSError:
        raise NoAnswerError(
            f"No broker answers at {broker['host']}:{broker['port']}. Is the demo running?"
        ) from None
    client.loop_start()
    try:
        subscribed.get(timeout=GIVE_UP_S)
        yield client, answers
    except queue.Empty:
        raise NoAnswerError("The broker refuses the terminal. Is demo.json of this demo?") from None
    finally:
        client.disconnect()
        client.loop_stop()


def _is_received(answers: Answers, alarm: str) -> bool:
    try:
        while answer := answers.get(timeout=RESEND_S):
            if answer.get("alarm") == alarm and answer.get("state") == "received":
                return True
    except queue.Empty:
        pass
    return False
