"""A caregiver's day with the alarm job in it: scheduler and dispatch together."""

from datetime import datetime
from uuid import UUID

from dispatch.incidents.views import reading as views
from dispatch.incidents.views.reading import JobView
from kernel.db import Pool
from people.ids import CaregiverId
from people.residents.store import age
from people.staff import caregivers
from scheduler.reading import caregiver as reading
from scheduler.reading import model as said
from web.reading.store import ways_in
from web.wire.base import Bilingual, Named, Span
from web.wire.caregiver import (
    AlarmJob,
    MealResident,
    MealStop,
    StaffMember,
    Task,
    Today,
    Visit,
    VisitResident,
)


async def today_of(pool: Pool, caregiver_id: CaregiverId, now: datetime) -> Today:
    """Return all that a caregiver's phone needs for the day.

    Raises:
        NotFoundError: the caregiver belongs to no centre.
    """
    found = await reading.today(pool, caregiver_id, now)
    async with pool.acquire() as conn:
        me = await caregivers.find(conn, caregiver_id)
        job = await views.job(conn, caregiver_id)
        ways = await ways_in(conn, [one.resident.home_id for one in found.visits])
    return Today(
        now=now,
        day=found.day,
        caregiver=StaffMember.model_validate(me),
        plan_version=found.plan_version,
        job=job_of(job) if job else None,
        visits=[_visit(one, ways, now) for one in found.visits],
        meals=[meal_shown(one) for one in found.meals],
    )


async def visit_shown(pool: Pool, visit: said.TodayVisit, now: datetime) -> Visit:
    """Return one visit as the phone shows it."""
    async with pool.acquire() as conn:
        ways = await ways_in(conn, [visit.resident.home_id])
    return _visit(visit, ways, now)


def job_of(view: JobView) -> AlarmJob:
    """Return an alarm job as the phone shows it."""
    return AlarmJob.model_validate(view)


def meal_shown(meal: said.MealStop) -> MealStop:
    """Return a delivery as the phone shows it."""
    return MealStop(
        order_id=meal.order_id,
        meal_point=Named.model_validate(meal.meal_point) if meal.meal_point else None,
        trip=meal.trip,
        position=meal.position,
        eta_at=meal.eta_at,
        window=Span(start=meal.window_from, end=meal.window_to),
        meal=Bilingual.model_validate(meal.meal),
        diet=meal.diet,
        resident=MealResident.model_validate(meal.resident),
        address=meal.resident.address,
        lat=meal.resident.lat,
        lon=meal.resident.lon,
        state=meal.state,
        late_s=meal.late_s,
    )


def _visit(visit: said.TodayVisit, ways: dict[UUID, str], now: datetime) -> Visit:
    resident = visit.resident
    return Visit(
        id=visit.id,
        start_at=visit.start_at,
        end_at=visit.end_at,
        window=Span(start=visit.window_from, end=visit.window_to),
        service=Bilingual.model_validate(visit.service),
        resident=VisitResident(
            id=resident.id,
            name=resident.name,
            age=age(resident.born, now.date()),
            phone=resident.phone,
        ),
        address=resident.address,
        lat=resident.lat,
        lon=resident.lon,
        way_in=ways.get(resident.home_id),
        staff=visit.staff,
        names=list(visit.companions),
        state=visit.state,
        checked_in_at=visit.checked_in_at,
        checked_out_at=visit.checked_out_at,
        tasks=[
            Task(id=task.id, zh=task.zh, en=task.en, done=task.done, reason=task.reason or None)
            for task in visit.tasks
        ],
        late_s=visit.late_s,
    )
