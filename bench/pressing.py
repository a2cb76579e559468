"""Presses buttons at an even pace, and notes when each sign of a press came."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from devices.mqtt.address import Address
from kernel.clock import SystemClock

PRESSES_PER_S: Final = 20
WARM_UP: Final = 40


@dataclass
class Times:
    """When each press was published and when each sign of it came. Seconds, one clock."""

    pressed: dict[str, float] = field(default_factory=dict)
    committed: dict[str, float] = field(default_factory=dict)
    received: dict[str, float] = field(default_factory=dict)
    framed: dict[str, float] = field(default_factory=dict)

    def late(self, sign: str) -> list[float]:
        """Return how many milliseconds after its press each sign came that came at all."""
        seen: dict[str, float] = getattr(self, sign)
        return [(seen[t] - at) * 1000 for t, at in self.pressed.items() if t in seen]


def quantiles(late: Sequence[float]) -> dict[str, float]:
    """Return p50, p99 and the worst, and how many were seen."""
    if not late:
        return {"count": 0}
    ordered = sorted(late)
    return {
        "p50": ordered[len(ordered) // 2],
        "p99": ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))],
        "max": ordered[-1],
        "count": len(ordered),
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


def forget_session(address: Address, client_id: str) -> None:
    """Have the broker forget what it keeps for a client: presses of the bare pipe are not ours."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=True)
    client.username, client.password = address.username, address.password
    client.on_connect = lambda c, *_: c.disconnect()
    client.connect(address.host, address.port)
    client.loop_forever()
