"""SQL of plan versions and their stops."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from kernel.columns import Columns, filled
from kernel.db import Connection, Record
from scheduler.centre.model import Kind


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


# Columns are fields.
_PLAN: Final = Columns(f.name for f in fields(PlanRow))
_STOP: Final = Columns(f.name for f in fields(StopRow))
_UNPLACED: Final = Columns(f.name for f in fields(UnplacedRow))

LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"

CURRENT: Final = filled(
    """
SELECT {plan} FROM scheduler.plan
WHERE area = $1 AND day = $2 AND kind = $3 AND state = 'published'
""",
    plan=_PLAN.of(),
)

VERSIONS: Final = filled(
    """
SELECT {plan} FROM scheduler.plan
WHERE area = $1 AND day = $2 AND kind = $3 ORDER BY version DESC
""",
    plan=_PLAN.of(),
)

NEXT_VERSION: Final = """
SELECT coalesce(max(version), 0) + 1 FROM scheduler.plan WHERE area = $1 AND day = $2 AND kind = $3
"""

SUPERSEDE: Final = """
UPDATE scheduler.plan SET state = 'superseded'
WHERE area = $1 AND day = $2 AND kind = $3 AND state = 'published'
"""

ADD_PLAN: Final = filled(
    "INSERT INTO scheduler.plan ({plan}, violations) VALUES ({values}, $13)",
    plan=_PLAN.of(),
    values=_PLAN.parameters(),
)

ADD_STOPS: Final = filled(
    """
INSERT INTO scheduler.plan_stop (plan_id, {stop})
SELECT $1, {stop} FROM jsonb_populate_recordset(NULL::scheduler.plan_stop, $2)
""",
    stop=_STOP.of(),
)

ADD_UNPLACED: Final = filled(
    """
INSERT INTO scheduler.plan_unplaced (plan_id, {unplaced})
SELECT $1, {unplaced} FROM jsonb_populate_recordset(NULL::scheduler.plan_unplaced, $2)
""",
    unplaced=_UNPLACED.of(),
)

STOPS: Final = filled(
    """
SELECT {stop} FROM scheduler.plan_stop WHERE plan_id = $1 ORDER BY caregiver_id, position
""",
    stop=_STOP.of(),
)

UNPLACED: Final = filled(
    "SELECT {unplaced} FROM scheduler.plan_unplaced WHERE plan_id = $1 ORDER BY task",
    unplaced=_UNPLACED.of(),
)


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
    values = [getattr(plan, name) for name in _PLAN.names]
    await conn.execute(ADD_PLAN, *values, list(violations))


async def add_stops(conn: Connection, plan_id: UUID, stops: Sequence[StopRow]) -> None:
    """Insert a version's stops."""
    await conn.execute(ADD_STOPS, plan_id, [asdict(stop) for stop in stops])


async def add_unplaced(conn: Connection, plan_id: UUID, rows: Sequence[UnplacedRow]) -> None:
    """Insert what a version leaves out."""
    await conn.execute(ADD_UNPLACED, plan_id, [asdict(row) for row in rows])


async def stops(conn: Connection, plan_id: UUID) -> list[StopRow]:
    """Return a version's stops, by caregiver and position."""
    return [StopRow(**row) for row in await conn.fetch(STOPS, plan_id)]


async def unplaced(conn: Connection, plan_id: UUID) -> list[UnplacedRow]:
    """Return what a version leaves out."""
    return [UnplacedRow(**row) for row in await conn.fetch(UNPLACED, plan_id)]
