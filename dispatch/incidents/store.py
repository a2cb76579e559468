"""Rows of incidents and of their timeline."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from dispatch.ids import IncidentId
from dispatch.incidents import events as e
from dispatch.incidents.escalation import from_json
from dispatch.incidents.model import (
    AlarmKind,
    Category,
    Disposition,
    Incident,
    State,
)
from kernel.columns import Columns, filled
from kernel.db import Connection, Record
from kernel.errors import ConflictError, NotFoundError

# An incident's columns are its fields; what follows is built from them once.
COLUMNS: Final = Columns(f.name for f in fields(Incident))

# What stays as it was opened.
_FIXED: Final = (
    "id",
    "number",
    "subject",
    "area",
    "home_id",
    "caregiver_id",
    "opened_at",
    "policy",
)

# What may change of an incident, from a row named `n`.
CHANGES: Final = COLUMNS.without(*_FIXED).taken_from("n")

LOCK: Final = filled(
    "SELECT {incident} FROM dispatch.incident WHERE id = $1 FOR UPDATE", incident=COLUMNS.of()
)

LOCK_FREE: Final = filled(
    """
SELECT {incident} FROM dispatch.incident WHERE id = ANY($1::uuid[])
ORDER BY id FOR UPDATE SKIP LOCKED
""",
    incident=COLUMNS.of(),
)

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

SAVE: Final = filled(
    """
UPDATE dispatch.incident AS i SET {changes}
FROM jsonb_populate_recordset(NULL::dispatch.incident, $1) AS n WHERE i.id = n.id
""",
    changes=CHANGES,
)

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


async def lock(conn: Connection, incident_id: IncidentId) -> Incident:
    """Return the incident, locked until the transaction ends.

    Raises:
        NotFoundError: there is none.
    """
    row = await conn.fetchrow(LOCK, incident_id)
    if row is None:
        raise NotFoundError("There is no such incident.", id=incident_id)
    return from_row(row)


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


async def save(conn: Connection, incidents: Sequence[Incident]) -> list[Incident]:
    """Store changed incidents and return them with their new version."""
    grown = grow(incidents)
    if grown:
        await conn.execute(SAVE, [as_json(i) for i in grown])
    return grown


def grow(incidents: Iterable[Incident]) -> list[Incident]:
    """Return changed incidents with their new version."""
    return [replace(i, version=i.version + 1) for i in incidents]


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


def from_row(row: Record | Mapping[str, Any]) -> Incident:
    """Return the incident that `row`, with all columns, describes."""
    kept = {name: row[name] for name in COLUMNS.names}
    kept.update(
        category=Category(row["category"]),
        kind=AlarmKind(row["kind"]),
        state=State(row["state"]),
        policy=from_json(row["policy"]),
        standing=frozenset(row["standing"]),
        disposition=Disposition(row["disposition"]) if row["disposition"] else None,
    )
    return Incident(**kept)


def as_json(incident: Incident) -> dict[str, Any]:
    """Return the incident as `jsonb_populate_recordset` reads it."""
    row = {name: getattr(incident, name) for name in COLUMNS.names}
    row["policy"] = incident.policy.as_json()
    row["standing"] = sorted(incident.standing)
    return row
