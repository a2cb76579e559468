"""Alarms in two statements, for `devices.handler.Express`: what is read, what is written.

The decision in between is the same as under locks (`deciding`). What was read is made sure of by
the statement that writes: an incident whose version has changed is not held, so its event has no
incident and is refused; a subject that has an open incident by now refuses another.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, Final

from devices.events import Signal
from devices.handler import Deed, Express
from dispatch.incidents import facts
from dispatch.incidents import store as incidents
from dispatch.incidents.views import fresh
from dispatch.intake import store
from dispatch.intake.deciding import Batch, arrival, decide
from dispatch.intake.model import Loaded
from kernel.columns import filled
from kernel.db import Record
from kernel.outbox import Fact

_ASK: Final = filled(
    """
SELECT asked.*, coalesce(area.id, root.id, asked.area) AS place_area, home.lat AS place_lat,
       home.lon AS place_lon, nearest.policy AS place_policy, home.address,
       ARRAY(SELECT up.name FROM dispatch.area_v1 AS up
             WHERE up.id = ANY(coalesce(area.path, ARRAY[root.id])) ORDER BY cardinality(up.path)
       ) AS place_names,
       eldest.resident_id, eldest.name AS resident_name, eldest.gender AS resident_gender,
       eldest.born AS resident_born, {open}
FROM (
    SELECT arrived.*, coalesce('home:' || home_id, 'terminal:' || terminal) AS subject FROM arrived
) AS asked
LEFT JOIN dispatch.incident AS open ON open.subject = asked.subject AND open.state <> 'closed'
{placed}
LEFT JOIN LATERAL (
    SELECT resident_id, name, gender, born FROM dispatch.resident_v1
    WHERE home_id = asked.home_id AND active ORDER BY born NULLS LAST, resident_id LIMIT 1
) AS eldest ON true
ORDER BY asked.n
""",
    open=", ".join(f"open.{name} AS open_{name}" for name in incidents.COLUMNS.names),
    placed=store.PLACED,
)

# Locks in the order of the way that locks: the subjects, the incidents by id, then the outbox. The
# subjects are reserved so that nobody who has waited for them opens an incident that is there.
_RECORD: Final = filled(
    """
reserved AS (
    SELECT pg_advisory_xact_lock(key) FROM (
        SELECT DISTINCT hashtextextended(subject, 0) AS key
        FROM jsonb_array_elements_text($7::jsonb -> 'subjects') AS subject
        WHERE (SELECT count(*) FROM inbox) >= 0
        ORDER BY key
    ) AS keys
), held AS (
    SELECT i.id FROM dispatch.incident AS i
    WHERE i.id = ANY(ARRAY(SELECT jsonb_object_keys($7::jsonb -> 'versions')::uuid))
      AND i.version = ($7::jsonb -> 'versions' ->> i.id::text)::integer
      AND (SELECT count(*) FROM reserved) >= 0
    ORDER BY i.id FOR UPDATE
), saved AS (
    UPDATE dispatch.incident AS i SET {changes}
    FROM held JOIN jsonb_populate_recordset(NULL::dispatch.incident, $7::jsonb -> 'changed') AS n
         ON n.id = held.id
    WHERE i.id = n.id
    RETURNING i.id
), {recording}, done AS (
    SELECT f.n, jsonb_build_object('number', opened.number) AS more
    FROM jsonb_to_recordset($7::jsonb -> 'numbered') AS f (n bigint, incident uuid)
    JOIN opened ON opened.id = f.incident
    WHERE (SELECT count(*) FROM alarms) >= 0
)""",
    changes=incidents.CHANGES,
    recording=filled(
        store.RECORDING,
        opened="$7::jsonb -> 'opened'",
        once_saved="WHERE (SELECT count(*) FROM held) + (SELECT count(*) FROM saved) >= 0",
        incident="(SELECT id FROM held WHERE held.id = n.incident_id"
        " UNION ALL SELECT id FROM opened WHERE opened.id = n.incident_id)",
        happened="$7::jsonb -> 'happened'",
        alarms="$7::jsonb -> 'alarms'",
        once_happened="WHERE (SELECT count(*) FROM happened) >= 0",
    ),
)


def _decide(signals: Sequence[Signal], rows: Sequence[Record]) -> Deed:
    arrivals = [arrival(signal) for signal in signals]
    known = {a.subject: row for a, row in zip(arrivals, rows, strict=True)}
    loaded = Loaded(
        open={
            subject: incidents.from_row(
                {name: row[f"open_{name}"] for name in incidents.COLUMNS.names}
            )
            for subject, row in known.items()
            if row["open_id"] is not None
        },
        places={subject: store.place_of(row) for subject, row in known.items()},
        known=set(),  # an event that has happened refuses to be written again
    )
    batch = decide(arrivals, loaded)
    return Deed(rows=_rows(batch), facts=_facts(batch, known))


def _rows(batch: Batch) -> dict[str, Any]:
    new = {incident.id for incident in batch.new}
    return {
        "subjects": sorted({incident.subject for incident in batch.now.values()}),
        "versions": {
            str(id_): batch.loaded[id_].version for id_ in batch.now if id_ in batch.loaded
        },
        "changed": [incidents.as_json(one) for one in incidents.grow(batch.changed)],
        "opened": [incidents.as_json(incident) for incident in batch.new],
        "happened": [store.event_as_json(id_, event) for id_, event in batch.happened],
        "alarms": [store.alarm_as_json(alarm) for alarm in batch.alarms],
        "numbered": [
            {"n": n, "incident": incident.id}
            for n, (incident, _) in enumerate(batch.told, 1)
            if incident.id in new
        ],
    }


def _facts(batch: Batch, known: dict[str, Record]) -> list[Fact]:
    """Return the facts; those of new incidents bring what screens show of them.

    A new one has no owner and no job yet, so all that is shown of it has been read.
    """
    told = []
    for incident, what in batch.told:
        fact = facts.of_incident(incident, what, None)
        if incident.id not in batch.loaded:
            fact = replace(fact, shown=asdict(fresh.view(incident, known[incident.subject])))
        told.append(fact)
    return told


QUICK: Final = Express(ask=_ASK, decide=_decide, record=_RECORD)
