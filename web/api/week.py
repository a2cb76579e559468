"""The rolling week: on which days what is agreed "so many times a week" is done, and by whom."""

import datetime as dt
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from scheduler.centre.choosing import centre_of
from scheduler.week import asking, jobs, showing
from scheduler.week.checking import WORDING, WeekRule
from web.deps import AtConsole, Planner, TheCentre, TheClock, ThePool
from web.wire.base import Span
from web.wire.week import (
    PlannedWeek,
    PlanWeek,
    WeekDay,
    WeekGap,
    WeekItem,
    WeekJob,
    WeekPerson,
    WeekProgress,
    WeekRuleBroken,
    WeekVisit,
)

router = APIRouter(tags=["week"])

AnyDay = Annotated[dt.date | None, Query(description="Any day of the week; absent: this week")]


@router.get("/week")
async def planned_week(
    caller: AtConsole,
    pool: ThePool,
    clock: TheClock,
    day: AnyDay = None,
    centre: TheCentre = None,
) -> PlannedWeek:
    """The week with its days and people, and what has no place and why."""
    of = await centre_of(pool, caller.areas, centre)
    found = await showing.show(pool, of, clock.now(), day)
    return PlannedWeek(
        monday=found.monday,
        planned_on=found.planned_on,
        days=[WeekDay.model_validate(one) for one in found.days],
        items=[_item(one) for one in found.items],
        people=[WeekPerson.model_validate(one) for one in found.people],
        missing=[WeekGap.model_validate(one) for one in found.missing],
        job=None if found.job is None else _job(found.job),
    )


@router.post("/week", status_code=202)
async def plan_week(
    caller: Planner,
    body: PlanWeek,
    pool: ThePool,
    clock: TheClock,
    centre: TheCentre = None,
) -> WeekJob:
    """Ask for a week to be chosen anew; while one is, that job is the answer."""
    return _job(
        await asking.ask(
            pool,
            await centre_of(pool, caller.areas, centre),
            event_id=body.event_id,
            day=body.day,
            seconds=body.seconds,
            now=clock.now(),
            by=caller.account_id,
        )
    )


@router.get("/week/jobs/{job_id}")
async def week_job(caller: AtConsole, job_id: UUID, pool: ThePool) -> WeekJob:
    """A job that chooses a week, and how far it is."""
    return _job(await asking.find(pool, caller.areas, job_id))


def _item(item: showing.WeekItem) -> WeekItem:
    return WeekItem.model_validate(
        {
            "id": item.id,
            "resident": item.resident,
            "service": item.service,
            "per_week": item.per_week,
            "least_days_apart": item.least_days_apart,
            "staff": item.staff,
            "visits": [_visit(visit) for visit in item.visits],
        }
    )


def _visit(visit: showing.WeekVisit) -> WeekVisit:
    return WeekVisit.model_validate(
        {
            "day": visit.day,
            "state": visit.state,
            "caregivers": list(visit.caregivers),
            "window": Span(start=visit.window[0], end=visit.window[1]),
            "start_at": visit.start_at,
            "end_at": visit.end_at,
        }
    )


def _job(job: jobs.WeekJob) -> WeekJob:
    return WeekJob.model_validate(
        {
            "id": job.id,
            "monday": job.monday,
            "cause": job.cause,
            "seconds": job.seconds,
            "state": job.state.value,
            "progress": [WeekProgress.model_validate(line) for line in job.progress],
            "error": job.error,
            "broken": [_broken(rule) for rule in job.rules if rule in list(WeekRule)],
            "created_at": job.created_at,
            "finished_at": job.finished_at,
        }
    )


def _broken(rule: str) -> WeekRuleBroken:
    zh, en = WORDING[WeekRule(rule)]
    return WeekRuleBroken(rule=rule, zh=zh, en=en)
