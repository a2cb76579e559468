"""A terminal by the protocol, without a wire. Pure: time and commands in, messages out.

It repeats an alarm every 5–20 s until the platform says `received`, keeps alarms through a lost
network, beats, answers commands, and has a clock that drifts and a battery that drains.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from devices.dialects.carebell_v1 import Channel
from devices.simulator.household import DAY_S, Event, Happening, Rates, Temper

RESEND_S: Final = (5.0, 20.0)
FIRMWARE: Final = "sim-1.0"
LOW: Final = 15
#: A battery this empty is changed by somebody within days; the simulation does it at once.
CHANGED_AT: Final = 5


@dataclass(frozen=True, slots=True)
class Send:
    """A message to be published. `alarm` names the alarm it (re)sends."""

    channel: Channel
    payload: bytes
    qos: int
    retain: bool = False
    alarm: str | None = None


@dataclass(slots=True)
class Pending:
    """An alarm that nobody has confirmed yet."""

    body: dict[str, Any]
    resend_at_s: float
    first_at_s: float


class Device:
    """One terminal. Times are simulated seconds; `wall` is what its own clock shows (see `clock`).

    Args:
        seed: names the run and the terminal.
        temper: what it is like.
        rates: for the battery.
        heartbeat_s: between two heartbeats.
        real_s: simulated seconds in one real second: resends and the clock keep to real time.
    """

    def __init__(
        self, seed: str, temper: Temper, rates: Rates, heartbeat_s: float, real_s: float = 1.0
    ) -> None:
        self._random = Random(f"device:{seed}")
        self._temper = temper
        self._heartbeat_s = heartbeat_s
        self._drain = 100 / (rates.battery_days * DAY_S)
        self._real_s = real_s
        self._boot = f"{self._random.getrandbits(32):08x}"
        self._seq = 0
        self._battery = temper.battery
        self._mains = True
        self._told_low = temper.battery <= LOW
        self._drained_at_s = 0.0
        self._last_alarm: str | None = None
        self.beat_at_s = temper.phase_s
        self.is_online = True
        self.pending: dict[str, Pending] = {}

    def due_s(self) -> float:
        """Return when this terminal next wants to send, if nothing happens before."""
        resends = [item.resend_at_s for item in self.pending.values()] if self.is_online else []
        return min([self.beat_at_s, *resends])

    def tick(self, at_s: float, wall: datetime) -> Iterator[Send]:
        """Yield what is due at `at_s`."""
        self._drain_battery(at_s)
        if at_s >= self.beat_at_s:
            missed = int((at_s - self.beat_at_s) / self._heartbeat_s)
            self.beat_at_s += self._heartbeat_s * (1 + missed)
            if self.is_online:
                yield self._beat(wall)
            if self._battery <= LOW and not self._told_low:
                self._told_low = True
                yield from self._alarm("low_battery", at_s, wall)
        for item in list(self.pending.values()):
            if self.is_online and at_s >= item.resend_at_s:
                item.resend_at_s = at_s + self._random.uniform(*RESEND_S) * self._real_s
                yield self._send(Channel.ALARM, item.body, 1, alarm=item.body["id"])

    def happen(self, event: Event, wall: datetime) -> Iterator[Send]:
        """Let something happen in the home; yields what the terminal sends of it."""
        self._drain_battery(event.at_s)
        match event.what:
            case Happening.EMERGENCY | Happening.ACCIDENT:
                yield from self._alarm(event.kind, event.at_s, wall)
            case Happening.CANCEL if self._last_alarm:
                yield from self._alarm(
                    "cancelled", event.at_s, wall, data={"alarm": self._last_alarm}
                )
            case Happening.POWER_LOST:
                self._mains = False
                yield from self._alarm("mains_lost", event.at_s, wall)
            case Happening.POWER_BACK:
                self._mains = True
                yield from self._alarm("mains_back", event.at_s, wall)
            case Happening.NETWORK_LOST:
                self.is_online = False
            case Happening.NETWORK_BACK:
                self.is_online = True
                yield self._beat(wall)
                yield from self.tick(event.at_s, wall)
            case Happening.BATTERY_CHANGED:
                self._change_battery()
            case Happening.MEASURED if self.is_online:
                yield self._measure(wall)
            case _:
                return

    def hello(self, wall: datetime) -> Iterator[Send]:
        """Yield what a terminal says once it is connected."""
        yield Send(Channel.STATUS, json.dumps({"online": True}).encode(), 1, retain=True)
        if self.is_online:
            yield self._beat(wall)

    def command(self, payload: bytes, at_s: float, wall: datetime) -> Iterator[Send]:
        """Take in a command; yields the answer, and whatever it asked for."""
        try:
            body = json.loads(payload)
            kind, alarm = body.get("type"), body.get("alarm")
        except (ValueError, AttributeError):
            return
        if kind == "alarm_state":
            self.pending.pop(str(alarm), None)
        elif kind == "set" and isinstance(body.get("heartbeat_s"), int):
            self._heartbeat_s = max(5, body["heartbeat_s"])
            self.beat_at_s = at_s + self._heartbeat_s
        elif kind == "ask":
            yield self._beat(wall)
        elif kind == "test":
            yield from self._alarm("test", at_s, wall)
        yield self._send(Channel.REPLY, {"command": body.get("id"), "ok": True}, 1)

    def clock(self, at_s: float, now: datetime) -> datetime:
        """Return what the terminal's clock shows when it is `now`."""
        return now + timedelta(seconds=self._temper.drift * at_s / DAY_S)

    def _alarm(
        self, kind: str, at_s: float, wall: datetime, data: dict[str, Any] | None = None
    ) -> Iterator[Send]:
        name = str(UUID(int=self._random.getrandbits(128), version=4))
        if kind != "cancelled":
            self._last_alarm = name
        body: dict[str, Any] = {"id": name, "kind": kind, **self._stamp(wall)}
        if data:
            body["data"] = data
        resend = at_s + self._random.uniform(*RESEND_S) * self._real_s
        self.pending[name] = Pending(body, resend, at_s)
        if self.is_online:
            yield self._send(Channel.ALARM, body, 1, alarm=name)

    def _beat(self, wall: datetime) -> Send:
        body = {**self._stamp(wall), "mains": self._mains, "fw": FIRMWARE}
        return self._send(Channel.HEARTBEAT, body, 0)

    def _measure(self, wall: datetime) -> Send:
        gauss = self._random.gauss
        readings = [
            {"name": "systolic", "value": round(gauss(138, 12)), "unit": "mmHg"},
            {"name": "diastolic", "value": round(gauss(82, 8)), "unit": "mmHg"},
            {"name": "heart_rate", "value": round(gauss(74, 7)), "unit": "/min"},
        ]
        return self._send(Channel.MEASURE, {**self._stamp(wall), "readings": readings}, 1)

    def _stamp(self, wall: datetime) -> dict[str, Any]:
        self._seq += 1
        return {
            "seq": self._seq,
            "boot": self._boot,
            "at": wall.isoformat(timespec="milliseconds"),
            "battery": max(0, round(self._battery)),
            "rssi": self._temper.rssi + self._random.randint(-3, 3),
        }

    @staticmethod
    def _send(
        channel: Channel,
        body: dict[str, Any],
        qos: int,
        *,
        alarm: str | None = None,
    ) -> Send:
        return Send(channel, json.dumps(body, separators=(",", ":")).encode(), qos, alarm=alarm)

    def _drain_battery(self, at_s: float) -> None:
        spent_s, self._drained_at_s = at_s - self._drained_at_s, at_s
        self._battery -= spent_s * self._drain * (1 if self._mains else 40)
        if self._battery <= CHANGED_AT:
            self._change_battery()

    def _change_battery(self) -> None:
        self._battery, self._told_low = 100.0, False
