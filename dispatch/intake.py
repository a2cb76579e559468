"""From signals to alarms to incidents: what ingest and supervision call, in their transaction.

A batch takes a fixed number of statements, however many signals are in it. Subjects are reserved
in one order, so that batches and other transactions cannot wait for each other in a ring.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID, uuid5

from devices.events import Signal
from dispatch.ids import HomeId, IncidentId
from dispatch.incidents import events as e
from dispatch.incidents import facts, store
from dispatch.incidents.escalation import DEFAULT, from_json
from dispatch.incidents.lifecycle import Subject, opened, transition
from dispatch.incidents.model import (
    Incident,
    Outcome,
    State,
    Tell,
    Told,
)
from dispatch.triage import End, Raise, Remark, subject_of, triage
from kernel.db import Connection
from kernel.ids import new_id
from kernel.outbox import Fact

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
    places: dict[str, store.Place] = field(default_factory=dict)
    loaded: dict[IncidentId, Incident] = field(default_factory=dict)
    now: dict[IncidentId, Incident] = field(default_factory=dict)
    happened: list[tuple[IncidentId, e.Event]] = field(default_factory=list)
    alarms: list[store.AlarmRow] = field(default_factory=list)
    told: list[tuple[Incident, Told]] = field(default_factory=list)

    def take(self, arrival: _Arrival) -> None:
        """Let one signal change its subject's incident, or open one."""
        incident = self.open.get(arrival.subject)
        event = arrival.event
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

    def _opened(self, arrival: _Arrival, event: e.Signalled) -> Outcome:
        signal, place = arrival.signal, self.places[arrival.subject]
        fix = signal.location.position if signal.location else None
        subject = Subject(
            key=arrival.subject,
            area=place.area,
            home_id=HomeId(signal.home_id) if signal.home_id else None,
            terminal_id=signal.terminal,
            lat=place.lat if place.lat is not None or fix is None else fix.lat,
            lon=place.lon if place.lon is not None or fix is None else fix.lon,
        )
        policy = from_json(place.policy) if place.policy else DEFAULT
        return opened(IncidentId(new_id()), subject, event.alarm, event.at, policy)


async def handle(conn: Connection, signals: Sequence[Signal]) -> list[Fact]:
    """Turn new signals into alarms and incidents; return the facts for the caller to put last.

    Satisfies `devices.ingest.SignalHandler`. Idempotent by (terminal, signal id).
    """
    arrivals = [_arrival(signal) for signal in signals]
    if not arrivals:
        return []
    subjects = sorted({a.subject for a in arrivals})
    await store.reserve(conn, subjects)
    batch = _Batch(await store.lock_open(conn, subjects))
    batch.loaded = {incident.id: incident for incident in batch.open.values()}
    known = set(await store.known_events(conn, [a.event.id for a in arrivals]))
    fresh = []
    for arrival in arrivals:
        if arrival.event.id not in known:
            known.add(arrival.event.id)
            fresh.append(arrival)
    batch.places = await _places(conn, batch, fresh)
    for arrival in fresh:
        batch.take(arrival)
    return await _write(conn, batch)


async def _places(
    conn: Connection, batch: _Batch, arrivals: Sequence[_Arrival]
) -> dict[str, store.Place]:
    """Look up where incidents that this batch may open belong."""
    asked: dict[str, tuple[str, UUID | None, str]] = {}
    for arrival in arrivals:
        # An incident that is open now may close in this batch and be followed by another.
        passing = arrival.subject in batch.open and batch.open[arrival.subject].passing
        if arrival.subject not in batch.open or passing:
            signal = arrival.signal
            asked[arrival.subject] = (arrival.subject, signal.home_id, signal.area)
    return await store.places(conn, list(asked.values())) if asked else {}


async def _write(conn: Connection, batch: _Batch) -> list[Fact]:
    changed = [
        incident
        for incident in batch.now.values()
        if incident.id in batch.loaded and incident != batch.loaded[incident.id]
    ]
    # First the changes: one of them may close what a new incident takes the place of.
    await store.save(conn, changed)
    new = [incident for incident in batch.now.values() if incident.id not in batch.loaded]
    numbers = await store.insert(conn, new) if new else {}
    if batch.happened:
        await store.append_all(conn, batch.happened)
    if batch.alarms:
        await store.add_alarms(conn, batch.alarms)
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
