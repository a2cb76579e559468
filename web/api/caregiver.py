"""The caregiver's phone: today, evidence of visits and meals, alarm jobs, position."""

from datetime import datetime
from typing import Final, Literal, TypedDict
from uuid import UUID

from fastapi import APIRouter

from dispatch.assignments import events as j
from dispatch.assignments import store as job_store
from dispatch.ids import AssignmentId
from dispatch.incidents import handling
from dispatch.incidents.views import reading as views
from kernel.clock import Clock
from kernel.db import Pool
from kernel.errors import InvalidError, NotFoundError
from kernel.geo import Datum, to_wgs84
from people.ids import AccountId
from people.staff import caregivers
from scheduler.care import reporting as visits
from scheduler.care.reports import Fix as KnownFix
from scheduler.care.reports import Method, ReportKind
from scheduler.care.reports import Report as VisitReport
from scheduler.care.store import TaskReport
from scheduler.meals import reporting as meals
from scheduler.meals.model import OrderState
from scheduler.meals.reports import MealReport
from scheduler.reading import caregiver as reading
from web.deps import Caller, InField, TheClock, ThePool
from web.reading.caregiver_today import job_of, meal_shown, today_of, visit_shown
from web.wire.base import Fix
from web.wire.caregiver import (
    AlarmJob,
    CheckIn,
    CheckOut,
    MealStop,
    PositionReport,
    Report,
    TaskDone,
    Today,
    Visit,
)

router = APIRouter(prefix="/caregiver", tags=["caregiver"])

_STATES: Final = {
    "loaded": OrderState.LOADED,
    "delivered": OrderState.DELIVERED,
    "refused": OrderState.REFUSED,
    "no-answer": OrderState.NO_ANSWER,
}


@router.get("/today")
async def today(caller: InField, pool: ThePool, clock: TheClock) -> Today:
    """All that the phone needs for the day, also when it goes offline."""
    return await today_of(pool, caller.caregiver_id, clock.now())


@router.post("/visits/{visit_id}/check-in")
async def check_in(
    caller: InField, visit_id: UUID, body: CheckIn, pool: ThePool, clock: TheClock
) -> Visit:
    """At the door. Late or from afar is written down, never refused."""
    if body.method == "manual" and not body.reason:
        raise InvalidError("Say why the check-in is by hand.", field="reason")
    report = VisitReport(
        event_id=body.event_id,
        kind=ReportKind.CHECK_IN,
        by=caller.caregiver_id,
        device_at=body.device_at,
        received_at=clock.now(),
        method=Method(body.method),
        fix=_fix(body.location),
        reason=body.reason,
    )
    await visits.report(pool, clock, visit_id, report)
    return await _visit(caller, visit_id, pool, clock)


@router.post("/visits/{visit_id}/check-out")
async def check_out(
    caller: InField, visit_id: UUID, body: CheckOut, pool: ThePool, clock: TheClock
) -> Visit:
    """Leaving; the visit is done once everybody who checked in has left."""
    report = VisitReport(
        event_id=body.event_id,
        kind=ReportKind.CHECK_OUT,
        by=caller.caregiver_id,
        device_at=body.device_at,
        received_at=clock.now(),
        fix=_fix(body.location),
    )
    await visits.report(pool, clock, visit_id, report)
    return await _visit(caller, visit_id, pool, clock)


@router.post("/visits/{visit_id}/tasks/{task}")
async def task_done(
    caller: InField, visit_id: UUID, task: str, body: TaskDone, pool: ThePool, clock: TheClock
) -> Visit:
    """Tick a task off, or say why it was not done."""
    report = TaskReport(
        event_id=body.event_id,
        task=task,
        by=caller.caregiver_id,
        done=body.done,
        reason=body.reason,
        device_at=body.device_at,
        received_at=clock.now(),
    )
    await visits.report_task(pool, visit_id, report)
    return await _visit(caller, visit_id, pool, clock)


@router.post("/meals/{order_id}/{what}")
async def meal_reported(
    caller: InField,
    order_id: UUID,
    what: Literal["loaded", "delivered", "refused", "no-answer"],
    body: Report,
    pool: ThePool,
    clock: TheClock,
) -> MealStop:
    """What became of a meal."""
    now = clock.now()
    report = MealReport(
        event_id=body.event_id,
        state=_STATES[what],
        by=caller.caregiver_id,
        device_at=body.device_at,
        received_at=now,
        reason=body.reason,
    )
    await meals.report(pool, clock, order_id, report)
    return meal_shown(await reading.meal(pool, caller.caregiver_id, order_id, now))


@router.post("/jobs/{assignment_id}/{step}")
async def job_step(
    caller: InField,
    assignment_id: UUID,
    step: Literal["accept", "decline", "en-route", "on-scene", "done"],
    body: Report,
    pool: ThePool,
    clock: TheClock,
) -> AlarmJob:
    """Take the next step of an alarm job, or decline it."""
    job_id = AssignmentId(assignment_id)
    async with pool.acquire() as conn:
        job = await job_store.find(conn, job_id)
    if job.caregiver_id != caller.caregiver_id:
        raise NotFoundError("There is no such job.")
    await handling.apply_to_job(pool, _event(caller, job_id, step, body, clock))
    async with pool.acquire() as conn:
        shown = await views.job(conn, caller.caregiver_id, job_id)
    if shown is None:
        raise NotFoundError("There is no such job.")
    return job_of(shown)


@router.post("/position", status_code=204)
async def position(caller: InField, body: PositionReport, pool: ThePool, clock: TheClock) -> None:
    """Say where one is; only the newest fix is kept. A clock that runs ahead is not believed."""
    async with pool.acquire() as conn:
        await caregivers.record_position(
            conn,
            caller.caregiver_id,
            lat=body.lat,
            lon=body.lon,
            datum=Datum(body.crs),
            accuracy_m=body.acc,
            at=min(body.at, clock.now()),
        )


class _Step(TypedDict):
    id: UUID
    at: datetime
    by: AccountId
    assignment_id: AssignmentId
    device_at: datetime


def _event(caller: Caller, job_id: AssignmentId, step: str, body: Report, clock: Clock) -> j.OfJob:
    common: _Step = {
        "id": body.event_id,
        "at": clock.now(),
        "by": caller.account_id,
        "assignment_id": job_id,
        "device_at": body.device_at,
    }
    match step:
        case "accept":
            return j.Accepted(**common)
        case "decline":
            return j.Declined(**common, reason=body.reason)
        case "en-route":
            return j.SetOut(**common)
        case "on-scene":
            return j.Arrived(**common)
        case _:
            return j.Finished(**common, reason=body.reason)


def _fix(given: Fix | None) -> KnownFix | None:
    if given is None:
        return None
    return KnownFix(at=to_wgs84(given.lat, given.lon, given.crs), accuracy_m=given.acc)


async def _visit(caller: Caller, visit_id: UUID, pool: Pool, clock: Clock) -> Visit:
    now = clock.now()
    found = await reading.visit(pool, caller.caregiver_id, visit_id, now)
    return await visit_shown(pool, found, now)
