"""Carebell's own dialect: `docs/protocol.md`. Pure.

An alarm is read as far as it goes: with an unreadable `battery`, `at` or even without an `id` it
is still an alarm. Refused is only what cannot be told from noise.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from devices.codecs.fields import (
    DecodeError,
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
from devices.events import PLATFORM_KINDS, SignalKind
from devices.messages import Alarm, Heartbeat, Measure, Message, Reply, Stamp, Status
from devices.quantities import reading
from devices.topics import Channel

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


def alarm(payload: bytes, received_at: datetime) -> Alarm:
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


def heartbeat(payload: bytes, _: datetime) -> Heartbeat:
    """Read a heartbeat; an empty object is one too."""
    given = json_object(payload)
    get = given.get
    return Heartbeat(
        stamp(given), truth(get("mains")), text(get("fw")), whole(get("next_s"), 1, MAX_NEXT_S)
    )


def measure(payload: bytes, _: datetime) -> Measure:
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
    return Measure(stamp(given), tuple(readings))


def status(payload: bytes, _: datetime) -> Status:
    """Read a status; no bytes at all is how a retained one is cleared."""
    if not payload:
        return Status(None)
    online = truth(json_object(payload).get("online"))
    if online is None:
        raise DecodeError("no-status", "online is neither true nor false")
    return Status(online)


def reply(payload: bytes, _: datetime) -> Reply:
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
        command, given.get("ok") is True, text(given.get("error"), 500), clean(given.get("data"))
    )


def _down(_: bytes, __: datetime) -> Message:
    raise DecodeError("not-for-us", "commands go down")


CHANNELS: Final[Mapping[Channel, Callable[[bytes, datetime], Message]]] = {
    Channel.ALARM: alarm,
    Channel.HEARTBEAT: heartbeat,
    Channel.MEASURE: measure,
    Channel.STATUS: status,
    Channel.REPLY: reply,
    Channel.COMMAND: _down,
}
