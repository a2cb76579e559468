"""Plans: the one in force, its versions, and asking for a new one."""

import datetime as dt
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from scheduler.centre.choosing import centre_if_any, centre_of
from scheduler.centre.model import Kind
from scheduler.jobs import asking
from scheduler.reading import planner
from scheduler.reading.model import GanttRow, LeftOut, PlanVersion
from web.deps import AtConsole, Planner, TheCentre, TheClock, ThePool
from web.wire.base import Span
from web.wire.plan import (
    CurrentPlan,
    MakePlan,
    PlanBrief,
    PlanKind,
    PlanningJob,
    Plans,
    Route,
    Stop,
    StopPlanning,
    Summary,
    Unplaced,
)

router = APIRouter(tags=["plans"])

Day = Annotated[dt.date | None, Query(description="The centre's local day; absent: today")]


@router.get("/plans/current")
async def current_plan(
    caller: AtConsole,
    pool: ThePool,
    clock: TheClock,
    kind: PlanKind = "visits",
    day: Day = None,
    centre: TheCentre = None,
) -> CurrentPlan:
    """The plan in force, with what it leaves out and why."""
    of = await centre_if_any(pool, caller.areas, centre)
    if of is None:
        return CurrentPlan(plan=None, caregivers=[], unplaced=[])
    found = await planner.current(pool, of, Kind(kind), clock.now(), day)
    return CurrentPlan(
        plan=_brief(found.plan) if found.plan else None,
        caregivers=[_route(row) for row in found.caregivers],
        unplaced=[_unplaced(left_out) for left_out in found.unplaced],
    )


@router.get("/plans")
async def plan_versions(
    caller: AtConsole,
    pool: ThePool,
    clock: TheClock,
    kind: PlanKind = "visits",
    day: Day = None,
    centre: TheCentre = None,
) -> Plans:
    """All versions of a day's plan, newest first."""
    of = await centre_if_any(pool, caller.areas, centre)
    if of is None:
        return Plans(items=[])
    found = await planner.versions(pool, of, Kind(kind), clock.now(), day)
    return Plans(items=[_brief(version) for version in found])


@router.post("/plans", status_code=202)
async def make_plan(
    caller: Planner,
    body: MakePlan,
    pool: ThePool,
    clock: TheClock,
    centre: TheCentre = None,
) -> PlanningJob:
    """Ask for a plan; the planner process makes it, and the console sees its progress live."""
    job = await asking.ask(
        pool,
        await centre_of(pool, caller.areas, centre),
        event_id=body.event_id,
        kind=Kind(body.kind),
        day=body.day,
        seconds=body.seconds,
        now=clock.now(),
        by=caller.account_id,
    )
    caller.must_see(job.area, "planning job")
    return PlanningJob.model_validate(job)


@router.get("/plans/jobs/{job_id}")
async def planning_job(caller: AtConsole, job_id: UUID, pool: ThePool) -> PlanningJob:
    """A planning job and how its cost fell."""
    return PlanningJob.model_validate(await asking.find(pool, caller.areas, job_id))


@router.post("/plans/jobs/{job_id}/stop")
async def stop_planning(
    caller: Planner, job_id: UUID, body: StopPlanning, pool: ThePool, clock: TheClock
) -> PlanningJob:
    """End the search and take the best plan found so far."""
    del body  # stopping twice is stopping once: the id is not needed
    stopped = await asking.ask_to_stop(
        pool, caller.areas, job_id, now=clock.now(), by=caller.account_id
    )
    return PlanningJob.model_validate(stopped)


def _brief(version: PlanVersion) -> PlanBrief:
    return PlanBrief(
        id=version.id,
        day=version.day,
        kind=version.kind.value,
        version=version.version,
        cause=version.cause,
        published_at=version.published_at,
        summary=Summary.model_validate(version.summary),
    )


def _route(row: GanttRow) -> Route:
    return Route(
        id=row.id,
        name=row.name,
        shifts=[Span(start=start, end=end) for start, end in row.shifts],
        stops=[
            Stop.model_validate(stop)
            for stop in row.stops
            if stop.service is not None and stop.resident is not None
        ],
    )


def _unplaced(left_out: LeftOut) -> Unplaced:
    return Unplaced.model_validate(
        {
            "visit_id": left_out.visit_id,
            "order_id": left_out.order_id,
            "resident": left_out.resident,
            "service": left_out.service,
            "window": Span(start=left_out.window_from, end=left_out.window_to),
            "reason": left_out.reason,
        }
    )
