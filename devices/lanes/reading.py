"""Arrivals: what was decoded, and what could not be. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from devices.codecs import DecodeError, decode
from devices.events import TerminalId
from devices.messages import Heartbeat, Message, Stamp
from devices.mqtt.incoming import Incoming
from devices.quarantine.model import Rubbish
from devices.supervision import Contact
from devices.topics import Topic, parse


class Arrival(NamedTuple):
    """A decoded message with the bytes it came as."""

    topic: Topic
    message: Message
    incoming: Incoming


class Note(NamedTuple):
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


def contact_of(stamp: Stamp, incoming: Incoming) -> Contact:
    """Return what a stamped message says about its terminal."""
    contact = Contact()
    fold(contact, stamp, incoming.received_at)
    return contact


def fold(contact: Contact, stamp: Stamp, at: datetime) -> None:
    """Fold a stamped message received at `at` into `contact`, in place: the later one counts."""
    if contact.at is None or at > contact.at:
        contact.at = at
    if stamp.seq is not None:
        number = (stamp.boot, stamp.seq)
        if contact.numbers is None:
            contact.numbers = [number]
        else:
            contact.numbers.append(number)
    if stamp.at is not None:
        contact.skew_s = (stamp.at - at).total_seconds()
    if stamp.battery is not None:
        contact.battery = stamp.battery
    if stamp.rssi is not None:
        contact.rssi = stamp.rssi


def fold_beat(contact: Contact, beat: Heartbeat, at: datetime) -> None:
    """Fold a heartbeat in."""
    fold(contact, beat.stamp, at)
    contact.beats += 1
    if beat.mains is not None:
        contact.mains = beat.mains
    if beat.fw is not None:
        contact.fw = beat.fw
    contact.next_s = beat.next_s


def fold_note(contact: Contact, note: Contact) -> None:
    """Fold in what another lane has learnt."""
    if note.at is not None and (contact.at is None or note.at > contact.at):
        contact.at = note.at
    if note.numbers:
        contact.numbers = [*(contact.numbers or ()), *note.numbers]
    for name in ("skew_s", "battery", "rssi", "connected"):
        if (value := getattr(note, name)) is not None:
            setattr(contact, name, value)
