"""Rows of incidents, their timeline and alarms. Many at a time: a batch is one statement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from dispatch.ids import IncidentId
from dispatch.incidents import events as e
from dispatch.incidents.escalation import from_json
from dispatch.incidents.model import (
    Alarm,
    AlarmKind,
    Category,
    Disposition,
    Incident,
    State,
)
from kernel.db import Connection, Record
from kernel.errors import ConflictError, NotFoundError

LOCK: Final = """
SELECT id, number, subject, area, home_id, terminal_id, caregiver_id, lat, lon, category, kind,
       priority, test, state, presses, opened_at, last_signal_at, waiting_since, level, step,
       step_due_at, policy, standing, passing, touched, cleared, claimed_by, claimed_at,
       answered_at, assignment_id, help_coming_at, arrived_at, disposition, note, closed_by,
       closed_at, version
FROM dispatch.incident WHERE id = $1 FOR UPDATE
"""

# Whoever may open incidents for these subjects takes turns, always in the same order.
RESERVE: Final = """
SELECT pg_advisory_xact_lock(key) FROM (
    SELECT DISTINCT hashtextextended(subject, 0) AS key FROM unnest($1::text[]) AS subject
    ORDER BY key
) AS keys
"""

LOCK_OPEN: Final = """
SELECT id, number, subject, area, home_id, terminal_id, caregiver_id, lat, lon, category, kind,
       priority, test, state, presses, opened_at, last_signal_at, waiting_since, level, step,
       step_due_at, policy, standing, passing, touched, cleared, claimed_by, claimed_at,
       answered_at, assignment_id, help_coming_at, arrived_at, disposition, note, closed_by,
       closed_at, version
FROM dispatch.incident WHERE subject = ANY($1::text[]) AND state <> 'closed'
ORDER BY id FOR UPDATE
"""

LOCK_FREE: Final = """
SELECT id, number, subject, area, home_id, terminal_id, caregiver_id, lat, lon, category, kind,
       priority, test, state, presses, opened_at, last_signal_at, waiting_since, level, step,
       step_due_at, policy, standing, passing, touched, cleared, claimed_by, claimed_at,
       answered_at, assignment_id, help_coming_at, arrived_at, disposition, note, closed_by,
       closed_at, version
FROM dispatch.incident WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE SKIP LOCKED
"""

# Incidents whose own step, or whose responder's offer, is due.
DUE: Final = """
SELECT id FROM (
    SELECT id, step_due_at AS due_at FROM dispatch.incident WHERE step_due_at <= $1
    UNION ALL
    SELECT incident_id, due_at FROM dispatch.assignment WHERE due_at <= $1
) AS due GROUP BY id ORDER BY min(due_at)
"""

NEXT_DUE: Final = """
SELECT least(
    (SELECT min(step_due_at) FROM dispatch.incident WHERE step_due_at IS NOT NULL),
    (SELECT min(due_at) FROM dispatch.assignment WHERE due_at IS NOT NULL)
)
"""

OVERDUE: Final = "SELECT count(*) FROM dispatch.incident WHERE step_due_at <= $1"

INSERT: Final = """
INSERT INTO dispatch.incident (
    id, subject, area, home_id, terminal_id, caregiver_id, lat, lon, category, kind, priority,
    test, state, presses, opened_at, last_signal_at, waiting_since, level, step, step_due_at,
    policy, standing, passing, touched, cleared, disposition, closed_at, version)
SELECT id, subject, area, home_id, terminal_id, caregiver_id, lat, lon, category, kind, priority,
       test, state, presses, opened_at, last_signal_at, waiting_since, level, step, step_due_at,
       policy, standing, passing, touched, cleared, disposition, closed_at, version
FROM jsonb_populate_recordset(NULL::dispatch.incident, $1)
RETURNING id, number
"""

SAVE: Final = """
UPDATE dispatch.incident AS i SET
    category = n.category, kind = n.kind, priority = n.priority, test = n.test, state = n.state,
    presses = n.presses, last_signal_at = n.last_signal_at, waiting_since = n.waiting_since,
    level = n.level, step = n.step, step_due_at = n.step_due_at, standing = n.standing,
    passing = n.passing, touched = n.touched, cleared = n.cleared, claimed_by = n.claimed_by,
    claimed_at = n.claimed_at, answered_at = n.answered_at, assignment_id = n.assignment_id,
    help_coming_at = n.help_coming_at, arrived_at = n.arrived_at, disposition = n.disposition,
    note = n.note, closed_by = n.closed_by, closed_at = n.closed_at, version = n.version
