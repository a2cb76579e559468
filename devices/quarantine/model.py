"""Bytes that are put aside. Pure."""

from typing import NamedTuple

from devices.messages import Origin
from devices.mqtt.incoming import Incoming


class Rubbish(NamedTuple):
    """Bytes that go to quarantine. `error` is a constant word, `detail` for whoever looks."""

    incoming: Incoming
    origin: Origin | None
    error: str
    detail: str
