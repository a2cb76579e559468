"""Rows of jobs. Whoever changes one has locked its incident first."""

from dataclasses import fields
from typing import Final

import asyncpg

from dispatch.assignments.model import Assignment, CaregiverBusyError, JobState
from dispatch.ids import AssignmentId, IncidentId
from kernel.columns import Columns, filled
from kernel.db import Connection, Record
from kernel.errors import NotFoundError
from people.ids import CaregiverId

# A job's columns are its fields.
_COLUMNS: Final = Columns(f.name for f in fields(Assignment))

FIND: Final = filled("SELECT {job} FROM dispatch.assignment WHERE id = $1", job=_COLUMNS.of())

LOCK: Final = filled(
    "SELECT {job} FROM dispatch.assignment WHERE id = $1 FOR UPDATE", job=_COLUMNS.of()
)

INSERT: Final = """
INSERT INTO dispatch.assignment (id, incident_id, caregiver_id, state, offered_at, offered_by,
                                 due_at, eta_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""

SAVE: Final = """
UPDATE dispatch.assignment SET state = $2, due_at = $3, accepted_at = $4, en_route_at = $5,
       on_scene_at = $6, ended_at = $7, eta_at = $8, reason = $9
WHERE id = $1
"""

# Where a caregiver is: the last fix, else the base.
WHEREABOUTS: Final = """
SELECT coalesce(p.lat, c.base_lat) AS lat, coalesce(p.lon, c.base_lon) AS lon, c.travel_mode
FROM dispatch.caregiver_v1 AS c
LEFT JOIN dispatch.position_v1 AS p ON p.caregiver_id = c.caregiver_id
WHERE c.caregiver_id = $1 AND c.active
"""

INCIDENT_OF: Final = """
SELECT incident_id FROM dispatch.assignment
WHERE caregiver_id = $1 AND state IN ('offered', 'accepted', 'en_route', 'on_scene')
"""


async def find(conn: Connection, assignment_id: AssignmentId) -> Assignment:
    """Return the job.

    Raises:
        NotFoundError: there is none.
    """
    return _found(await conn.fetchrow(FIND, assignment_id))


async def lock(conn: Connection, assignment_id: AssignmentId) -> Assignment:
    """Return the job, locked until the transaction ends.

    Raises:
        NotFoundError: there is none.
    """
    return _found(await conn.fetchrow(LOCK, assignment_id))


async def insert(conn: Connection, job: Assignment) -> None:
    """Store a new offer.

    Raises:
        CaregiverBusyError: the caregiver has another active job.
    """
    try:
        async with conn.transaction():
            await conn.execute(
                INSERT,
                job.id,
                job.incident_id,
                job.caregiver_id,
                job.state,
                job.offered_at,
                job.offered_by,
                job.due_at,
                job.eta_at,
            )
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name != "one_job_per_caregiver":
            raise
        raise CaregiverBusyError(
            "The caregiver has another job already.", caregiver_id=job.caregiver_id
        ) from error


async def save(conn: Connection, job: Assignment) -> None:
    """Store a changed job."""
    await conn.execute(
        SAVE,
        job.id,
        job.state,
        job.due_at,
        job.accepted_at,
        job.en_route_at,
        job.on_scene_at,
        job.ended_at,
        job.eta_at,
        job.reason,
    )


async def whereabouts(
    conn: Connection, caregiver_id: CaregiverId
) -> tuple[float, float, str] | None:
    """Return (lat, lon, travel mode) of an active caregiver."""
    row = await conn.fetchrow(WHEREABOUTS, caregiver_id)
    return None if row is None else (row["lat"], row["lon"], row["travel_mode"])


def _found(row: Record | None) -> Assignment:
    if row is None:
        raise NotFoundError("There is no such job.")
    return _from_row(row)


def _from_row(row: Record) -> Assignment:
    return Assignment(**{**row, "state": JobState(row["state"])})


async def incident_of(conn: Connection, caregiver_id: CaregiverId) -> IncidentId | None:
    """Return the incident the caregiver has a job for."""
    found: IncidentId | None = await conn.fetchval(INCIDENT_OF, caregiver_id)
    return found
