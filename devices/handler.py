"""The seam between the edge and whoever makes alarms of signals."""

from collections.abc import Sequence
from typing import Protocol

from devices.events import Signal
from kernel.db import Connection
from kernel.outbox import Fact


class SignalHandler(Protocol):
    """What makes alarms of signals; runs inside the transaction that took them.

    It gets new signals only (deduplicated, home filled in from the registry) in order of arrival,
    and returns facts. The caller puts those into the outbox as the last statement before commit;
    the handler itself must not call `outbox.put`.
    """

    async def __call__(self, conn: Connection, signals: Sequence[Signal], /) -> Sequence[Fact]:
        """Handle `signals` with `conn`, whose transaction the caller owns."""
        ...