FROM jsonb_populate_recordset(NULL::dispatch.incident, $1) AS n WHERE i.id = n.id
"""

KNOWN_EVENTS: Final = (
    "SELECT id, incident_id FROM dispatch.incident_event WHERE id = ANY($1::uuid[])"
)

APPEND: Final = """
INSERT INTO dispatch.incident_event (id, incident_id, at, type, by, data)
SELECT n.id, n.incident_id, n.at, n.type, n.by, n.data
FROM jsonb_populate_recordset(NULL::dispatch.incident_event, $1) WITH ORDINALITY AS n (
    id, incident_id, position, at, type, by, data, place)
ORDER BY n.place
ON CONFLICT (id) DO NOTHING
RETURNING id
"""

ADD_ALARMS: Final = """
INSERT INTO dispatch.alarm (
    id, incident_id, home_id, terminal_id, signal_id, kind, category, priority, test, received_at,
    device_at, clock_suspect, battery, rssi, location, data)
SELECT id, incident_id, home_id, terminal_id, signal_id, kind, category, priority, test,
       received_at, device_at, clock_suspect, battery, rssi, location, data
FROM jsonb_populate_recordset(NULL::dispatch.alarm, $1)
"""

# Where new incidents belong: the home's area, else the terminal's, else the root; and the policy
# of the nearest area that has one.
PLACES: Final = """
SELECT asked.subject, coalesce(area.id, root.id, asked.area) AS area, home.lat, home.lon,
       nearest.policy
