"""An alarm takes somebody away: the plan is repaired, few notice, nothing that began moves."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from kernel import outbox
from kernel.audit import Process
from kernel.clock import FakeClock
from kernel.db import Pool
from kernel.outbox import Fact
from scheduler.care import reporting
from scheduler.care.reports import Method, Report, ReportKind
from scheduler.centre.model import Kind
from scheduler.plans.publishing import SolveOptions, plan_day
from scheduler.pull_outs import facts
from scheduler.pull_outs.noting import note, stale
from scheduler.reading import caregiver as phone
from scheduler.repairing import deciding, showing
from scheduler.repairing.model import Cause
from scheduler.repairing.watching import Repairer
from scheduler.settings import PlannerSettings

from .conftest import AREA, DAY, Street, at

HERE = frozenset({AREA})
QUICK = PlannerSettings(repair_seconds=1, plan_threads=1)


def told(who: UUID, state: str, when: datetime, job: UUID, **more: Any) -> Fact:
    payload = {
        "assignment_id": str(job),
        "incident_id": str(uuid4()),
        "caregiver_id": str(who),
        "state": state,
        "home_id": None,
        "lat": 31.8,
        "lon": 119.92,
        "eta_at": None,
        "at": when.isoformat(),
        **more,
    }
    return Fact(topic=f"assignment.{state}", area=AREA, subject=str(job), payload=payload)


async def noted(pool: Pool, fact: Fact) -> None:
    parsed = facts.parse(fact)
    assert parsed is not None
    async with pool.acquire() as conn, conn.transaction():
        await note(conn, parsed)


async def planned(street: Street, clock: FakeClock) -> None:
    done = await plan_day(
        street.pool, clock, AREA, DAY, Kind.VISITS, options=SolveOptions(seconds=1, threads=1)
    )
    assert done.state == "published"


async def test_a_pulled_out_caregiver_s_visits_move_and_pins_hold(
    street: Street, pool: Pool, clock: FakeClock
) -> None:
    li = await street.caregiver("Li", (480, 1020), skills=("bathing",))
    bath = await street.visit(await street.resident("Wang"), (545, 545), service="bath")
    company = await street.visit(await street.resident("Zhou"), (600, 610), preferred=(li,))
    later = await street.visit(await street.resident("Wu"), (840, 850), preferred=(li,))
    await planned(street, clock)
    sun = await street.caregiver("Sun", (480, 1020))
    begun, moved, kept = [await street.visit_of(item) for item in (bath, company, later)]
    check_in = Report(
        event_id=uuid4(),
        kind=ReportKind.CHECK_IN,
        by=li,
        device_at=at(545),
        received_at=at(545),
        method=Method.QR,
    )
    await reporting.report(pool, clock, begun, check_in)
    await clock.advance(timedelta(minutes=20))  # 9:20: in the middle of the bath
    job = uuid4()
    eta = (at(570)).isoformat()
    await noted(pool, told(li, "accepted", clock.now(), job, eta_at=eta))
    repairer = Repairer(QUICK, pool, clock)
    await repairer.repair()
    mine = {line.id: line for line in (await phone.today(pool, li, clock.now())).visits}
    hers = {line.id: line for line in (await phone.today(pool, sun, clock.now())).visits}
    assert mine[begun].state == "started"
    assert mine[begun].planned_start_at == at(545)
    assert (moved in hers) or mine[moved].planned_start_at >= at(600)
    assert mine[kept].planned_start_at == at(840)
    rows = await pool.fetch("SELECT version, cause, state FROM scheduler.plan ORDER BY version")
    assert [tuple(row) for row in rows] == [
        (1, "daily", "superseded"),
        (2, "pull_out", "published"),
    ]
    last = (await street.facts("plan.published"))[-1]
    assert str(kept) not in str(last["changed"])
    await repairer.repair()
    assert await pool.fetchval("SELECT count(*) FROM scheduler.plan") == 2


async def test_what_an_alarm_takes_away_is_offered_where_a_planner_wants_to_be_asked(
    street: Street, pool: Pool, clock: FakeClock
) -> None:
    li, sun = [await street.caregiver(name, (480, 1020)) for name in ("Li", "Sun")]
    item = await street.visit(await street.resident("Wang"), (560, 570), preferred=(li,))
    await planned(street, clock)
    job = uuid4()
    await noted(pool, told(li, "accepted", clock.now(), job, eta_at=at(800).isoformat()))
    asking_first = PlannerSettings(plan_threads=1, repair_pull_outs="ask")
    repairer = Repairer(asking_first, pool, clock)
    try:
        for _ in range(2):
            await repairer.repair()
        (shown,) = await showing.undecided(pool, HERE, clock.now())
        assert await pool.fetchval("SELECT count(*) FROM scheduler.plan") == 1
        assert (shown.repair.cause, shown.repair.subject) == (Cause.PULL_OUT, li)
        assert [each.other_person for each in shown.ways[0].changes] == [True]
        await deciding.publish(
            pool, clock, HERE, shown.repair.id, event_id=uuid4(), number=1, by=Process.COMMAND_LINE
        )
        assert await showing.undecided(pool, HERE, clock.now()) == []
        await repairer.repair()
    finally:
        await repairer.close()
    assert await showing.undecided(pool, HERE, clock.now()) == []
    causes = await pool.fetch("SELECT cause FROM scheduler.plan ORDER BY version")
    assert [row["cause"] for row in causes] == ["daily", "pull_out"]
    hers = (await phone.today(pool, sun, clock.now())).visits
    assert [line.id for line in hers] == [await street.visit_of(item)]


async def test_an_offer_left_as_it_is_is_not_made_again_for_the_same_alarm(
    street: Street, pool: Pool, clock: FakeClock
) -> None:
    li = await street.caregiver("Li", (480, 1020))
    await street.visit(await street.resident("Wang"), (600, 660))
    await planned(street, clock)
    await noted(pool, told(li, "accepted", clock.now(), uuid4()))
    repairer = Repairer(PlannerSettings(repair_pull_outs="ask"), pool, clock)
    try:
        await repairer.repair()
        (shown,) = await showing.undecided(pool, HERE, clock.now())
        await deciding.dismiss(pool, clock, HERE, shown.repair.id, by=Process.COMMAND_LINE)
        await repairer.repair()
        assert await showing.undecided(pool, HERE, clock.now()) == []
        await noted(pool, told(li, "accepted", clock.now(), uuid4()))
        await repairer.repair()
        assert len(await showing.undecided(pool, HERE, clock.now())) == 1
    finally:
        await repairer.close()
    assert await pool.fetchval("SELECT count(*) FROM scheduler.plan") == 1


async def test_a_plan_that_knows_the_alarm_is_not_stale_and_one_that_does_not_is(
    street: Street, pool: Pool, clock: FakeClock
) -> None:
    li = await street.caregiver("Li", (480, 1020))
    await street.visit(await street.resident("Wang"), (600, 660))
    await planned(street, clock)
    job = uuid4()

    async def waiting() -> list[tuple[str, bool]]:
        async with pool.acquire() as conn, conn.transaction():
            return [(plan.area, plan.over) for plan in await stale(conn, clock.now())]

    assert await waiting() == []
    await noted(pool, told(li, "offered", clock.now(), job))
    assert await waiting() == []
    await noted(pool, told(li, "accepted", clock.now(), job))
    assert await waiting() == [(AREA, False)]
    await Repairer(QUICK, pool, clock).repair()
    assert await waiting() == []
    await clock.advance(timedelta(minutes=4))
    for _ in range(2):
        await noted(pool, told(li, "withdrawn", clock.now(), job))
    assert await waiting() == [(AREA, True)]
    await Repairer(QUICK, pool, clock).repair()
    assert await waiting() == []


async def test_somebody_away_longer_than_estimated_gets_more_time(
    street: Street, pool: Pool, clock: FakeClock
) -> None:
    li = await street.caregiver("Li", (480, 1020))
    await noted(pool, told(li, "on_scene", clock.now(), uuid4()))
    await clock.advance(timedelta(minutes=28))
    async with pool.acquire() as conn, conn.transaction():
        await stale(conn, clock.now())
    until = await pool.fetchval("SELECT until FROM scheduler.pull_out")
    assert until == clock.now() + timedelta(minutes=15)


async def test_a_fact_of_a_home_without_a_place_takes_the_home_s(
    street: Street, pool: Pool, clock: FakeClock
) -> None:
    li = await street.caregiver("Li", (480, 1020))
    await street.resident("Wang")
    home = await pool.fetchval("SELECT home_id FROM dispatch.resident")
    fact = told(li, "accepted", clock.now(), uuid4(), lat=None, lon=None, home_id=str(home))
    await noted(pool, fact)
    assert await pool.fetchval("SELECT lon FROM scheduler.pull_out") == pytest.approx(119.901)


async def test_the_outbox_takes_what_planning_tells(pool: Pool, clock: FakeClock) -> None:
    async with pool.acquire() as conn, conn.transaction():
        await outbox.put(conn, clock.now(), [told(uuid4(), "accepted", clock.now(), uuid4())])
    async with pool.acquire() as conn:
        (read,) = await outbox.read(conn, 0)
    assert facts.parse(read.fact) is not None
