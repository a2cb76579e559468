"""What a device, or the supervision of it, has said. Published: `dispatch` builds on this."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

from kernel.geo import Position

TerminalId = NewType("TerminalId", str)


class SignalKind(StrEnum):
    """What happened. The first block is protocol v1; the second the platform finds out itself."""

    SOS = "sos"
    FALL = "fall"
    NO_MOTION = "no_motion"
    SMOKE = "smoke"
    GAS = "gas"
    CO = "co"
    FLOOD = "flood"
    DOOR_OPEN = "door_open"
    WANDERING = "wandering"
    BED_EXIT = "bed_exit"
    DEVICE_REMOVED = "device_removed"
    PILL_MISSED = "pill_missed"
    VITAL_OUT_OF_RANGE = "vital_out_of_range"
    LOW_BATTERY = "low_battery"  # from the terminal, or from supervision of its heartbeats
    MAINS_LOST = "mains_lost"
    MAINS_BACK = "mains_back"
    TAMPER = "tamper"
    FAULT = "fault"
    TEST = "test"
    CANCELLED = "cancelled"  # `data.alarm` is the id of the alarm cancelled at the terminal

    UNKNOWN = "unknown"  # `data.kind` is the kind we do not know
    UNDECODABLE = "undecodable"  # `data`: quarantine (id), channel, error (a constant word)
    WENT_SILENT = "went_silent"  # `data.last_seen_at`, or null when never heard
    CAME_BACK = "came_back"  # any message of a silent terminal
    BATTERY_OK = "battery_ok"  # recharged or replaced after a low battery
    AREA_SILENT = "area_silent"  # many terminals of an area at once: `data.silent`, `data.total`
    AREA_BACK = "area_back"  # most of them are heard again


#: Found out by the platform; a terminal that claims one of these is sending an unknown kind.
PLATFORM_KINDS = frozenset(
    {
        SignalKind.UNKNOWN,
        SignalKind.UNDECODABLE,
        SignalKind.WENT_SILENT,
        SignalKind.CAME_BACK,
        SignalKind.BATTERY_OK,
        SignalKind.AREA_SILENT,
        SignalKind.AREA_BACK,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A fix, already on WGS-84.

    Attributes:
        accuracy_m: radius in metres, as the device claims.
        at: when the fix was taken, if the device said so.
    """

    position: Position
    accuracy_m: float | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One thing said once: repeats and redeliveries have been removed.

    Attributes:
        terminal: None only for signals about a whole area.
        area: the terminal's registered area; for an unregistered one the area of its topic.
        home_id: None while the terminal is bound to no home.
        id: unique per terminal; a handler may use (terminal, id) as an idempotency key.
        received_at: when the platform took it.
        device_at: when the device says it happened; may be wrong, see `clock_suspect`.
        clock_suspect: `device_at` is missing or more than 24 h off.
        battery: percent.
        rssi: dBm.
        test: the device or its installer says this is a trial.
        data: what else came with it, JSON-like; always safe to store as jsonb.
    """

    terminal: TerminalId | None
    area: str
    home_id: UUID | None
    id: str
    kind: SignalKind
    received_at: datetime
    device_at: datetime | None = None
    clock_suspect: bool = False
    boot: str | None = None
    seq: int | None = None
    battery: int | None = None
    rssi: int | None = None
    location: Location | None = None
    test: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)