FROM unnest($1::text[], $2::uuid[], $3::text[]) AS asked (subject, home_id, area)
LEFT JOIN dispatch.home AS home ON home.id = asked.home_id
LEFT JOIN dispatch.area AS area ON area.id = coalesce(home.area, asked.area)
LEFT JOIN LATERAL (
    SELECT id FROM dispatch.area WHERE parent IS NULL ORDER BY id LIMIT 1
) AS root ON true
LEFT JOIN LATERAL (
    SELECT to_jsonb(p) - 'area' AS policy FROM dispatch.policy AS p
    WHERE p.area = ANY(coalesce(area.path, ARRAY[root.id]))
    ORDER BY array_position(area.path, p.area) DESC NULLS LAST LIMIT 1
) AS nearest ON true
"""

# The newest alarm of each registered terminal in the incident: what a terminal is told about.
TERMINALS: Final = """
SELECT DISTINCT ON (a.terminal_id) a.terminal_id, a.signal_id
FROM dispatch.alarm AS a JOIN devices.terminal_v1 AS t ON t.terminal_id = a.terminal_id
WHERE a.incident_id = $1 AND a.kind <> ALL($2::text[])
ORDER BY a.terminal_id, a.received_at DESC
"""


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
class Place:
    """Where a new incident belongs; `policy` as stored, None: the default."""

    area: str
    lat: float | None
    lon: float | None
    policy: dict[str, Any] | None


async def lock(conn: Connection, incident_id: IncidentId) -> Incident:
    """Return the incident, locked until the transaction ends.

    Raises:
        NotFoundError: there is none.
    """
    row = await conn.fetchrow(LOCK, incident_id)
    if row is None:
        raise NotFoundError("There is no such incident.", id=incident_id)
    return from_row(row)


async def reserve(conn: Connection, subjects: Sequence[str]) -> None:
    """Make others who would open an incident for any of `subjects` wait for this transaction."""
    await conn.fetch(RESERVE, subjects)


async def lock_open(conn: Connection, subjects: Sequence[str]) -> dict[str, Incident]:
    """Return the open incidents of `subjects` by subject, locked; call `reserve` first."""
    return {row["subject"]: from_row(row) for row in await conn.fetch(LOCK_OPEN, subjects)}


async def lock_free(conn: Connection, ids: Sequence[IncidentId]) -> list[Incident]:
    """Return those of the incidents that nobody else is changing now, locked."""
    return [from_row(row) for row in await conn.fetch(LOCK_FREE, ids)]


async def due(conn: Connection, now: datetime) -> list[IncidentId]:
    """Return incidents with a passed deadline, the longest passed first; not locked."""
    return [IncidentId(row["id"]) for row in await conn.fetch(DUE, now)]


async def next_due(conn: Connection) -> datetime | None:
    """Return the earliest deadline of any incident or offer."""
    due: datetime | None = await conn.fetchval(NEXT_DUE)
    return due


async def overdue(conn: Connection, now: datetime) -> int:
    """Count the incidents whose step is due."""
    return int(await conn.fetchval(OVERDUE, now))


async def insert(conn: Connection, incidents: Sequence[Incident]) -> dict[IncidentId, int]:
    """Store new incidents and return their numbers."""
    rows = await conn.fetch(INSERT, [_as_json(i) for i in incidents])
    return {IncidentId(row["id"]): row["number"] for row in rows}


async def save(conn: Connection, incidents: Sequence[Incident]) -> list[Incident]:
    """Store changed incidents and return them with their new version."""
    grown = [replace(i, version=i.version + 1) for i in incidents]
    if grown:
        await conn.execute(SAVE, [_as_json(i) for i in grown])
    return grown


async def known_events(conn: Connection, ids: Iterable[UUID]) -> dict[UUID, IncidentId]:
    """Return which of `ids` have happened already, and to which incident."""
    rows = await conn.fetch(KNOWN_EVENTS, list(ids))
    return {row["id"]: IncidentId(row["incident_id"]) for row in rows}


async def append(conn: Connection, incident_id: IncidentId, event: e.Event) -> bool:
    """Add `event` to the timeline; False when it is there already, so this is a retry.

    Raises:
        ConflictError: the id belongs to an event of another incident.
    """
    if await append_all(conn, [(incident_id, event)]):
        return True
    known = await known_events(conn, [event.id])
    if known.get(event.id) != incident_id:
        raise ConflictError("This event id has been used for something else.", id=event.id)
    return False


async def append_all(conn: Connection, happened: Sequence[tuple[IncidentId, e.Event]]) -> int:
    """Add events to timelines in order and return how many were new."""
    rows = [
        {
            "id": event.id,
            "incident_id": incident_id,
            "at": event.at,
            "type": e.TYPES[type(event)],
            "by": e.by_of(event),
            "data": e.data_of(event),
        }
        for incident_id, event in happened
    ]
    return len(await conn.fetch(APPEND, rows))


async def add_alarms(conn: Connection, alarms: Sequence[AlarmRow]) -> None:
    """Store alarms; their incidents are stored already."""
    rows = [
        {
            "id": a.id,
            "incident_id": a.incident_id,
            "home_id": a.home_id,
            "terminal_id": a.alarm.terminal_id,
            "signal_id": a.signal_id,
            "kind": a.alarm.kind,
            "category": a.alarm.category,
            "priority": a.alarm.priority,
            "test": a.alarm.test,
            "received_at": a.received_at,
            "device_at": a.device_at,
            "clock_suspect": a.clock_suspect,
            "battery": a.battery,
            "rssi": a.rssi,
            "location": a.location,
            "data": dict(a.data),
        }
        for a in alarms
    ]
    await conn.execute(ADD_ALARMS, rows)


async def places(
    conn: Connection, subjects: Sequence[tuple[str, UUID | None, str]]
) -> dict[str, Place]:
    """Return where new incidents of (subject, home, area) belong, by subject."""
    rows = await conn.fetch(PLACES, *(list(column) for column in zip(*subjects, strict=True)))
    return {
        row["subject"]: Place(
            area=row["area"], lat=row["lat"], lon=row["lon"], policy=row["policy"]
        )
        for row in rows
    }


async def terminals(
    conn: Connection, incident_id: IncidentId, without: frozenset[AlarmKind]
) -> list[tuple[str, str]]:
    """Return (terminal, its newest signal) of the incident, leaving out alarms of some kinds."""
    rows = await conn.fetch(TERMINALS, incident_id, sorted(without))
    return [(row["terminal_id"], row["signal_id"]) for row in rows]


def from_row(row: Record) -> Incident:
    """Return the incident that `row`, with all columns, describes."""
    kept = dict(row)
    kept.update(
        category=Category(row["category"]),
        kind=AlarmKind(row["kind"]),
        state=State(row["state"]),
        policy=from_json(row["policy"]),
        standing=frozenset(row["standing"]),
        disposition=Disposition(row["disposition"]) if row["disposition"] else None,
    )
    return Incident(**kept)


def _as_json(incident: Incident) -> dict[str, Any]:
    row = {f.name: getattr(incident, f.name) for f in fields(incident)}
    row["policy"] = incident.policy.as_json()
    row["standing"] = sorted(incident.standing)
    return row
