"""The topic grammar of protocol v1: `carebell/v1/{area}/{terminal}/{channel}`. Pure."""

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from devices.events import TerminalId

ROOT: Final = "carebell/v1"
AREA: Final = re.compile(r"[a-z0-9-]{1,32}")
TERMINAL: Final = re.compile(r"[A-Za-z0-9-]{1,40}")


class Channel(StrEnum):
    """The last level of a topic. All go up but `COMMAND`."""

    ALARM = "alarm"
    HEARTBEAT = "heartbeat"
    MEASURE = "measure"
    STATUS = "status"
    REPLY = "reply"
    COMMAND = "command"


#: What a terminal may publish to.
UP: Final = tuple(channel for channel in Channel if channel is not Channel.COMMAND)


class Topic(NamedTuple):
    """A topic taken apart."""

    area: str
    terminal: TerminalId
    channel: Channel


def is_area(text: str) -> bool:
    """Say whether `text` may stand for an area in a topic."""
    return AREA.fullmatch(text) is not None


def is_terminal(text: str) -> bool:
    """Say whether `text` may stand for a terminal in a topic, and be its name at the broker."""
    return TERMINAL.fullmatch(text) is not None


@lru_cache(maxsize=65536)
def parse(topic: str) -> Topic | None:
    """Return the parts of a topic; None when it is not of this grammar."""
    parts = topic.split("/")
    if len(parts) != 5 or parts[0] != "carebell" or parts[1] != "v1":
        return None
    area, terminal, channel = parts[2:]
    if not is_area(area) or not is_terminal(terminal) or channel not in _CHANNELS:
        return None
    return Topic(area, TerminalId(terminal), Channel(channel))


_CHANNELS: Final = frozenset(Channel)


def topic(area: str, terminal: str, channel: Channel) -> str:
    """Return the topic of one terminal's channel.

    Raises:
        ValueError: `area` or `terminal` cannot stand in a topic.
    """
    if not is_area(area) or not is_terminal(terminal):
        raise ValueError(f"not a topic: area {area!r}, terminal {terminal!r}")
    return f"{ROOT}/{area}/{terminal}/{channel.value}"


def every(channel: Channel) -> str:
    """Return the filter that matches `channel` of every terminal."""
    return f"{ROOT}/+/+/{channel.value}"
