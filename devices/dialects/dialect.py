"""What a dialect is: its topics, how it is read, and how a command is written in it. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from devices.events import TerminalId
from devices.messages import Message, Origin


class DecodeError(ValueError):
    """The bytes are not a message. `code` is a constant word, `detail` may quote a field's name."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class Lane(StrEnum):
    """The two ways from the broker into the database (`devices.lanes`)."""

    ALARMS = "alarms"  # takes `Alarm`, `Status` and `Reply`, each at once
    BEATS = "beats"  # takes `Heartbeat` and `Measure`, once a second


class Subscription(NamedTuple):
    """A topic filter, and which lane hears it.

    A lane takes its own kinds of messages and leaves the others: a topic whose payloads hold
    messages for both is named for both.
    """

    filter: str
    qos: int
    lane: Lane


class Rights(NamedTuple):
    """What a terminal may do at the broker; topics without wildcards."""

    publish: tuple[str, ...]
    subscribe: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something a terminal is to do. `body` holds what belongs to `type`, see docs/protocol.md."""

    id: UUID
    area: str
    terminal: TerminalId
    type: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One dialect.

    Attributes:
        name: kept with each terminal that speaks it: must stay what it is.
        subscriptions: the topics it is spoken on.
        origin: (topic) → whom its messages are from; None when the topic does not say. Total.
        read: (topic, payload, received at) → what the payload says: several messages, each with
            its origin, or nothing. Raises nothing but `DecodeError`, whatever the bytes.
        write: (command) → topic and payload.
        rights: (area, terminal) → what the broker allows that terminal.
    """

    name: str
    subscriptions: tuple[Subscription, ...]
    origin: Callable[[str], Origin | None]
    read: Callable[[str, bytes, datetime], Sequence[Message]]
    write: Callable[[Command], tuple[str, bytes]]
    rights: Callable[[str, TerminalId], Rights]
