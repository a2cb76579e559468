"""A planning job."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from scheduler.centre.model import Kind

LEASE: Final = timedelta(seconds=10)
"""A worker that has not renewed a job's lease for so long is taken for dead."""
MOST_ATTEMPTS: Final = 3
"""A job that outlives no worker so often is given up."""


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A point of the convergence curve: seconds since the start, points, tasks left out.

    Attributes:
        parts: of a city: parts solved and borders traded so far; None for one search. Until all
            parts are solved, points and tasks left out are those of the parts that are.
        of: of how many; more are known of once the parts are solved.
    """

    seconds: float
    cost: int
    unplaced: int
    parts: int | None = None
    of: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as it stands.

    Attributes:
        seconds: time for the search.
        stop: somebody asked to take the best plan found so far.
        attempts: workers that took it up.
        plan_id: the version it published.
        error: a code why it failed.
    """

    id: UUID
    area: str
    day: date
    kind: Kind
    cause: str
    seconds: int
    state: JobState
    stop: bool
    progress: tuple[Line, ...]
    attempts: int
    plan_id: UUID | None
    error: str | None
    created_at: datetime
    finished_at: datetime | None
