"""What a phone does to a job: the incident's transaction, seen from the job."""

from dispatch.assignments import store
from dispatch.assignments.model import Assignment
from dispatch.incidents import events as e
from dispatch.incidents import handling
from kernel.db import Pool


async def apply(pool: Pool, event: e.OfJob) -> Assignment:
    """Apply `event` exactly once to its job and incident; return the job as it now stands.

    Raises:
        NotFoundError: there is no such job.
        AssignmentStateError | IncidentStateError: refused; nothing has changed.
    """
    async with pool.acquire() as conn:
        job = await store.find(conn, event.assignment_id)
    await handling.apply(pool, job.incident_id, event)
    async with pool.acquire() as conn:
        return await store.find(conn, event.assignment_id)
