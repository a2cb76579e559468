"""The seam between the edge and whoever makes alarms of signals."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from devices.events import Signal
from kernel.db import Connection, Record
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What the handler would write: its own rows, as one JSON object, and the facts to tell."""

    rows: Mapping[str, Any]
    facts: Sequence[Fact]


@dataclass(frozen=True, slots=True, kw_only=True)
class Express:
    """The handler's work in two statements, into which the lane and the outbox put their own.

    Nothing is locked in between, so `record` must fail when what `ask` saw no longer holds. The
    lane then calls the `SignalHandler`, which locks. Both must write the same.

    Attributes:
        ask: a SELECT of `arrived.*`, and of what `decide` needs to know, from `arrived`: one row
            for each alarm, with n, terminal, area and home_id as a signal has them.
        decide: makes the deed of signals and their rows; touches nothing.
        record: the parts of a WITH that write `Deed.rows`, which is $7, once `inbox` is done. The
            last is named `done`, waits for all others, and may say more of the n-th fact, from 1:
            (n, more).
    """

    ask: str
    decide: Callable[[Sequence[Signal], Sequence[Record]], Deed]
    record: str
