"""What one payload says once it is decoded: still without knowledge of homes or history. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from devices.events import Location, SignalKind, TerminalId
from devices.quantities import Reading


class Origin(NamedTuple):
    """Whom a message is from.

    Attributes:
        area: as the topic has it; empty when the dialect's topics name none.
        channel: the dialect's word for what it came by, for whoever looks.
    """

    area: str
    terminal: TerminalId
    channel: str


class Stamp(NamedTuple):
    """What every message may carry about itself.

    Attributes:
        boot: names the start of the terminal since which `seq` counts.
        at: the terminal's clock, UTC; None when missing or unreadable.
    """

    boot: str | None = None
    seq: int | None = None
    at: datetime | None = None
    battery: int | None = None
    rssi: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A press, a fall, smoke …; `data` holds what came with it, safe for jsonb."""

    origin: Origin
    id: str
    kind: SignalKind
    stamp: Stamp
    clock_suspect: bool
    location: Location | None = None
    test: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)


class Heartbeat(NamedTuple):
    """A sign of life. `next_s`: seconds until the next one, when the terminal says so."""

    origin: Origin
    stamp: Stamp
    mains: bool | None = None
    fw: str | None = None
    next_s: int | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """Readings, in the units of `quantities`."""

    origin: Origin
    stamp: Stamp
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """Connected or not; `online=False` is usually the last will."""

    origin: Origin
    online: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a command; `command` is None when it names none that we could have sent."""

    origin: Origin
    command: UUID | None
    ok: bool
    error: str | None = None
    data: Any = None


Message = Alarm | Heartbeat | Measure | Status | Reply
