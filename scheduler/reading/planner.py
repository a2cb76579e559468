"""The plan in force with names, what it leaves out and why, and its versions."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from kernel.db import Pool, Record
from scheduler import named
from scheduler.centre.localtime import day_of
from scheduler.centre.model import Centre, Kind
from scheduler.day import loading
from scheduler.day.model import Worker
from scheduler.model.plan import Reason
from scheduler.model.reasons import REASONS
from scheduler.named import MEALS, Named, Service
from scheduler.plans import store as plans
from scheduler.reading import store
from scheduler.reading.caregiver import meal_leg, visit_leg
from scheduler.reading.model import (
    CurrentPlan,
    GanttRow,
    GanttStop,
    LeftOut,
    PlanVersion,
    WordedReason,
)
from scheduler.reading.tracking import Leg, estimates


async def current(
    pool: Pool, centre: Centre, kind: Kind, now: datetime, day: date | None = None
) -> CurrentPlan:
    """Return the plan in force.

    Args:
        pool: of connections.
        centre: whose plan it is.
        kind: visits or meals.
        now: the present; decides what is late.
        day: the centre's local day; None: that of `now`.
    """
    area, today = centre.area, day_of(now, centre.zone)
    async with pool.acquire() as conn:
        plan = await plans.current(conn, area, day or today, kind)
        if plan is None:
            return CurrentPlan(plan=None)
        workers = await loading.workers(conn, area, plan.day, kind)
        stops = await conn.fetch(store.GANTT_STOPS, plan.id)
        ids = sorted({row["caregiver_id"] for row in stops} | {one.id for one in workers})
        names = await named.caregivers(conn, ids)
        left_out = await conn.fetch(store.LEFT_OUT, plan.id)
    return CurrentPlan(
        plan=_version(plan),
        caregivers=_rows(names, workers, stops, now),
        unplaced=tuple(_left_out(row) for row in left_out),
    )


async def versions(
    pool: Pool, centre: Centre, kind: Kind, now: datetime, day: date | None = None
) -> list[PlanVersion]:
    """Return all versions, newest first, those the verifier refused among them."""
    area, today = centre.area, day_of(now, centre.zone)
    async with pool.acquire() as conn:
        return [_version(plan) for plan in await plans.versions(conn, area, day or today, kind)]


def _version(plan: plans.PlanRow) -> PlanVersion:
    return PlanVersion(
        id=plan.id,
        area=plan.area,
        day=plan.day,
        kind=plan.kind,
        version=plan.version,
        state=plan.state,
        parent=plan.parent,
        cause=plan.cause,
        created_at=plan.created_at,
        published_at=plan.published_at,
        summary=plan.summary,
    )


def _rows(
    names: Mapping[UUID, str], workers: Sequence[Worker], stops: Sequence[Record], now: datetime
) -> tuple[GanttRow, ...]:
    shifts = {worker.id: worker.shifts for worker in workers}
    bars = {
        who: _bars(list(rows), now)
        for who, rows in groupby(stops, key=lambda row: row["caregiver_id"])
    }
    return tuple(
        GanttRow(id=who, name=name, shifts=shifts.get(who, ()), stops=bars.get(who, ()))
        for who, name in names.items()
    )


def _bars(rows: Sequence[Record], now: datetime) -> tuple[GanttStop, ...]:
    legs = [_leg(row, now) for row in rows]
    return tuple(
        _bar(row, guess.late_s) for row, guess in zip(rows, estimates(legs, now), strict=True)
    )


def _leg(row: Record, now: datetime) -> Leg:
    if row["visit_id"] is not None:
        return visit_leg({**row, "state": row["visit_state"]})
    if row["order_id"] is not None:
        return meal_leg({**row, "state": row["order_state"]})
    return Leg(
        start_at=row["start_at"],
        end_at=row["end_at"],
        travel_s=row["travel_s"],
        started_at=row["start_at"],
        ended_at=row["end_at"] if row["end_at"] <= now else None,
    )


def _bar(row: Record, late_s: int) -> GanttStop:
    return GanttStop(
        visit_id=row["visit_id"],
        order_id=row["order_id"],
        assignment_id=row["assignment_id"],
        start_at=row["start_at"],
        end_at=row["end_at"],
        travel_s=row["travel_s"],
        service=_service(row),
        resident=None
        if row["resident_id"] is None
        else Named(id=row["resident_id"], name=row["name"]),
        state=row["visit_state"] or row["order_state"] or "incident",
        late_s=late_s,
    )


def _service(row: Record) -> Service | None:
    if row["meal"] is not None:
        return MEALS[row["meal"]]
    if row["service"] is None:
        return None
    return Service(id=row["service"], zh=row["zh"], en=row["en"])


def _left_out(row: Record) -> LeftOut:
    return LeftOut(
        visit_id=row["visit_id"],
        order_id=row["order_id"],
        resident=Named(id=row["resident_id"], name=row["name"]),
        service=_service(row) or Service(id="", zh="", en=""),
        window_from=row["window_from"],
        window_to=row["window_to"],
        reason=why(row["reason"], row["data"]),
    )


def why(code: str, data: Mapping[str, Any]) -> WordedReason:
    """Return a reason in both languages."""
    zh, en = REASONS[Reason(code)]
    words = _Words(data)
    return WordedReason(code=code, zh=zh.format_map(words), en=en.format_map(words), data=data)


class _Words(dict[str, Any]):
    """A template's fields; one that an older plan did not keep shows as an ellipsis."""

    def __missing__(self, key: str) -> str:
        return "…"
