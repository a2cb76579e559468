"""From signals to alarms to incidents: what ingest and supervision call, in their transaction.

A batch takes a fixed number of statements, however many signals are in it. Subjects are reserved
in one order, so that batches and other transactions cannot wait for each other in a ring.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID, uuid5

from devices.events import Signal
from dispatch.ids import IncidentId
from dispatch.incidents import events as e
from dispatch.incidents import facts
from dispatch.incidents import store as incident_store
from dispatch.incidents.lifecycle import transition
from dispatch.incidents.model import (
    Announcement,
    Incident,
    Outcome,
    State,
    Tell,
)
from dispatch.incidents.opening import Subject, opened
from dispatch.intake import store
from dispatch.triage import End, Raise, Remark, elsewhere, subject_of, triage
from kernel.db import Connection
from kernel.ids import new_id
from kernel.outbox import Fact
from people.ids import HomeId

#: Makes the id of a signal's event from the terminal and the signal's own id: a repeat is known.
_SIGNALS: Final = UUID("7f1c2a50-5f6e-4d0a-9a53-6c0f6f0f5a11")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arrival:
    """A signal on its way in."""

    signal: Signal
    subject: str
    event: e.ByDevice


@dataclass(slots=True)
class _Batch:
    """What a batch changes, gathered before anything is written.

    Attributes:
        open: the open incident of each subject, as the batch has left it so far.
        loaded: versions as they are in the database, of incidents that existed before.
        now: every incident of the batch as it stands.
    """

    open: dict[str, Incident]
    places: dict[str, store.Place]
    loaded: dict[IncidentId, Incident]
    now: dict[IncidentId, Incident] = field(default_factory=dict)
    happened: list[tuple[IncidentId, e.Event]] = field(default_factory=list)
    alarms: list[store.AlarmRow] = field(default_factory=list)
    told: list[tuple[Incident, Announcement]] = field(default_factory=list)

    def take(self, arrival: _Arrival) -> None:
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

    def _located(self, arrival: _Arrival) -> e.ByDevice:
        event, place = arrival.event, self.places[arrival.subject]
        if not isinstance(event, e.Signalled):
            return event
        where = elsewhere(arrival.signal, place.position)
        return replace(event, alarm=replace(event.alarm, where=where))

    def _opened(self, arrival: _Arrival, event: e.Signalled) -> Outcome:
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


async def handle(conn: Connection, signals: Sequence[Signal]) -> list[Fact]:
    """Turn new signals into alarms and incidents; return the facts for the caller to put last.

    Satisfies `devices.ingest.SignalHandler`. Idempotent by (terminal, signal id).
    """
    arrivals = [_arrival(signal) for signal in signals]
    if not arrivals:
        return []
    asked = {a.subject: a for a in reversed(arrivals)}
    loaded = await store.load(
        conn,
        [
            store.Asked(subject=subject, home_id=a.signal.home_id, area=a.signal.area)
            for subject, a in sorted(asked.items())
        ],
        [a.event.id for a in arrivals],
    )
    batch = _Batch(
        open=dict(loaded.open),
        places=loaded.places,
        loaded={incident.id: incident for incident in loaded.open.values()},
    )
    for arrival in arrivals:
        if arrival.event.id not in loaded.known:
            loaded.known.add(arrival.event.id)
            batch.take(arrival)
    return await _write(conn, batch)


async def _write(conn: Connection, batch: _Batch) -> list[Fact]:
    changed = [
        incident
        for incident in batch.now.values()
        if incident.id in batch.loaded and incident != batch.loaded[incident.id]
    ]
    # First the changes: one of them may close what a new incident takes the place of.
    await incident_store.save(conn, changed)
    new = [incident for incident in batch.now.values() if incident.id not in batch.loaded]
    numbers: dict[IncidentId, int] = {}
    if batch.happened:
        numbers = await store.record(conn, new, batch.happened, batch.alarms)
    return [
        facts.of_incident(_numbered(incident, numbers), what, None) for incident, what in batch.told
    ]


def _numbered(incident: Incident, numbers: dict[IncidentId, int]) -> Incident:
    number = numbers.get(incident.id)
    return incident if number is None else replace(incident, number=number)


def _arrival(signal: Signal) -> _Arrival:
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
    return _Arrival(signal=signal, subject=subject_of(signal), event=event)


def _alarm_row(signal: Signal, incident_id: IncidentId, event: e.Signalled) -> store.AlarmRow:
    location: dict[str, Any] | None = None
    if signal.location is not None:
        location = {
            "lat": signal.location.position.lat,
            "lon": signal.location.position.lon,
            "accuracy_m": signal.location.accuracy_m,
            "at": signal.location.at,
        }
    return store.AlarmRow(
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
