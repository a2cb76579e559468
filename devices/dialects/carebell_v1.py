"""Carebell's own dialect: `docs/protocol.md`. Pure.

An alarm is read as far as it goes: with an unreadable `battery`, `at` or even without an `id` it
is still an alarm. Refused is only what cannot be told from noise.

Topics are `carebell/v1/{area}/{terminal}/{channel}`.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from devices.dialects.dialect import Command, DecodeError, Dialect, Lane, Rights, Subscription
from devices.dialects.fields import (
    clean,
    is_suspect,
    json_object,
    location,
    moment,
    number,
    text,
    truth,
    whole,
)
from devices.events import PLATFORM_KINDS, SignalKind, TerminalId
from devices.messages import Alarm, Heartbeat, Measure, Message, Origin, Reply, Stamp, Status
from devices.quantities import reading
from devices.topics import is_area, is_terminal

ROOT: Final = "carebell/v1"


class Channel(StrEnum):
    """The last level of a topic. All go up but `COMMAND`."""

    ALARM = "alarm"
    HEARTBEAT = "heartbeat"
    MEASURE = "measure"
    STATUS = "status"
    REPLY = "reply"
    COMMAND = "command"


KINDS: Final[Mapping[str, SignalKind]] = {
    kind.value: kind for kind in SignalKind if kind not in PLATFORM_KINDS
}
MAX_SEQ: Final = 2**53
#: A sleeper may announce its next heartbeat this far ahead, and no further.
MAX_NEXT_S: Final = 90_000
MAX_READINGS: Final = 100
#: An alarm without an id is told from the next by its bytes and this much time.
NAMELESS_S: Final = 600


def stamp(given: Mapping[str, Any]) -> Stamp:
    """Read what any message may carry about itself."""
    get = given.get
    return Stamp(
        text(get("boot")),
        whole(get("seq"), 0, MAX_SEQ),
        moment(get("at")),
        whole(get("battery"), 0, 100),
        whole(get("rssi"), -200, 50),
    )


def alarm(origin: Origin, payload: bytes, received_at: datetime) -> Alarm:
    """Read an alarm; an unknown kind stays an alarm of kind `UNKNOWN`."""
    given = json_object(payload)
    if "kind" not in given and "id" not in given:
        raise DecodeError("no-alarm", "neither id nor kind")
    said = given.get("kind")
    kind = KINDS.get(said.strip().lower()) if isinstance(said, str) else None
    own = given.get("data")
    data: dict[str, Any] = clean(own) if isinstance(own, dict) else {}
    if own is not None and not isinstance(own, dict):
        data["value"] = clean(own)
    if kind is None:
        kind = SignalKind.UNKNOWN
        data["kind"] = clean(said)
    stamped = stamp(given)
    suspect = is_suspect(stamped.at, received_at)
    if suspect and given.get("at") is not None:
        data["at"] = clean(given["at"])
    return Alarm(
        origin=origin,
        id=text(given.get("id")) or _name(payload, received_at),
        kind=kind,
        stamp=stamped,
        clock_suspect=suspect,
        location=location(given.get("loc")),
        test=given.get("test") is True or kind is SignalKind.TEST,
        data=data,
    )


def _name(payload: bytes, received_at: datetime) -> str:
    """Name an alarm that has no usable id: its repeats share the name, a later press does not."""
    span = int(received_at.timestamp()) // NAMELESS_S
    return "nameless-" + hashlib.sha256(payload + str(span).encode()).hexdigest()[:32]


def heartbeat(origin: Origin, payload: bytes, _: datetime) -> Heartbeat:
    """Read a heartbeat; an empty object is one too."""
    given = json_object(payload)
    get = given.get
    return Heartbeat(
        origin,
        stamp(given),
        truth(get("mains")),
        text(get("fw")),
        whole(get("next_s"), 1, MAX_NEXT_S),
    )


def measure(origin: Origin, payload: bytes, _: datetime) -> Measure:
    """Read the readings, leaving out those that are none."""
    given = json_object(payload)
    listed = given.get("readings")
    if not isinstance(listed, list):
        raise DecodeError("no-readings")
    readings = []
    for item in listed[:MAX_READINGS]:
        if not isinstance(item, dict):
            continue
        name, value = text(item.get("name")), number(item.get("value"))
        if name is not None and value is not None:
            readings.append(reading(name, value, text(item.get("unit")) or ""))
    if listed and not readings:
        raise DecodeError("no-readings", "none of them has a name and a number")
    return Measure(origin, stamp(given), tuple(readings))


def status(origin: Origin, payload: bytes, _: datetime) -> Status | None:
    """Read a status; no bytes at all is how a retained one is cleared."""
    if not payload:
        return None
    online = truth(json_object(payload).get("online"))
    if online is None:
        raise DecodeError("no-status", "online is neither true nor false")
    return Status(origin, online)


def reply(origin: Origin, payload: bytes, _: datetime) -> Reply:
    """Read the answer to a command."""
    given = json_object(payload)
    named = text(given.get("command"))
    if named is None:
        raise DecodeError("no-command")
    try:
        command = UUID(named)
    except ValueError:
        command = None
    return Reply(
        origin,
        command,
        given.get("ok") is True,
        text(given.get("error"), 500),
        clean(given.get("data")),
    )


def _down(_: Origin, __: bytes, ___: datetime) -> None:
    raise DecodeError("not-for-us", "commands go down")


Reader = Callable[[Origin, bytes, datetime], Message | None]
READERS: Final[Mapping[str, Reader]] = {
    Channel.ALARM.value: alarm,
    Channel.HEARTBEAT.value: heartbeat,
    Channel.MEASURE.value: measure,
    Channel.STATUS.value: status,
    Channel.REPLY.value: reply,
    Channel.COMMAND.value: _down,
}


@lru_cache(maxsize=65_536)
def _parse(topic: str) -> tuple[Origin, Reader] | None:
    parts = topic.split("/")
    if len(parts) != 5 or parts[0] != "carebell" or parts[1] != "v1":
        return None
    area, terminal, channel = parts[2:]
    if not is_area(area) or not is_terminal(terminal) or channel not in READERS:
        return None
    return Origin(area, TerminalId(terminal), channel), READERS[channel]


def origin(topic: str) -> Origin | None:
    """Return whom a topic is of; None when it is not of this grammar."""
    parsed = _parse(topic)
    return parsed[0] if parsed else None


def read(topic: str, payload: bytes, received_at: datetime) -> tuple[Message, ...]:
    """Return the one message a payload holds, or none."""
    parsed = _parse(topic)
    if parsed is None:
        raise DecodeError("bad-topic")
    speaker, reader = parsed
    message = reader(speaker, payload, received_at)
    return () if message is None else (message,)


def topic_of(area: str, terminal: str, channel: Channel) -> str:
    """Return the topic of one terminal's channel.

    Raises:
        ValueError: `area` or `terminal` cannot stand in a topic.
    """
    if not is_area(area) or not is_terminal(terminal):
        raise ValueError(f"not a topic: area {area!r}, terminal {terminal!r}")
    return f"{ROOT}/{area}/{terminal}/{channel.value}"


def write(command: Command) -> tuple[str, bytes]:
    """Return a command's topic and payload."""
    body = {**command.body, "id": str(command.id), "type": command.type}
    return (
        topic_of(command.area, command.terminal, Channel.COMMAND),
        json.dumps(body, ensure_ascii=False).encode(),
    )


def rights(area: str, terminal: TerminalId) -> Rights:
    """Let a terminal publish below its own topic and read its own `command`; nothing else."""
    up = (channel for channel in Channel if channel is not Channel.COMMAND)
    return Rights(
        publish=tuple(topic_of(area, terminal, channel) for channel in up),
        subscribe=(topic_of(area, terminal, Channel.COMMAND),),
    )


def _every(channel: Channel, qos: int, lane: Lane) -> Subscription:
    return Subscription(f"{ROOT}/+/+/{channel.value}", qos, lane)


DIALECT: Final = Dialect(
    name="carebell-v1",
    subscriptions=(
        _every(Channel.ALARM, 1, Lane.ALARMS),
        _every(Channel.STATUS, 1, Lane.ALARMS),
        _every(Channel.REPLY, 1, Lane.ALARMS),
        _every(Channel.HEARTBEAT, 0, Lane.BEATS),
        _every(Channel.MEASURE, 1, Lane.BEATS),
    ),
    origin=origin,
    read=read,
    write=write,
    rights=rights,
)
