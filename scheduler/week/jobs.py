"""Jobs to choose a week: what they are, and the SQL that puts, takes and ends them.

At most one waits or runs for each week of a centre: whoever asks meanwhile is told of that one.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from kernel.db import Connection, Record
from kernel.ids import new_id
from scheduler.jobs.model import LEASE, JobState
from scheduler.jobs.statements import adding_line, keeping, reading, taking

_TABLE: Final = "scheduler.week_job"
_COLUMNS: Final = """id, event_id, centre, monday, cause, seconds, state, progress, attempts, error,
          rules, created_at, finished_at"""

PUT: Final = """
INSERT INTO scheduler.week_job (id, event_id, centre, monday, cause, seconds, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT DO NOTHING
"""

ASKED: Final = reading(
    _TABLE,
    _COLUMNS,
    """event_id = $1 OR (centre = $2 AND monday = $3 AND state IN ('queued', 'running'))
ORDER BY event_id = $1 DESC LIMIT 1""",
)
GET: Final = reading(_TABLE, _COLUMNS, "id = $1")
NEWEST: Final = reading(
    _TABLE, _COLUMNS, "centre = $1 AND monday = $2 ORDER BY created_at DESC LIMIT 1"
)
TAKE: Final = taking(_TABLE, _COLUMNS, order="created_at, monday")
KEEP: Final = keeping(_TABLE, answer="true")
ADD_LINE: Final = adding_line(_TABLE)

END: Final = """
UPDATE scheduler.week_job
SET state = $3, lease_until = NULL, error = $4, rules = $5, finished_at = $6
WHERE id = $1 AND state = 'running' AND attempts = $2
"""

IS_WAITING: Final = """
SELECT EXISTS (
    SELECT FROM scheduler.week_job
    WHERE centre = $1 AND monday = $2 AND state IN ('queued', 'running')
)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageProgress:
    """How far a search is.

    Attributes:
        stage: "days" or "people".
        seconds: since the start.
        cost: points of the best choice of this stage; not comparable between stages.
    """

    stage: str
    seconds: float
    cost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekJob:
    """A job as it stands.

    Attributes:
        seconds: time for the search.
        attempts: workers that took it up.
        error: a code why it failed.
        rules: names of the rules that its choice broke.
    """

    id: UUID
    event_id: UUID
    centre: str
    monday: date
    cause: str
    seconds: float
    state: JobState
    progress: tuple[StageProgress, ...]
    attempts: int
    error: str | None
    rules: tuple[str, ...]
    created_at: datetime
    finished_at: datetime | None


def _job(row: Record) -> WeekJob:
    return WeekJob(
        **{
            **row,
            "state": JobState(row["state"]),
            "progress": tuple(StageProgress(**line) for line in row["progress"]),
            "rules": tuple(row["rules"]),
        }
    )


async def put(
    conn: Connection,
    event_id: UUID,
    *,
    centre: str,
    monday: date,
    cause: str,
    seconds: float,
    at: datetime,
    job_id: UUID | None = None,
) -> WeekJob:
    """Queue a job; the same event again, or a week that is waited for, returns the job there is."""
    new = job_id or new_id()
    while True:
        await conn.execute(PUT, new, event_id, centre, monday, cause, seconds, at)
        row = await conn.fetchrow(ASKED, event_id, centre, monday)
        if row is not None:  # else the job in the way ended just now
            return _job(row)


async def get(conn: Connection, job_id: UUID) -> WeekJob | None:
    """Return a job."""
    row = await conn.fetchrow(GET, job_id)
    return None if row is None else _job(row)


async def newest(conn: Connection, centre: str, monday: date) -> WeekJob | None:
    """Return the newest job of a week."""
    row = await conn.fetchrow(NEWEST, centre, monday)
    return None if row is None else _job(row)


async def take(conn: Connection, now: datetime) -> WeekJob | None:
    """Take the oldest job that waits or whose worker died, under a fresh lease."""
    row = await conn.fetchrow(TAKE, now, now + LEASE)
    return None if row is None else _job(row)


async def keep(conn: Connection, job: WeekJob, now: datetime) -> bool:
    """Renew the lease; False if the job is no longer ours."""
    return bool(await conn.fetchval(KEEP, job.id, job.attempts, now + LEASE))


async def add_line(conn: Connection, job: WeekJob, line: dict[str, Any]) -> None:
    """Append to the progress."""
    await conn.execute(ADD_LINE, job.id, job.attempts, [line])


async def end(
    conn: Connection, job: WeekJob, *, error: str | None, rules: list[str], at: datetime
) -> None:
    """End a job that is still ours."""
    state = JobState.DONE if error is None else JobState.FAILED
    await conn.execute(END, job.id, job.attempts, state, error, rules, at)


async def is_waiting(conn: Connection, centre: str, monday: date) -> bool:
    """Whether the week is about to be chosen."""
    return bool(await conn.fetchval(IS_WAITING, centre, monday))
