"""Somebody is ill for days: today is a person's decision, the days after are planned again."""

from datetime import timedelta
from uuid import UUID, uuid4

from kernel.audit import Process
from kernel.clock import FakeClock
from kernel.db import Pool
from scheduler.centre.model import Kind
from scheduler.plans.publishing import SolveOptions, plan_day
from scheduler.repairing import asking
from scheduler.repairing.ahead import replan_absent
from scheduler.repairing.model import Absence, Cause, Happened

from .conftest import AREA, CENTRE, DAY, Street, at

TOMORROW = DAY + timedelta(days=1)
LATER = DAY + timedelta(days=2)
QUICK = SolveOptions(seconds=1, threads=1)


async def shift(pool: Pool, who: UUID, days: int) -> None:
    """The same shift as on the first day, again."""
    await pool.execute(
        "INSERT INTO scheduler.shift (id, caregiver_id, starts_at, ends_at)"
        " SELECT $1, caregiver_id, starts_at + $3::interval, ends_at + $3::interval"
        " FROM scheduler.shift WHERE caregiver_id = $2 AND starts_at::date = $4",
        uuid4(),
        who,
        timedelta(days=days),
        DAY,
    )


async def works(pool: Pool) -> dict[object, set[UUID]]:
    """Who has something to do on which day."""
    rows = await pool.fetch(
        "SELECT p.day, s.caregiver_id FROM scheduler.plan p"
        " JOIN scheduler.plan_stop s ON s.plan_id = p.id"
        " WHERE p.state = 'published' AND s.visit_id IS NOT NULL"
    )
    return {
        day: {row["caregiver_id"] for row in rows if row["day"] == day}
        for day in (DAY, TOMORROW, LATER)
    }


async def test_the_plans_of_the_days_after_are_asked_for_anew_once_and_do_without_who_is_ill(
    street: Street, pool: Pool, clock: FakeClock
) -> None:
    li, sun = [await street.caregiver(name, (480, 1020)) for name in ("Li", "Sun")]
    for who in (li, sun):
        for days in (1, 2):
            await shift(pool, who, days)
    await street.visit(await street.resident("Wang"), (700, 760), preferred=(li,))
    for day in (DAY, TOMORROW, LATER):
        done = await plan_day(pool, clock, AREA, day, Kind.VISITS, options=QUICK)
        assert done.state == "published"
    assert await works(pool) == {DAY: {li}, TOMORROW: {li}, LATER: {li}}
    assert await replan_absent(pool, clock.now(), 1) == 0

    ill = Absence(caregiver_id=li, starts_at=clock.now(), ends_at=at(1020, TOMORROW))
    happened = Happened(cause=Cause.ABSENCE, absence=ill)
    await asking.ask(
        pool, CENTRE, event_id=uuid4(), happened=happened, now=clock.now(), by=Process.COMMAND_LINE
    )
    assert await replan_absent(pool, clock.now(), 1) == 1
    assert await replan_absent(pool, clock.now(), 1) == 0  # it waits
    (job,) = await pool.fetch("SELECT day, kind, cause, seconds FROM scheduler.job")
    assert tuple(job) == (TOMORROW, "visits", "absence", 1)

    await plan_day(pool, clock, AREA, job["day"], Kind.VISITS, cause=job["cause"], options=QUICK)
    assert await works(pool) == {DAY: {li}, TOMORROW: {sun}, LATER: {li}}
    await pool.execute("UPDATE scheduler.job SET state = 'done', finished_at = $1", clock.now())
    assert await replan_absent(pool, clock.now(), 1) == 0


async def test_a_job_that_failed_is_not_asked_for_again_and_again(
    street: Street, pool: Pool, clock: FakeClock
) -> None:
    li = await street.caregiver("Li", (480, 1020))
    await shift(pool, li, 1)
    await street.visit(await street.resident("Wang"), (700, 760))
    await plan_day(pool, clock, AREA, TOMORROW, Kind.VISITS, options=QUICK)
    await pool.execute(
        "INSERT INTO scheduler.absence (id, caregiver_id, starts_at, ends_at)"
        " VALUES ($1, $2, $3, $4)",
        uuid4(),
        li,
        at(0, TOMORROW),
        at(1439, TOMORROW),
    )
    assert await replan_absent(pool, clock.now(), 1) == 1
    await pool.execute("UPDATE scheduler.job SET state = 'failed', finished_at = $1", clock.now())
    assert await replan_absent(pool, clock.now(), 1) == 0
