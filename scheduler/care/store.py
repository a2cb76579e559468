"""SQL of visits and the reports on them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from kernel.db import Connection, Record
from kernel.geo import Position
from scheduler.care.model import VisitId, VisitState
from scheduler.care.reports import Proximity, Report, VisitProgress

LOCK: Final = """
SELECT v.id, v.area, v.resident_id, v.home_id, v.state, v.caregivers, v.started_at, v.done_at,
       h.lat, h.lon, s.tasks, array(
           SELECT r.caregiver_id FROM scheduler.visit_report r
           WHERE r.visit_id = v.id AND r.kind IN ('check_in', 'check_out')
           GROUP BY r.caregiver_id
           HAVING max(r.device_at) FILTER (WHERE r.kind = 'check_in')
                > coalesce(max(r.device_at) FILTER (WHERE r.kind = 'check_out'), '-infinity')
       ) AS inside
FROM scheduler.visit v
JOIN dispatch.home_v1 h ON h.home_id = v.home_id
JOIN scheduler.service_item s ON s.id = v.service
WHERE v.id = $1 FOR UPDATE OF v
"""

# In some plan that was ever in force: a phone without signal does not know the newest.
IS_SENT: Final = """
SELECT EXISTS (
    SELECT FROM scheduler.plan_stop s JOIN scheduler.plan p ON p.id = s.plan_id
    WHERE s.visit_id = $1 AND s.caregiver_id = $2 AND p.state IN ('published', 'superseded')
)
"""

ADD_REPORT: Final = """
INSERT INTO scheduler.visit_report (event_id, visit_id, caregiver_id, kind, method, reason,
    device_at, received_at, lat, lon, accuracy_m, distance_m, far)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (event_id) DO NOTHING RETURNING true
"""

SAVE: Final = """
UPDATE scheduler.visit SET state = $2, caregivers = $3, started_at = $4, done_at = $5 WHERE id = $1
"""

ADD_TASK_REPORT: Final = """
INSERT INTO scheduler.visit_report (event_id, visit_id, caregiver_id, kind, reason, device_at,
                                    received_at)
VALUES ($1, $2, $3, 'task', $4, $5, $6)
ON CONFLICT (event_id) DO NOTHING RETURNING true
"""

SAVE_TASK: Final = """
INSERT INTO scheduler.visit_task AS t (visit_id, task, done, reason, caregiver_id, device_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (visit_id, task) DO UPDATE
SET done = excluded.done, reason = excluded.reason, caregiver_id = excluded.caregiver_id,
    device_at = excluded.device_at
WHERE t.device_at <= excluded.device_at
"""

# What was in no plan while there was time was not promised to anybody: a day planned late.
MARK_MISSED: Final = """
UPDATE scheduler.visit v SET state = 'missed'
WHERE v.state = 'planned' AND v.window_to < $1 AND (v.window_to < $2 OR EXISTS (
    SELECT FROM scheduler.plan_stop s JOIN scheduler.plan p ON p.id = s.plan_id
    WHERE s.visit_id = v.id AND p.published_at < v.window_to
))
RETURNING v.id, v.area, v.resident_id, v.home_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """A visit held for a report."""

    id: VisitId
    area: str
    resident_id: UUID
    home_id: UUID
    home: Position
    tasks: frozenset[str]
    progress: VisitProgress


async def lock(conn: Connection, visit_id: UUID) -> Locked | None:
    """Return the visit, held until the transaction ends."""
    row = await conn.fetchrow(LOCK, visit_id)
    if row is None:
        return None
    return Locked(
        id=VisitId(row["id"]),
        area=row["area"],
        resident_id=row["resident_id"],
        home_id=row["home_id"],
        home=Position(row["lat"], row["lon"]),
        tasks=frozenset(task["id"] for task in row["tasks"]),
        progress=VisitProgress(
            state=VisitState(row["state"]),
            came=tuple(row["caregivers"]),
            inside=frozenset(row["inside"]),
            started_at=row["started_at"],
            done_at=row["done_at"],
        ),
    )


async def is_sent(conn: Connection, visit_id: UUID, caregiver_id: UUID) -> bool:
    """Whether any plan that was in force sends this caregiver to the visit."""
    return bool(await conn.fetchval(IS_SENT, visit_id, caregiver_id))


async def add_report(conn: Connection, visit_id: UUID, report: Report, near: Proximity) -> bool:
    """Keep a report; False if it is a retry."""
    fix = report.fix
    return bool(
        await conn.fetchval(
            ADD_REPORT,
            report.event_id,
            visit_id,
            report.by,
            report.kind,
            report.method,
            report.reason,
            report.device_at,
            report.received_at,
            None if fix is None else fix.at.lat,
            None if fix is None else fix.at.lon,
            None if fix is None else fix.accuracy_m,
            near.distance_m,
            near.far,
        )
    )


async def save(conn: Connection, visit_id: UUID, progress: VisitProgress) -> None:
    """Write where a visit stands."""
    await conn.execute(
        SAVE,
        visit_id,
        progress.state,
        list(progress.came),
        progress.started_at,
        progress.done_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskReport:
    """A task ticked off, or not done and why."""

    event_id: UUID
    task: str
    by: UUID
    done: bool
    reason: str
    device_at: datetime
    received_at: datetime


async def add_task_report(conn: Connection, visit_id: UUID, report: TaskReport) -> bool:
    """Keep a report on a task; False if it is a retry."""
    return bool(
        await conn.fetchval(
            ADD_TASK_REPORT,
            report.event_id,
            visit_id,
            report.by,
            report.reason,
            report.device_at,
            report.received_at,
        )
    )


async def save_task(conn: Connection, visit_id: UUID, report: TaskReport) -> None:
    """Write whether a task is done; an older report does not undo a newer one."""
    await conn.execute(
        SAVE_TASK,
        visit_id,
        report.task,
        report.done,
        report.reason,
        report.by,
        report.device_at,
    )


async def mark_missed(conn: Connection, promised: datetime, anyhow: datetime) -> list[Record]:
    """Mark visits as missed and return them.

    Args:
        conn: any.
        promised: windows that ended before, if somebody was to come in time.
        anyhow: windows that ended before, promised or not.
    """
    return await conn.fetch(MARK_MISSED, promised, anyhow)
