"""What a batch of signals changes (pure): the incidents, their timelines, and what is told."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID, uuid5

from devices.events import Signal
from dispatch.ids import IncidentId
from dispatch.incidents import events as e
from dispatch.incidents.lifecycle import transition
from dispatch.incidents.model import Announcement, Incident, Outcome, State, Tell
from dispatch.incidents.opening import Subject, opened
from dispatch.intake.model import AlarmRow, Loaded, Place
from dispatch.triage import End, Raise, Remark, elsewhere, subject_of, triage
from kernel.ids import new_id
from people.ids import HomeId

#: Makes the id of a signal's event from the terminal and the signal's own id: a repeat is known.
_SIGNALS: Final = UUID("7f1c2a50-5f6e-4d0a-9a53-6c0f6f0f5a11")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A signal on its way in."""

    signal: Signal
    subject: str
    event: e.ByDevice


@dataclass(slots=True)
class Batch:
    """What a batch changes, gathered before anything is written.

    Attributes:
        open: the open incident of each subject, as the batch has left it so far.
        loaded: versions as they are in the database, of incidents that existed before.
        now: every incident of the batch as it stands.
    """

    open: dict[str, Incident]
    places: dict[str, Place]
    loaded: dict[IncidentId, Incident]
    now: dict[IncidentId, Incident] = field(default_factory=dict)
    happened: list[tuple[IncidentId, e.Event]] = field(default_factory=list)
    alarms: list[AlarmRow] = field(default_factory=list)
    told: list[tuple[Incident, Announcement]] = field(default_factory=list)

    @property
    def changed(self) -> list[Incident]:
        """Those that existed before and are no longer as they were."""
        return [i for i in self.now.values() if i.id in self.loaded and i != self.loaded[i.id]]

    @property
    def new(self) -> list[Incident]:
        """Those that the batch opens."""
        return [incident for incident in self.now.values() if incident.id not in self.loaded]

    def take(self, arrival: Arrival) -> None:
        """Let one signal change its subject's incident, or open one."""
        incident = self.open.get(arrival.subject)
        event = self._located(arrival)
        if incident is not None:
            outcome = transition(incident, event)
        elif isinstance(event, e.Signalled):
            outcome = self._opened(arrival, event)
        else:
            return  # nothing is open, so nothing ends and nobody cares for a remark
        after = outcome.incident
        self.now[after.id] = after
        self.happened.append((after.id, event))
        self.told += [
            (after, effect.what) for effect in outcome.effects if isinstance(effect, Tell)
        ]
        if isinstance(event, e.Signalled):
            self.alarms.append(_alarm_row(arrival.signal, after.id, event))
        if after.state is State.CLOSED:
            del self.open[arrival.subject]
        else:
            self.open[arrival.subject] = after

    def _located(self, arrival: Arrival) -> e.ByDevice:
        event, place = arrival.event, self.places[arrival.subject]
        if not isinstance(event, e.Signalled):
            return event
        where = elsewhere(arrival.signal, place.position)
        return replace(event, alarm=replace(event.alarm, where=where))

    def _opened(self, arrival: Arrival, event: e.Signalled) -> Outcome:
        signal, place = arrival.signal, self.places[arrival.subject]
        subject = Subject(
            key=arrival.subject,
            area=place.area,
            home_id=HomeId(signal.home_id) if signal.home_id else None,
            terminal_id=signal.terminal,
            lat=place.position.lat if place.position else None,
            lon=place.position.lon if place.position else None,
        )
        return opened(IncidentId(new_id()), subject, event.alarm, event.at, place.policy)


def decide(arrivals: Sequence[Arrival], loaded: Loaded) -> Batch:
    """Let new signals, in order, change what is known of their subjects."""
    batch = Batch(
        open=dict(loaded.open),
        places=loaded.places,
        loaded={incident.id: incident for incident in loaded.open.values()},
    )
    happened = set(loaded.known)
    for arrival in arrivals:
        if arrival.event.id not in happened:
            happened.add(arrival.event.id)
            batch.take(arrival)
    return batch


def arrival(signal: Signal) -> Arrival:
    """Return `signal` with whom it is about and what it does to them."""
    sender = signal.terminal or f"{signal.area}/{signal.kind}"
    event_id, at = uuid5(_SIGNALS, f"{sender}\n{signal.id}"), signal.received_at
    event: e.ByDevice
    match triage(signal):
        case Raise(alarm):
            event = e.Signalled(id=event_id, at=at, alarm=alarm)
        case End(kind):
            event = e.Ended(id=event_id, at=at, terminal_id=signal.terminal, kind=kind)
        case Remark():
            event = e.DeviceRemarked(
                id=event_id,
                at=at,
                terminal_id=signal.terminal,
                kind=signal.kind,
                data=dict(signal.data),
            )
    return Arrival(signal=signal, subject=subject_of(signal), event=event)


def _alarm_row(signal: Signal, incident_id: IncidentId, event: e.Signalled) -> AlarmRow:
    location: dict[str, Any] | None = None
    if signal.location is not None:
        location = {
            "lat": signal.location.position.lat,
            "lon": signal.location.position.lon,
            "accuracy_m": signal.location.accuracy_m,
            "at": signal.location.at,
        }
    return AlarmRow(
        id=event.id,
        incident_id=incident_id,
        alarm=event.alarm,
        home_id=signal.home_id,
        signal_id=signal.id,
        received_at=signal.received_at,
        device_at=signal.device_at,
        clock_suspect=signal.clock_suspect,
        battery=signal.battery,
        rssi=signal.rssi,
        location=location,
        data=signal.data,
    )
