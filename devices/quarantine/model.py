"""Bytes that are put aside. Pure."""

from typing import NamedTuple

from devices.mqtt.incoming import Incoming
from devices.topics import Topic


class Rubbish(NamedTuple):
    """Bytes that go to quarantine. `error` is a constant word, `detail` for whoever looks."""

    incoming: Incoming
    topic: Topic | None
    error: str
    detail: str
