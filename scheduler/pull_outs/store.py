"""SQL of pull-outs."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from kernel.db import Connection
from kernel.geo import Position
from scheduler.centre.model import Kind

FIND: Final = """
SELECT caregiver_id, starts_at, until, over FROM scheduler.pull_out
WHERE assignment_id = $1 FOR UPDATE
"""

ADD: Final = """
INSERT INTO scheduler.pull_out (assignment_id, caregiver_id, starts_at, until, lat, lon)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (assignment_id) DO NOTHING
"""

MOVE: Final = """
UPDATE scheduler.pull_out SET until = greatest($2, starts_at), over = $3 WHERE assignment_id = $1
"""

# Still away though the estimate says free soon.
TOO_SHORT: Final = """
UPDATE scheduler.pull_out SET until = $2 WHERE NOT over AND until < $1
"""

HOME: Final = "SELECT lat, lon FROM dispatch.home_v1 WHERE home_id = $1"

# Plans in force that give somebody something to do after an alarm and do not know the alarm, or
# expect another end of it.
STALE: Final = """
SELECT p.id AS plan_id, p.area, p.day, p.kind, bool_and(o.over) AS over,
       array_agg(DISTINCT o.assignment_id) AS assignments,
       array_agg(DISTINCT o.caregiver_id) AS caregivers
FROM scheduler.pull_out o
JOIN scheduler.plan_stop s
  ON s.caregiver_id = o.caregiver_id AND s.kind = 'task' AND s.end_at > o.starts_at
JOIN scheduler.plan p ON p.id = s.plan_id
WHERE o.until > $1 AND p.state = 'published' AND p.day >= $2 AND s.start_at < o.until + $4::interval
  AND NOT EXISTS (
    SELECT FROM scheduler.plan_stop x
    WHERE x.plan_id = p.id AND x.assignment_id = o.assignment_id
      AND x.end_at BETWEEN o.until - $3::interval AND o.until + $3::interval
  )
GROUP BY p.id, p.area, p.day, p.kind
ORDER BY p.day, p.kind
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedPullOut:
    """A pull-out as noted so far."""

    caregiver_id: UUID
    starts_at: datetime
    until: datetime
    over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """A plan in force that does not fit what is known of alarms or closed roads.

    Attributes:
        over: all it is about is that somebody is back.
        road: it is about a closed road.
        plan_id: of a plan that does not fit alarms.
        assignments: the alarms it does not fit.
        caregivers: called to them.
    """

    area: str
    day: date
    kind: Kind
    over: bool
    road: bool = False
    plan_id: UUID | None = None
    assignments: tuple[UUID, ...] = ()
    caregivers: tuple[UUID, ...] = ()

    @property
    def cause(self) -> str:
        """Why the next version is made."""
        if self.road:
            return "road_closed"
        return "returned" if self.over else "pull_out"


async def find(conn: Connection, assignment_id: UUID) -> NotedPullOut | None:
    """Return what is noted of an assignment, held until the transaction ends."""
    row = await conn.fetchrow(FIND, assignment_id)
    return None if row is None else NotedPullOut(**row)


async def add(
    conn: Connection,
    assignment_id: UUID,
    caregiver_id: UUID,
    *,
    starts_at: datetime,
    until: datetime,
    at: Position | None,
) -> None:
    """Note that somebody is away."""
    lat, lon = (None, None) if at is None else (at.lat, at.lon)
    await conn.execute(ADD, assignment_id, caregiver_id, starts_at, until, lat, lon)


async def move(conn: Connection, assignment_id: UUID, until: datetime, *, over: bool) -> None:
    """Note a new estimate, or the end."""
    await conn.execute(MOVE, assignment_id, until, over)


async def extend(conn: Connection, before: datetime, until: datetime) -> None:
    """Move estimates that end before `before` to `until`."""
    await conn.execute(TOO_SHORT, before, until)


async def home(conn: Connection, home_id: UUID) -> Position | None:
    """Return where a home is."""
    row = await conn.fetchrow(HOME, home_id)
    return None if row is None else Position(row["lat"], row["lon"])


async def stale(
    conn: Connection, since: datetime, tolerance: timedelta, horizon: timedelta
) -> list[Stale]:
    """Return the plans to repair for alarms that ended after `since`.

    Args:
        conn: any.
        since: older alarms are history.
        tolerance: an end that differs by less is what the plan expects.
        horizon: a plan whose stops all begin later than this after the alarm is another night's.
    """
    rows = await conn.fetch(STALE, since, since.date() - timedelta(days=1), tolerance, horizon)
    return [
        Stale(
            area=row["area"],
            day=row["day"],
            kind=Kind(row["kind"]),
            over=row["over"],
            plan_id=row["plan_id"],
            assignments=tuple(row["assignments"]),
            caregivers=tuple(row["caregivers"]),
        )
        for row in rows
    ]
