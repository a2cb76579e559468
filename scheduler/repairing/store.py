"""SQL of repairs, and of the facts that cause them."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from kernel.columns import Columns, filled
from kernel.db import Connection, Record
from scheduler.centre.model import Kind
from scheduler.model.plan import Plan
from scheduler.named import Named, Service
from scheduler.repairing.model import (
    Absence,
    Cause,
    NewVisit,
    NothingOffered,
    Offer,
    Repair,
    RepairState,
    Unfit,
)

PUT: Final = """
INSERT INTO scheduler.repair (id, event_id, area, day, kind, cause, subject, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (event_id) DO NOTHING RETURNING true
"""

_REPAIR: Final = """
SELECT id, area, day, kind, cause, subject, state, of_plan, plan_id, publish_event, created_at,
       done_at, why, (SELECT j.id FROM scheduler.job j WHERE j.event_id = repair.id) AS job_id
FROM scheduler.repair
"""

GET: Final = filled("{repair} WHERE id = $1", repair=_REPAIR)

LOCKED: Final = filled("{repair} WHERE id = $1 FOR UPDATE", repair=_REPAIR)

BY_EVENT: Final = filled("{repair} WHERE event_id = $1", repair=_REPAIR)

WAITING: Final = filled(
    """
{repair} WHERE done_at IS NULL AND state IN ('asked', 'offered') ORDER BY created_at
""",
    repair=_REPAIR,
)

# What a person may still decide on: of plans in force, or being looked into.
OPEN: Final = """
SELECT r.id FROM scheduler.repair r
WHERE r.area = ANY ($1) AND r.day >= $2 AND r.state IN ('asked', 'offered')
  AND (r.of_plan IS NULL OR EXISTS (
      SELECT FROM scheduler.plan p WHERE p.id = r.of_plan AND p.state = 'published'))
ORDER BY r.created_at
"""

BEGIN: Final = """
UPDATE scheduler.repair SET of_plan = $2 WHERE id = $1 AND state IN ('asked', 'offered')
"""

ABOUT: Final = """
SELECT v.id, r.resident_id, r.name, m.id AS service, m.zh, m.en
FROM scheduler.visit v
JOIN scheduler.service_item m ON m.id = v.service
JOIN dispatch.resident_v1 r ON r.resident_id = v.resident_id
WHERE v.id = ANY ($1)
"""

PEOPLE: Final = """
SELECT caregiver_id, name FROM dispatch.caregiver_v1 WHERE caregiver_id = ANY ($1)
"""

ZONE: Final = "SELECT zone FROM scheduler.centre WHERE area = $1"

FORGET: Final = "DELETE FROM scheduler.repair_alternative WHERE repair_id = $1"

_OFFER: Final = Columns(f.name for f in fields(Offer))

OFFER: Final = filled(
    """
INSERT INTO scheduler.repair_alternative ({offer}, repair_id, plan) VALUES ({values}, $7, $8)
""",
    offer=_OFFER.of(),
    values=_OFFER.parameters(),
)

SET_STATE: Final = "UPDATE scheduler.repair SET state = $2, why = $3 WHERE id = $1"

SET_DONE: Final = "UPDATE scheduler.repair SET done_at = $2 WHERE id = $1"

SET_PUBLISHED: Final = """
UPDATE scheduler.repair SET state = 'published', plan_id = $2, publish_event = $3 WHERE id = $1
"""

OFFERS: Final = filled(
    "SELECT {offer} FROM scheduler.repair_alternative WHERE repair_id = $1 ORDER BY number",
    offer=_OFFER.of(),
)

PLAN_OF: Final = """
SELECT plan FROM scheduler.repair_alternative WHERE repair_id = $1 AND number = $2
"""

# An absence that another covers is known already.
ADD_ABSENCE: Final = """
WITH person AS (
    SELECT c.caregiver_id FROM dispatch.caregiver_v1 c
    JOIN scheduler.centre_area a ON a.area = c.area
    WHERE c.caregiver_id = $2 AND a.centre = $5
), added AS (
    INSERT INTO scheduler.absence (id, caregiver_id, starts_at, ends_at, reason)
    SELECT $1, p.caregiver_id, $3, $4, 'repair' FROM person p
    WHERE NOT EXISTS (
        SELECT FROM scheduler.absence x
        WHERE x.caregiver_id = p.caregiver_id AND x.starts_at <= $3 AND x.ends_at >= $4)
    ON CONFLICT (id) DO NOTHING
)
SELECT true FROM person
"""

CANCEL: Final = """
UPDATE scheduler.visit v SET state = 'cancelled'
FROM scheduler.centre_area a
WHERE v.id = $1 AND v.state = 'planned' AND a.area = v.area AND a.centre = $2
RETURNING v.id, v.area, v.resident_id, v.home_id, array(
    SELECT s.caregiver_id FROM scheduler.plan_stop s JOIN scheduler.plan p ON p.id = s.plan_id
    WHERE s.visit_id = v.id AND p.state = 'published' ORDER BY s.caregiver_id) AS caregivers
"""

ADD_VISIT: Final = """
INSERT INTO scheduler.visit (id, day, resident_id, home_id, area, service, window_from, window_to,
                             minutes, staff, priority)
SELECT $1, $2, r.resident_id, r.home_id, r.area, s.id, $5, $6,
       coalesce($8, s.minutes[r.care_level + 1]), s.staff, 1
FROM dispatch.resident_v1 r
JOIN scheduler.centre_area a ON a.area = r.area
JOIN scheduler.service_item s ON s.id = $4
WHERE r.resident_id = $3 AND r.active AND a.centre = $7
RETURNING true
"""

# Who is expected at a visit, when, and when what comes before it is over.
EXPECTED: Final = """
SELECT s.caregiver_id, s.start_at, coalesce((
    SELECT max(b.end_at) FROM scheduler.plan_stop b
    WHERE b.plan_id = s.plan_id AND b.caregiver_id = s.caregiver_id AND b.position < s.position
      AND NOT EXISTS (SELECT FROM scheduler.delay d WHERE d.id = b.assignment_id)
), s.start_at) AS free_at
FROM scheduler.plan_stop s
JOIN scheduler.plan p ON p.id = s.plan_id
JOIN scheduler.visit v ON v.id = s.visit_id
WHERE s.visit_id = $1 AND p.state = 'published' AND v.state = 'planned'
ORDER BY s.caregiver_id
"""

ADD_DELAY: Final = """
INSERT INTO scheduler.delay (id, visit_id, caregiver_id, said_at, starts_at, until)
VALUES ($1, $2, $3, $4, least($5::timestamptz, $6), $6)
"""

# Plans in force that give somebody something to do while they are absent; today's visits are not
# among them.
UNFIT: Final = """
SELECT p.id AS plan_id, p.day, p.kind, array_agg(DISTINCT a.id ORDER BY a.id) AS absences
FROM scheduler.plan p
JOIN scheduler.plan_stop s ON s.plan_id = p.id
JOIN scheduler.absence a
  ON a.caregiver_id = s.caregiver_id AND a.starts_at < s.end_at AND a.ends_at > s.start_at
WHERE p.area = $1 AND p.state = 'published' AND p.day >= $2 AND (p.day > $2 OR p.kind <> 'visits')
  AND num_nonnulls(s.visit_id, s.order_id) = 1 AND s.start_at > $3 AND a.ends_at > $3
GROUP BY p.id, p.day, p.kind
ORDER BY p.day, p.kind
"""

SERVICES: Final = "SELECT id, zh, en FROM scheduler.service_item ORDER BY id"

VISIT_DAY: Final = """
SELECT v.id FROM scheduler.visit v JOIN scheduler.centre_area a ON a.area = v.area
WHERE v.id = $1 AND a.centre = $2
"""

_PLAN: Final = TypeAdapter(Plan)


def _repair(row: Record) -> Repair:
    return Repair(
        **{
            **row,
            "kind": Kind(row["kind"]),
            "cause": Cause(row["cause"]),
            "state": RepairState(row["state"]),
            "why": None if row["why"] is None else NothingOffered(row["why"]),
        }
    )


async def put(conn: Connection, repair: Repair, event_id: UUID) -> bool:
    """Insert a repair; False if this event made one before."""
    return bool(
        await conn.fetchval(
            PUT,
            repair.id,
            event_id,
            repair.area,
            repair.day,
            repair.kind,
            repair.cause,
            repair.subject,
            repair.created_at,
        )
    )


async def get(conn: Connection, repair_id: UUID, *, lock: bool = False) -> Repair | None:
    """Return a repair; with `lock` nobody else changes it until the transaction ends."""
    row = await conn.fetchrow(LOCKED if lock else GET, repair_id)
    return None if row is None else _repair(row)


async def by_event(conn: Connection, event_id: UUID) -> Repair | None:
    """Return the repair an event made."""
    row = await conn.fetchrow(BY_EVENT, event_id)
    return None if row is None else _repair(row)


async def waiting(conn: Connection) -> list[Repair]:
    """Return the repairs whose alternatives are not all there, oldest first."""
    return [_repair(row) for row in await conn.fetch(WAITING)]


async def undecided(conn: Connection, areas: Sequence[str], since: date) -> list[UUID]:
    """Return the repairs of centres among `areas` that a person may still decide on."""
    return [row["id"] for row in await conn.fetch(OPEN, areas, since)]


async def begin(conn: Connection, repair_id: UUID, of_plan: UUID) -> None:
    """Start over on the plan in force."""
    await conn.execute(FORGET, repair_id)
    await conn.execute(BEGIN, repair_id, of_plan)


async def offer(conn: Connection, repair_id: UUID, alternative: Offer, plan: Plan) -> None:
    """Keep an alternative."""
    values = [getattr(alternative, name) for name in _OFFER.names]
    await conn.execute(OFFER, *values, repair_id, _PLAN.dump_python(plan, mode="json"))


async def set_state(
    conn: Connection, repair_id: UUID, state: RepairState, why: NothingOffered | None = None
) -> None:
    """Change how far it is; only one that is unanswered has a reason."""
    await conn.execute(SET_STATE, repair_id, state, why)


async def set_done(conn: Connection, repair_id: UUID, at: datetime) -> None:
    """Note that all alternatives are there."""
    await conn.execute(SET_DONE, repair_id, at)


async def set_published(conn: Connection, repair_id: UUID, plan_id: UUID, event_id: UUID) -> None:
    """Note what was published of it."""
    await conn.execute(SET_PUBLISHED, repair_id, plan_id, event_id)


async def offers(conn: Connection, repair_id: UUID) -> Sequence[Offer]:
    """Return the alternatives, in the order they came."""
    return [Offer(**row) for row in await conn.fetch(OFFERS, repair_id)]


async def about(conn: Connection, visits: Sequence[UUID]) -> dict[UUID, tuple[Named, Service]]:
    """Return whom each visit is for, and what for."""
    return {
        row["id"]: (
            Named(id=row["resident_id"], name=row["name"]),
            Service(id=row["service"], zh=row["zh"], en=row["en"]),
        )
        for row in await conn.fetch(ABOUT, visits)
    }


async def people(conn: Connection, ids: Sequence[UUID]) -> dict[UUID, Named]:
    """Return what caregivers are called."""
    return {
        row["caregiver_id"]: Named(id=row["caregiver_id"], name=row["name"])
        for row in await conn.fetch(PEOPLE, ids)
    }


async def services(conn: Connection) -> list[Service]:
    """Return what may be asked for."""
    return [Service(**row) for row in await conn.fetch(SERVICES)]


async def zone(conn: Connection, area: str) -> ZoneInfo:
    """Return a centre's zone."""
    return ZoneInfo(str(await conn.fetchval(ZONE, area)))


async def plan_of(conn: Connection, repair_id: UUID, number: int) -> Plan | None:
    """Return the plan of an alternative."""
    kept: Any = await conn.fetchval(PLAN_OF, repair_id, number)
    return None if kept is None else _PLAN.validate_python(kept)


async def add_absence(conn: Connection, event_id: UUID, absence: Absence, centre: str) -> bool:
    """Note an absence; False if nobody of that name works for the centre."""
    return bool(
        await conn.fetchval(
            ADD_ABSENCE,
            event_id,
            absence.caregiver_id,
            absence.starts_at,
            absence.ends_at,
            centre,
        )
    )


async def cancel(conn: Connection, visit_id: UUID, centre: str) -> Record | None:
    """Cancel a visit that has not begun and return whom it concerns; None if there is none such."""
    return await conn.fetchrow(CANCEL, visit_id, centre)


async def add_visit(conn: Connection, event_id: UUID, visit: NewVisit, repair: Repair) -> bool:
    """Add a visit no care plan asks for; False if there is no such resident or service."""
    return bool(
        await conn.fetchval(
            ADD_VISIT,
            event_id,
            repair.day,
            visit.resident_id,
            visit.service,
            visit.window_from,
            visit.window_to,
            repair.area,
            visit.minutes,
        )
    )


async def expected(conn: Connection, visit_id: UUID) -> list[Record]:
    """Return who is expected at a visit that has not begun, when, and when they are free to go."""
    return await conn.fetch(EXPECTED, visit_id)


async def add_delay(
    conn: Connection,
    delay_id: UUID,
    visit_id: UUID,
    who: Record,
    *,
    said: datetime,
    until: datetime,
) -> None:
    """Note that one of those `expected` reaches the visit at `until`."""
    await conn.execute(
        ADD_DELAY, delay_id, visit_id, who["caregiver_id"], said, who["free_at"], until
    )


async def unfit(conn: Connection, area: str, today: date, now: datetime) -> list[Unfit]:
    """Return the centre's plans that count on absent people from now on, without today's visits."""
    return [
        Unfit(
            plan_id=row["plan_id"],
            day=row["day"],
            kind=Kind(row["kind"]),
            absences=tuple(row["absences"]),
        )
        for row in await conn.fetch(UNFIT, area, today, now)
    ]


async def is_visit(conn: Connection, visit_id: UUID, centre: str) -> bool:
    """Whether the centre has such a visit."""
    return await conn.fetchval(VISIT_DAY, visit_id, centre) is not None
