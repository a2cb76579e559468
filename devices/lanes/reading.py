"""Arrivals: what was decoded, and what could not be. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from devices.dialects.dialect import DecodeError
from devices.dialects.known import Dialects
from devices.events import TerminalId
from devices.messages import Heartbeat, Message, Origin, Stamp
from devices.mqtt.incoming import Incoming
from devices.quarantine.model import Rubbish
from devices.supervision import Contact


class Arrival(NamedTuple):
    """A decoded message with the bytes it came as."""

    message: Message
    incoming: Incoming

    @property
    def origin(self) -> Origin:
        """Whom it is from."""
        return self.message.origin


class Note(NamedTuple):
    """What one message says about its terminal's being there."""

    terminal: TerminalId
    contact: Contact


def read(messages: Sequence[Incoming], dialects: Dialects) -> tuple[list[Arrival], list[Rubbish]]:
    """Decode a batch, in order."""
    dialect_of = dialects.of
    arrivals: list[Arrival] = []
    rubbish: list[Rubbish] = []
    for incoming in messages:
        topic = incoming.topic
        dialect = dialect_of(topic)
        if dialect is None:
            rubbish.append(Rubbish(incoming, None, "bad-topic", ""))
            continue
        try:
            said = dialect.read(topic, incoming.payload, incoming.received_at)
        except DecodeError as error:
            origin = dialect.origin(topic)
            rubbish.append(Rubbish(incoming, origin, error.code, error.detail))
        else:
            for message in said:
                arrivals.append(Arrival(message, incoming))  # noqa: PERF401 - the hot loop
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
