"""Rows of incidents, their timeline and alarms. Many at a time: a batch is one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from dispatch.ids import IncidentId
from dispatch.incidents import events as e
from dispatch.incidents.escalation import Policy, from_json
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

# All that taking in a batch needs to know, in one statement: the open incidents of its subjects,
# locked in one order; where new ones belong (the home's area, else the terminal's, else the root)
# and the policy of the nearest area that has one; which events have happened already.
LOAD: Final = """
WITH open AS (
    SELECT id, number, subject, area, home_id, terminal_id, caregiver_id, lat, lon, category, kind,
           priority, test, state, presses, opened_at, last_signal_at, waiting_since, level, step,
           step_due_at, policy, standing, passing, touched, cleared, claimed_by, claimed_at,
           answered_at, assignment_id, help_coming_at, arrived_at, disposition, note, closed_by,
           closed_at, version
    FROM dispatch.incident WHERE subject = ANY($1::text[]) AND state <> 'closed'
    ORDER BY id FOR UPDATE
)
SELECT asked.subject AS asked, coalesce(area.id, root.id, asked.area) AS place_area,
       home.lat AS place_lat, home.lon AS place_lon, nearest.policy AS place_policy,
       ARRAY(SELECT id FROM dispatch.incident_event WHERE id = ANY($4::uuid[])) AS known,
       open.id, open.number, open.subject, open.area, open.home_id, open.terminal_id,
       open.caregiver_id, open.lat, open.lon, open.category, open.kind, open.priority, open.test,
       open.state, open.presses, open.opened_at, open.last_signal_at, open.waiting_since,
       open.level, open.step, open.step_due_at, open.policy, open.standing, open.passing,
       open.touched, open.cleared, open.claimed_by, open.claimed_at, open.answered_at,
       open.assignment_id, open.help_coming_at, open.arrived_at, open.disposition, open.note,
       open.closed_by, open.closed_at, open.version
FROM unnest($1::text[], $2::uuid[], $3::text[]) AS asked (subject, home_id, area)
LEFT JOIN open ON open.subject = asked.subject
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

# New incidents, what happened to these and others, and the alarms: one statement.
RECORD: Final = """
WITH opened AS (
    INSERT INTO dispatch.incident (
        id, subject, area, home_id, terminal_id, caregiver_id, lat, lon, category, kind, priority,
        test, state, presses, opened_at, last_signal_at, waiting_since, level, step, step_due_at,
        policy, standing, passing, touched, cleared, disposition, closed_at, version)
    SELECT id, subject, area, home_id, terminal_id, caregiver_id, lat, lon, category, kind,
           priority, test, state, presses, opened_at, last_signal_at, waiting_since, level, step,
           step_due_at, policy, standing, passing, touched, cleared, disposition, closed_at, version
    FROM jsonb_populate_recordset(NULL::dispatch.incident, $1)
    RETURNING id, number
), happened AS (
    INSERT INTO dispatch.incident_event (id, incident_id, at, type, by, data)
    SELECT n.id, n.incident_id, n.at, n.type, n.by, n.data
    FROM jsonb_populate_recordset(NULL::dispatch.incident_event, $2) WITH ORDINALITY AS n (
        id, incident_id, position, at, type, by, data, place)
    ORDER BY n.place
), alarms AS (
    INSERT INTO dispatch.alarm (
        id, incident_id, home_id, terminal_id, signal_id, kind, category, priority, test,
        received_at, device_at, clock_suspect, battery, rssi, location, data)
    SELECT id, incident_id, home_id, terminal_id, signal_id, kind, category, priority, test,
           received_at, device_at, clock_suspect, battery, rssi, location, data
    FROM jsonb_populate_recordset(NULL::dispatch.alarm, $3)
)
SELECT id, number FROM opened
"""

SAVE: Final = """
UPDATE dispatch.incident AS i SET
    category = n.category, kind = n.kind, priority = n.priority, terminal_id = n.terminal_id,
    test = n.test, state = n.state, presses = n.presses, last_signal_at = n.last_signal_at,
    waiting_since = n.waiting_since,
    level = n.level, step = n.step, step_due_at = n.step_due_at, standing = n.standing,
    passing = n.passing, touched = n.touched, cleared = n.cleared, claimed_by = n.claimed_by,
    claimed_at = n.claimed_at, answered_at = n.answered_at, assignment_id = n.assignment_id,
    help_coming_at = n.help_coming_at, arrived_at = n.arrived_at, disposition = n.disposition,
    note = n.note, closed_by = n.closed_by, closed_at = n.closed_at, version = n.version
FROM jsonb_populate_recordset(NULL::dispatch.incident, $1) AS n WHERE i.id = n.id
"""

APPEND: Final = """
INSERT INTO dispatch.incident_event (id, incident_id, at, type, by, data)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING RETURNING id
"""

