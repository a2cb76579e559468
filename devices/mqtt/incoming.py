"""A message as taken from the broker. Pure."""

from datetime import datetime
from typing import NamedTuple


class Incoming(NamedTuple):
    """A message as taken, not yet acknowledged.

    Attributes:
        taken: `time.perf_counter()` at receipt, for measuring only.
        generation: of the connection it came by.
    """

    topic: str
    payload: bytes
    received_at: datetime
    taken: float
    mid: int
    qos: int
    retained: bool
    generation: int
