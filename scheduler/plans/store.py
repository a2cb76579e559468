"""SQL of plan versions and their stops."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from kernel.db import Connection, Record
from scheduler.centre.model import Kind

LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"

CURRENT: Final = """
SELECT id, area, day, kind, version, state, parent, cause, cost, summary, created_at, published_at
FROM scheduler.plan WHERE area = $1 AND day = $2 AND kind = $3 AND state = 'published'
"""

VERSIONS: Final = """
SELECT id, area, day, kind, version, state, parent, cause, cost, summary, created_at, published_at
FROM scheduler.plan WHERE area = $1 AND day = $2 AND kind = $3 ORDER BY version DESC
"""

NEXT_VERSION: Final = """
SELECT coalesce(max(version), 0) + 1 FROM scheduler.plan WHERE area = $1 AND day = $2 AND kind = $3
"""

SUPERSEDE: Final = """
UPDATE scheduler.plan SET state = 'superseded'
WHERE area = $1 AND day = $2 AND kind = $3 AND state = 'published'
"""

ADD_PLAN: Final = """
INSERT INTO scheduler.plan (id, area, day, kind, version, state, parent, cause, cost, summary,
                            violations, created_at, published_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""

ADD_STOPS: Final = """
INSERT INTO scheduler.plan_stop (plan_id, caregiver_id, position, kind, shift, trip, visit_id,
    order_id, assignment_id, meal_point_id, arrive_at, start_at, end_at, travel_s)
SELECT $1, caregiver_id, position, kind, shift, trip, visit_id, order_id, assignment_id,
       meal_point_id, arrive_at, start_at, end_at, travel_s
FROM jsonb_to_recordset($2) AS s (
    caregiver_id uuid, position smallint, kind text, shift smallint, trip smallint,
    visit_id uuid, order_id uuid, assignment_id uuid, meal_point_id uuid,
    arrive_at timestamptz, start_at timestamptz, end_at timestamptz, travel_s integer
)
"""

ADD_UNPLACED: Final = """
INSERT INTO scheduler.plan_unplaced (plan_id, task, visit_id, order_id, reason, data, remedy)
SELECT $1, task, visit_id, order_id, reason, data, remedy
FROM jsonb_to_recordset($2) AS u (
    task text, visit_id uuid, order_id uuid, reason text, data jsonb, remedy jsonb
)
"""

STOPS: Final = """
SELECT caregiver_id, position, kind, shift, trip, visit_id, order_id, assignment_id,
       meal_point_id, arrive_at, start_at, end_at, travel_s
FROM scheduler.plan_stop WHERE plan_id = $1 ORDER BY caregiver_id, position
"""

UNPLACED: Final = """
SELECT task, visit_id, order_id, reason, data, remedy
FROM scheduler.plan_unplaced WHERE plan_id = $1 ORDER BY task
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """A plan version without its stops.

    Attributes:
        summary: see `scheduler.model.figures.Figures`.
    """

    id: UUID
    area: str
    day: date
    kind: Kind
    version: int
    state: str
    parent: UUID | None
    cause: str
    cost: int
    summary: dict[str, Any]
    created_at: datetime
    published_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRow:
    """A line of somebody's day as stored."""

    caregiver_id: UUID
    position: int
    kind: str
    shift: int
    trip: int | None
    visit_id: UUID | None
    order_id: UUID | None
    assignment_id: UUID | None
    meal_point_id: UUID | None
    arrive_at: datetime
    start_at: datetime
    end_at: datetime
    travel_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnplacedRow:
    """A task left out, as stored."""

    task: str
    visit_id: UUID | None
    order_id: UUID | None
    reason: str
    data: dict[str, Any]
    remedy: dict[str, Any] | None


async def lock(conn: Connection, area: str, day: date) -> None:
    """Let nobody else publish for this centre and day until the transaction ends.

    Neither visits nor meals: either may bring a meal, and only one of them.
    """
    await conn.execute(LOCK, f"plan:{area}:{day}")


def _plan(row: Record) -> PlanRow:
    return PlanRow(**{**row, "kind": Kind(row["kind"])})


async def current(conn: Connection, area: str, day: date, kind: Kind) -> PlanRow | None:
    """Return the plan in force."""
    row = await conn.fetchrow(CURRENT, area, day, kind)
    return None if row is None else _plan(row)


async def versions(conn: Connection, area: str, day: date, kind: Kind) -> list[PlanRow]:
    """Return all versions, newest first."""
    return [_plan(row) for row in await conn.fetch(VERSIONS, area, day, kind)]


async def next_version(conn: Connection, area: str, day: date, kind: Kind) -> int:
    """Return the number of the next version; hold the `lock`."""
    return int(await conn.fetchval(NEXT_VERSION, area, day, kind))


async def supersede(conn: Connection, area: str, day: date, kind: Kind) -> None:
    """Take the plan in force out of force."""
    await conn.execute(SUPERSEDE, area, day, kind)


async def add_plan(conn: Connection, plan: PlanRow, violations: Sequence[dict[str, Any]]) -> None:
    """Insert a version."""
    await conn.execute(
        ADD_PLAN,
        plan.id,
        plan.area,
        plan.day,
        plan.kind,
        plan.version,
        plan.state,
        plan.parent,
        plan.cause,
        plan.cost,
        plan.summary,
        list(violations),
        plan.created_at,
        plan.published_at,
    )


async def add_stops(conn: Connection, plan_id: UUID, stops: Sequence[StopRow]) -> None:
    """Insert a version's stops."""
    await conn.execute(
        ADD_STOPS,
        plan_id,
        [
            {
                "caregiver_id": stop.caregiver_id,
                "position": stop.position,
                "kind": stop.kind,
                "shift": stop.shift,
                "trip": stop.trip,
                "visit_id": stop.visit_id,
                "order_id": stop.order_id,
                "assignment_id": stop.assignment_id,
                "meal_point_id": stop.meal_point_id,
                "arrive_at": stop.arrive_at.isoformat(),
                "start_at": stop.start_at.isoformat(),
                "end_at": stop.end_at.isoformat(),
                "travel_s": stop.travel_s,
            }
            for stop in stops
        ],
    )


async def add_unplaced(conn: Connection, plan_id: UUID, rows: Sequence[UnplacedRow]) -> None:
    """Insert what a version leaves out."""
    await conn.execute(
        ADD_UNPLACED,
        plan_id,
        [
            {
                "task": row.task,
                "visit_id": row.visit_id,
                "order_id": row.order_id,
                "reason": row.reason,
                "data": row.data,
                "remedy": row.remedy,
            }
            for row in rows
        ],
    )


async def stops(conn: Connection, plan_id: UUID) -> list[StopRow]:
    """Return a version's stops, by caregiver and position."""
    return [StopRow(**row) for row in await conn.fetch(STOPS, plan_id)]


async def unplaced(conn: Connection, plan_id: UUID) -> list[UnplacedRow]:
    """Return what a version leaves out."""
    return [UnplacedRow(**row) for row in await conn.fetch(UNPLACED, plan_id)]
