"""From signals to alarms to incidents: what ingest and supervision call, in their transaction.

A batch takes a fixed number of statements, however many signals are in it. Subjects are reserved
in one order, so that batches and other transactions cannot wait for each other in a ring.
"""

from collections.abc import Sequence
from dataclasses import replace

from devices.events import Signal
from dispatch.ids import IncidentId
from dispatch.incidents import facts
from dispatch.incidents import store as incident_store
from dispatch.incidents.model import Incident
from dispatch.intake import store
from dispatch.intake.deciding import arrival, decide
from dispatch.intake.model import Asked
from kernel.db import Connection
from kernel.outbox import Fact


async def handle(conn: Connection, signals: Sequence[Signal]) -> list[Fact]:
    """Turn new signals into alarms and incidents; return the facts for the caller to put last.

    Satisfies `devices.ingest.SignalHandler`. Idempotent by (terminal, signal id).
    """
    arrivals = [arrival(signal) for signal in signals]
    if not arrivals:
        return []
    asked = {a.subject: a for a in reversed(arrivals)}
    loaded = await store.load(
        conn,
        [
            Asked(subject=subject, home_id=a.signal.home_id, area=a.signal.area)
            for subject, a in sorted(asked.items())
        ],
        [a.event.id for a in arrivals],
    )
    batch = decide(arrivals, loaded)
    # First the changes: one of them may close what a new incident takes the place of.
    await incident_store.save(conn, batch.changed)
    numbers: dict[IncidentId, int] = {}
    if batch.happened:
        numbers = await store.record(conn, batch.new, batch.happened, batch.alarms)
    return [
        facts.of_incident(_numbered(incident, numbers), what, None) for incident, what in batch.told
    ]


def _numbered(incident: Incident, numbers: dict[IncidentId, int]) -> Incident:
    number = numbers.get(incident.id)
    return incident if number is None else replace(incident, number=number)
