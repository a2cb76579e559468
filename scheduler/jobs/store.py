"""SQL of planning jobs."""

from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Final
from uuid import UUID

from kernel.columns import Columns, filled
from kernel.db import Connection, Record
from kernel.ids import new_id
from scheduler.centre.model import Kind
from scheduler.jobs.model import LEASE, Job, JobState, Line
from scheduler.jobs.statements import adding_line, keeping, reading, taking

_COLUMNS: Final = Columns(f.name for f in fields(Job)).of()

PUT: Final = filled(
    """
INSERT INTO scheduler.job (id, event_id, area, day, kind, cause, seconds, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (event_id) DO UPDATE SET event_id = excluded.event_id
RETURNING {job}
""",
    job=_COLUMNS,
)

GET: Final = reading("scheduler.job", _COLUMNS, "id = $1")
TAKE: Final = taking("scheduler.job", _COLUMNS, order="created_at")
KEEP: Final = keeping("scheduler.job", answer="stop")
ADD_LINE: Final = adding_line("scheduler.job")

END: Final = """
UPDATE scheduler.job
SET state = $3, lease_until = NULL, plan_id = $4, error = $5, finished_at = $6
WHERE id = $1 AND state = 'running' AND attempts = $2
"""

STOP: Final = """
UPDATE scheduler.job SET stop = true
WHERE id = $1 AND area = ANY ($2) AND finished_at IS NULL AND NOT stop RETURNING id
"""

WAS_ASKED: Final = "SELECT EXISTS (SELECT FROM scheduler.job WHERE event_id = $1)"

IS_WAITING: Final = """
SELECT EXISTS (
    SELECT FROM scheduler.job
    WHERE area = $1 AND day = $2 AND kind = $3 AND state IN ('queued', 'running')
)
"""


def _job(row: Record) -> Job:
    return Job(
        **{
            **row,
            "kind": Kind(row["kind"]),
            "state": JobState(row["state"]),
            "progress": tuple(Line(**line) for line in row["progress"]),
        }
    )


async def put(
    conn: Connection,
    event_id: UUID,
    *,
    area: str,
    day: date,
    kind: Kind,
    cause: str,
    seconds: int,
    at: datetime,
    job_id: UUID | None = None,
) -> Job:
    """Queue a job, of the id `job_id` if it matters; the same `event_id` returns its job again."""
    new = job_id or new_id()
    row = await conn.fetchrow(PUT, new, event_id, area, day, kind, cause, seconds, at)
    assert row is not None, "an upsert returns its row"  # noqa: S101 - for the type checker
    return _job(row)


async def get(conn: Connection, job_id: UUID) -> Job | None:
    """Return a job."""
    row = await conn.fetchrow(GET, job_id)
    return None if row is None else _job(row)


async def take(conn: Connection, now: datetime) -> Job | None:
    """Take the oldest job that waits or whose worker died, under a fresh lease."""
    row = await conn.fetchrow(TAKE, now, now + LEASE)
    return None if row is None else _job(row)


async def keep(conn: Connection, job: Job, now: datetime) -> bool | None:
    """Renew the lease; return whether somebody asked to stop, None if the job is no longer ours."""
    stop = await conn.fetchval(KEEP, job.id, job.attempts, now + LEASE)
    return None if stop is None else bool(stop)


async def add_line(conn: Connection, job: Job, line: Line) -> None:
    """Append to the convergence curve."""
    await conn.execute(ADD_LINE, job.id, job.attempts, [asdict(line)])


async def end(
    conn: Connection, job: Job, *, plan_id: UUID | None, error: str | None, at: datetime
) -> None:
    """End a job that is still ours: done with a plan, else failed."""
    state = JobState.DONE if error is None else JobState.FAILED
    await conn.execute(END, job.id, job.attempts, state, plan_id, error, at)


async def stop(conn: Connection, job_id: UUID, areas: list[str]) -> bool:
    """Ask to take the best plan found so far; False if the job has ended, stops or is elsewhere."""
    return await conn.fetchval(STOP, job_id, areas) is not None


async def was_asked(conn: Connection, event_id: UUID) -> bool:
    """Whether this event made a job, whatever became of it."""
    return bool(await conn.fetchval(WAS_ASKED, event_id))


async def is_waiting(conn: Connection, area: str, day: date, kind: Kind) -> bool:
    """Whether a job for this plan is queued or running."""
    return bool(await conn.fetchval(IS_WAITING, area, day, kind))
