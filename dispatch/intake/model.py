"""What taking in alarms knows and writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dispatch.ids import IncidentId
from dispatch.incidents.escalation import Policy
from dispatch.incidents.model import Alarm, Incident
from kernel.geo import Position


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRow:
    """An alarm as stored; see `devices.events.Signal` for what the fields mean."""

    id: UUID
    incident_id: IncidentId
    alarm: Alarm
    home_id: UUID | None
    signal_id: str
    received_at: datetime
    device_at: datetime | None
    clock_suspect: bool
    battery: int | None
    rssi: int | None
    location: dict[str, Any] | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whom a batch is about; `area` is what the terminal's registration says."""

    subject: str
    home_id: UUID | None
    area: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a new incident belongs; `position` is the home's."""

    area: str
    position: Position | None
    policy: Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a batch needs to know, by subject; `known` are events that have happened already."""

    open: dict[str, Incident]
    places: dict[str, Place]
    known: set[UUID]