OWNER_OF_EVENT: Final = "SELECT incident_id FROM dispatch.incident_event WHERE id = $1"

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
class Asked:
    """Whom a batch is about; `area` is what the terminal's registration says."""

    subject: str
    home_id: UUID | None
    area: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a new incident belongs."""

    area: str
    lat: float | None
    lon: float | None
    policy: Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a batch needs to know, by subject; `known` are events that have happened already."""

    open: dict[str, Incident]
    places: dict[str, Place]
    known: set[UUID]


async def lock(conn: Connection, incident_id: IncidentId) -> Incident:
    """Return the incident, locked until the transaction ends.

    Raises:
        NotFoundError: there is none.
    """
    row = await conn.fetchrow(LOCK, incident_id)
    if row is None:
        raise NotFoundError("There is no such incident.", id=incident_id)
    return from_row(row)


async def load(conn: Connection, asked: Sequence[Asked], events: Sequence[UUID]) -> Loaded:
    """Return what is known of the subjects; their open incidents are locked.

    Others who would open incidents for any of them wait until the transaction ends.
    """
    subjects = [one.subject for one in asked]
    await conn.fetch(RESERVE, subjects)
    rows = await conn.fetch(
        LOAD, subjects, [one.home_id for one in asked], [one.area for one in asked], events
    )
    return Loaded(
        open={row["asked"]: from_row(row) for row in rows if row["id"] is not None},
        places={
            row["asked"]: Place(
                area=row["place_area"],
                lat=row["place_lat"],
                lon=row["place_lon"],
                policy=from_json(row["place_policy"] or {}),
            )
            for row in rows
        },
        known={event for row in rows[:1] for event in row["known"]},
    )


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


async def record(
    conn: Connection,
    opened: Sequence[Incident],
    happened: Sequence[tuple[IncidentId, e.Event]],
    alarms: Sequence[AlarmRow],
) -> dict[IncidentId, int]:
    """Store new incidents, events (new ones only, in order) and alarms; return new numbers."""
    rows = await conn.fetch(
        RECORD,
        [_as_json(incident) for incident in opened],
        [
            {
                "id": event.id,
                "incident_id": incident_id,
                "at": event.at,
                "type": e.TYPES[type(event)],
                "by": e.by_of(event),
                "data": e.data_of(event),
            }
            for incident_id, event in happened
        ],
        [_alarm_as_json(alarm) for alarm in alarms],
    )
    return {IncidentId(row["id"]): row["number"] for row in rows}


async def save(conn: Connection, incidents: Sequence[Incident]) -> list[Incident]:
    """Store changed incidents and return them with their new version."""
    grown = [replace(i, version=i.version + 1) for i in incidents]
    if grown:
        await conn.execute(SAVE, [_as_json(i) for i in grown])
    return grown


async def append(conn: Connection, incident_id: IncidentId, event: e.Event) -> bool:
    """Add `event` to the timeline; False when it is there already, so this is a retry.

    Raises:
        ConflictError: the id belongs to an event of another incident.
    """
    added = await conn.fetchval(
        APPEND,
        event.id,
        incident_id,
        event.at,
        e.TYPES[type(event)],
        e.by_of(event),
        e.data_of(event),
    )
    if added is None and await incident_of_event(conn, event.id) != incident_id:
        raise ConflictError("This event id has been used for something else.", id=event.id)
    return added is not None


async def incident_of_event(conn: Connection, event_id: UUID) -> IncidentId | None:
    """Return the incident to which the event happened; None: it has not happened."""
    found: IncidentId | None = await conn.fetchval(OWNER_OF_EVENT, event_id)
    return found


async def terminals(
    conn: Connection, incident_id: IncidentId, without: frozenset[AlarmKind]
) -> list[tuple[str, str]]:
    """Return (terminal, its newest signal) of the incident, leaving out alarms of some kinds."""
    rows = await conn.fetch(TERMINALS, incident_id, sorted(without))
    return [(row["terminal_id"], row["signal_id"]) for row in rows]


def from_row(row: Record) -> Incident:
    """Return the incident that `row`, with all columns, describes."""
    kept = {name: row[name] for name in _FIELDS}
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
    row = {name: getattr(incident, name) for name in _FIELDS}
    row["policy"] = incident.policy.as_json()
    row["standing"] = sorted(incident.standing)
    return row


def _alarm_as_json(row: AlarmRow) -> dict[str, Any]:
    alarm = row.alarm
    return {
        "id": row.id,
        "incident_id": row.incident_id,
        "home_id": row.home_id,
        "terminal_id": alarm.terminal_id,
        "signal_id": row.signal_id,
        "kind": alarm.kind,
        "category": alarm.category,
        "priority": alarm.priority,
        "test": alarm.test,
        "received_at": row.received_at,
        "device_at": row.device_at,
        "clock_suspect": row.clock_suspect,
        "battery": row.battery,
        "rssi": row.rssi,
        "location": row.location,
        "data": dict(row.data),
    }


_FIELDS: Final = tuple(f.name for f in fields(Incident))
