"""What can happen to an incident, beside what happens to its jobs (pure).

Each event has its own id and time, so a timeline replays. The id makes a retry change nothing;
`type_of` and `data_of` are what the timeline keeps.
"""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from dispatch.assignments import events as j
from dispatch.ids import AssignmentId
from dispatch.incidents.model import Alarm, AlarmKind, Disposition
from kernel.geo import Position
from people.ids import AccountId, CaregiverId, ContactId


@dataclass(frozen=True, slots=True, kw_only=True)
class _ByPerson(j.Happened):
    by: AccountId


# From devices.
@dataclass(frozen=True, slots=True, kw_only=True)
class Signalled(j.Happened):
    """An alarm arrived."""

    alarm: Alarm


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(j.Happened):
    """A passing condition is over: the terminal is heard again, the battery is new."""

    terminal_id: str | None
    kind: AlarmKind


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRemarked(j.Happened):
    """A terminal said something worth knowing that asks for nobody: its own cancel."""

    terminal_id: str | None
    kind: str
    data: dict[str, Any]


# From the operator's desk.
@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed(_ByPerson):
    """An operator takes it; everybody else stops ringing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Released(_ByPerson):
    """The owner gives it back to the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalated(_ByPerson):
    """A person calls the supervisor in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted(_ByPerson):
    """A person wrote something down. Allowed for ever."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCalled(_ByPerson):
    """Somebody was called, with this outcome."""

    contact_id: ContactId
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatched(_ByPerson):
    """The owner offers the job to a caregiver."""

    assignment_id: AssignmentId
    caregiver_id: CaregiverId
    eta_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(_ByPerson):
    """The owner says what it was and ends it."""

    disposition: Disposition
    note: str = ""


# From the family, and from a responder in need.
@dataclass(frozen=True, slots=True, kw_only=True)
class FamilySaw(_ByPerson):
    """A relative has read the alert."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyGoing(_ByPerson):
    """A relative is on the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponderCalledForHelp(_ByPerson):
    """The caregiver at this incident pressed SOS; an incident of their own is opened too."""

    caregiver_id: CaregiverId
    where: Position | None = None


# From the clock.
@dataclass(frozen=True, slots=True, kw_only=True)
class StepDue(j.Happened):
    """Whoever the incident waited for has waited too long."""


ByDevice = Signalled | Ended | DeviceRemarked
ByDesk = Claimed | Released | Escalated | Noted | ContactCalled | Dispatched | Closed
ByOthers = FamilySaw | FamilyGoing | ResponderCalledForHelp
Event = ByDevice | ByDesk | j.OfJob | ByOthers | StepDue

TYPES: Final[dict[type[j.Happened], str]] = {
    Signalled: "signalled",
    Ended: "ended",
    DeviceRemarked: "device_remarked",
    Claimed: "claimed",
    Released: "released",
    Escalated: "escalated",
    Noted: "noted",
    ContactCalled: "contact_called",
    Dispatched: "dispatched",
    Closed: "closed",
    **j.TYPES,
    FamilySaw: "family_saw",
    FamilyGoing: "family_going",
    ResponderCalledForHelp: "responder_called_for_help",
    StepDue: "step_due",
}
_NOT_DATA: Final = frozenset({"id", "at", "by"})


def by_of(event: Event) -> AccountId | None:
    """Return the account of the person who caused `event`; None for devices and the clock."""
    return getattr(event, "by", None)


def data_of(event: Event) -> dict[str, Any]:
    """Return what the timeline keeps of `event` beside its id, time, type and person."""
    if isinstance(event, Signalled):
        alarm = event.alarm
        return {
            "kind": alarm.kind,
            "category": alarm.category,
            "priority": alarm.priority,
            "terminal_id": alarm.terminal_id,
            "test": alarm.test,
            "where": _plain(alarm.where),
        }
    kept = {f.name: getattr(event, f.name) for f in fields(event) if f.name not in _NOT_DATA}
    return {name: _plain(value) for name, value in kept.items() if value is not None}


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case UUID():
            return str(value)
        case Position():
            return {"lat": value.lat, "lon": value.lon}
        case _:
            return value
