"""What taking in a batch reads and writes: two statements and one, however large the batch."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from dispatch.ids import IncidentId
from dispatch.incidents import events as e
from dispatch.incidents.escalation import from_json
from dispatch.incidents.model import Incident
from dispatch.incidents.store import COLUMNS, as_json, from_row
from dispatch.intake.model import AlarmRow, Asked, Loaded, Place
from kernel.columns import Columns, filled
from kernel.db import Connection, Record
from kernel.geo import Position

# Whoever may open incidents for these subjects takes turns, always in the same order.
RESERVE: Final = """
SELECT pg_advisory_xact_lock(key) FROM (
    SELECT DISTINCT hashtextextended(subject, 0) AS key FROM unnest($1::text[]) AS subject
    ORDER BY key
) AS keys
"""

# Where a new incident of whoever is `asked` belongs: the home's area, else the terminal's, else the
# root; and the policy of the nearest area that has one.
PLACED: Final = """
LEFT JOIN dispatch.home_v1 AS home ON home.home_id = asked.home_id
LEFT JOIN dispatch.area_v1 AS area ON area.id = coalesce(home.area, asked.area)
LEFT JOIN LATERAL (
    SELECT id FROM dispatch.area_v1 WHERE parent IS NULL ORDER BY id LIMIT 1
) AS root ON true
LEFT JOIN LATERAL (
    SELECT to_jsonb(p) - 'area' AS policy FROM dispatch.policy AS p
    WHERE p.area = ANY(coalesce(area.path, ARRAY[root.id]))
    ORDER BY array_position(area.path, p.area) DESC NULLS LAST LIMIT 1
) AS nearest ON true
"""

# All that taking in a batch needs to know, in one statement: the open incidents of its subjects,
# locked in one order; where new ones belong; which events have happened already.
LOAD: Final = filled(
    """
WITH open AS (
    SELECT {incident}
    FROM dispatch.incident WHERE subject = ANY($1::text[]) AND state <> 'closed'
    ORDER BY id FOR UPDATE
)
SELECT asked.subject AS asked, coalesce(area.id, root.id, asked.area) AS place_area,
       home.lat AS place_lat, home.lon AS place_lon, nearest.policy AS place_policy,
       ARRAY(SELECT id FROM dispatch.incident_event WHERE id = ANY($4::uuid[])) AS known,
       {of_open}
FROM unnest($1::text[], $2::uuid[], $3::text[]) AS asked (subject, home_id, area)
LEFT JOIN open ON open.subject = asked.subject
{placed}
""",
    placed=PLACED,
    incident=COLUMNS.of(),
    of_open=COLUMNS.of("open"),
)

_ALARM: Final = Columns(
    (
        "id",
        "incident_id",
        "home_id",
        "terminal_id",
        "signal_id",
        "kind",
        "category",
        "priority",
        "test",
        "received_at",
        "device_at",
        "clock_suspect",
        "battery",
        "rssi",
        "location",
        "data",
    )
)

# New incidents, what happened to these and others, and the alarms: parts of one statement.
# `incident` is the event's incident; the waits keep the order where that matters.
RECORDING: Final = filled(
    """
opened AS (
    INSERT INTO dispatch.incident ({new})
    SELECT {new}
    FROM jsonb_populate_recordset(NULL::dispatch.incident, {opened}) {once_saved}
    RETURNING id, number
), happened AS (
    INSERT INTO dispatch.incident_event (id, incident_id, at, type, by, data)
    SELECT n.id, {incident}, n.at, n.type, n.by, n.data
    FROM jsonb_populate_recordset(NULL::dispatch.incident_event, {happened})
         WITH ORDINALITY AS n (id, incident_id, position, at, type, by, data, place)
    ORDER BY n.place
    RETURNING id
), alarms AS (
    INSERT INTO dispatch.alarm ({alarm})
    SELECT {alarm}
    FROM jsonb_populate_recordset(NULL::dispatch.alarm, {alarms}) {once_happened}
    RETURNING id
)
""",
    new=COLUMNS.without("number").of(),
    alarm=_ALARM.of(),
)

RECORD: Final = filled(
    "WITH {recording} SELECT id, number FROM opened",
    recording=filled(
        RECORDING,
        opened="$1",
        once_saved="",
        incident="n.incident_id",
        happened="$2",
        alarms="$3",
        once_happened="",
    ),
)


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
        places={row["asked"]: place_of(row) for row in rows},
        known={event for row in rows[:1] for event in row["known"]},
    )


def place_of(row: Record) -> Place:
    """Return the place that a row's columns `place_…` describe."""
    lat, lon = row["place_lat"], row["place_lon"]
    return Place(
        area=row["place_area"],
        position=Position(lat, lon) if lat is not None else None,
        policy=from_json(row["place_policy"] or {}),
    )


async def record(
    conn: Connection,
    opened: Sequence[Incident],
    happened: Sequence[tuple[IncidentId, e.Event]],
    alarms: Sequence[AlarmRow],
) -> dict[IncidentId, int]:
    """Store new incidents, events (new ones only, in order) and alarms; return new numbers."""
    rows = await conn.fetch(
        RECORD,
        [as_json(incident) for incident in opened],
        [event_as_json(incident_id, event) for incident_id, event in happened],
        [alarm_as_json(alarm) for alarm in alarms],
    )
    return {IncidentId(row["id"]): row["number"] for row in rows}


def event_as_json(incident_id: IncidentId, event: e.Event) -> dict[str, Any]:
    """Return a line of the timeline as `jsonb_populate_recordset` reads it."""
    return {
        "id": event.id,
        "incident_id": incident_id,
        "at": event.at,
        "type": e.TYPES[type(event)],
        "by": e.by_of(event),
        "data": e.data_of(event),
    }


def alarm_as_json(row: AlarmRow) -> dict[str, Any]:
    """Return an alarm as `jsonb_populate_recordset` reads it."""
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
