"""Arrivals: what was decoded, and what could not be. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from devices.codecs import DecodeError, decode
from devices.events import TerminalId
from devices.messages import Message, Stamp
from devices.mqtt.incoming import Incoming
from devices.supervision import Contact
from devices.topics import Topic, parse


@dataclass(frozen=True, slots=True)
class Arrival:
    """A decoded message with the bytes it came as."""

    topic: Topic
    message: Message
    incoming: Incoming


@dataclass(frozen=True, slots=True)
class Rubbish:
    """Bytes that go to quarantine. `error` is a constant word, `detail` for whoever looks."""

    incoming: Incoming
    topic: Topic | None
    error: str
    detail: str


@dataclass(frozen=True, slots=True)
class Note:
    """What one message says about its terminal's being there."""

    terminal: TerminalId
    contact: Contact


def read(messages: Sequence[Incoming]) -> tuple[list[Arrival], list[Rubbish]]:
    """Decode a batch, in order."""
    arrivals: list[Arrival] = []
    rubbish: list[Rubbish] = []
    for incoming in messages:
        topic = parse(incoming.topic)
        if topic is None:
            rubbish.append(Rubbish(incoming, None, "bad-topic", ""))
            continue
        try:
            message = decode(topic, incoming.payload, incoming.received_at)
        except DecodeError as error:
            rubbish.append(Rubbish(incoming, topic, error.code, error.detail))
        else:
            arrivals.append(Arrival(topic, message, incoming))
    return arrivals, rubbish


def contact_of(stamp: Stamp, incoming: Incoming, *, beats: int = 0) -> Contact:
    """Return what a stamped message says about its terminal."""
    at = incoming.received_at
    return Contact(
        at=at,
        beats=beats,
        numbers=None if stamp.seq is None else [(stamp.boot, stamp.seq)],
        skew_s=None if stamp.at is None else (stamp.at - at).total_seconds(),
        battery=stamp.battery,
        rssi=stamp.rssi,
    )


def merge(earlier: Contact, later: Contact) -> Contact:
    """Fold `later` into `earlier`, in place, and return it: what is said later counts."""
    for name in ("skew_s", "battery", "mains", "rssi", "fw", "next_s", "connected"):
        if (value := getattr(later, name)) is not None:
            setattr(earlier, name, value)
    earlier.beats += later.beats
    if later.numbers:
        earlier.numbers = [*(earlier.numbers or ()), *later.numbers]
    if later.at is not None and (earlier.at is None or later.at > earlier.at):
        earlier.at = later.at
    return earlier
