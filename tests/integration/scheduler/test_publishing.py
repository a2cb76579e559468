"""A day becomes a plan that verifies; one that does not is kept and never sent out."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from kernel.audit import Process
from kernel.clock import FakeClock
from kernel.db import Pool
from scheduler.centre.model import Kind
from scheduler.model.plan import Plan, Reason, Route, Unplaced
from scheduler.plans.basis import load_basis
from scheduler.plans.issuing import OutdatedError, Published, issue
from scheduler.plans.publishing import SolveOptions, plan_day
from scheduler.reading import caregiver as phone
from scheduler.reading import planner as reading
from scheduler.reading.model import CurrentPlan

from .conftest import AREA, CENTRE, DAY, Street, at

QUICK = SolveOptions(seconds=1, threads=1)


async def planned(street: Street, clock: FakeClock, kind: Kind = Kind.VISITS) -> Published:
    return await plan_day(street.pool, clock, AREA, DAY, kind, options=QUICK)


async def test_visits_get_people_and_times_and_everybody_sees_their_own(
    street: Street, pool: Pool, clock: FakeClock
) -> None:
    wang, zhou = await street.resident("Wang"), await street.resident("Zhou")
    li = await street.caregiver("Li", (480, 1020), skills=("bathing",))
    sun = await street.caregiver("Sun", (480, 720))
    bath = await street.visit(wang, (560, 600), service="bath")
    both = await street.visit(zhou, (630, 660), staff=2)
    published = await planned(street, clock)
    assert (published.state, published.version, published.violations) == ("published", 1, ())
    assert published.figures.placed == 2
    bathing, company = (await phone.today(pool, li, clock.now())).visits
    assert bathing.id == await street.visit_of(bath)
    assert at(560) <= bathing.start_at <= at(600)
    assert (company.id, company.companions) == (await street.visit_of(both), ("Sun",))
    (other,) = (await phone.today(pool, sun, clock.now())).visits
    assert other.start_at == company.start_at
    shown = await reading.current(pool, CENTRE, Kind.VISITS, clock.now())
    assert shown.plan is not None
    assert {row.name: len(row.stops) for row in shown.caregivers} == {"Li": 2, "Sun": 1}
    (fact,) = await street.facts("plan.published")
    assert {entry["caregiver_id"] for entry in fact["changed"]} == {str(li), str(sun)}  # type: ignore[attr-defined]
    elsewhere = replace(CENTRE, area="elsewhere")
    assert await reading.current(pool, elsewhere, Kind.VISITS, clock.now()) == (
        CurrentPlan(plan=None)
    )


async def test_what_cannot_be_placed_says_why_in_both_languages(
    street: Street, pool: Pool, clock: FakeClock
) -> None:
    wang = await street.resident("Wang")
    await street.caregiver("Sun", (480, 1020))
    item = await street.visit(wang, (560, 600), service="bath")
    published = await planned(street, clock)
    assert published.state == "published"
    assert published.figures.unplaced == {Reason.NO_SKILL: 1}
    (left,) = (await reading.current(pool, CENTRE, Kind.VISITS, clock.now())).unplaced
    assert left.visit_id == await street.visit_of(item)
    assert left.resident.name == "Wang"
    assert left.reason.code == "no_skill"
    assert "bathing" in left.reason.en
    assert "bathing" in left.reason.zh


async def test_meals_come_from_a_kitchen_that_makes_the_diet(
    street: Street, pool: Pool, clock: FakeClock
) -> None:
    courier = await street.caregiver("Qian", (615, 810), courier=True)
    plain, soft = await street.kitchen("normal"), await street.kitchen("normal", "soft")
    for name in ("Wang", "Zhou", "Wu"):
        await street.order(await street.resident(name))
    special = await street.order(await street.resident("Zheng"), "soft")
    published = await planned(street, clock, Kind.MEALS)
    assert (published.state, published.figures.placed) == ("published", 4)
    stops = (await phone.today(pool, courier, clock.now())).meals
    from_where = {stop.order_id: stop.meal_point.id for stop in stops if stop.meal_point}
    assert from_where[special] == soft
    assert set(from_where.values()) <= {plain, soft}
    assert all(at(660) <= stop.eta_at <= at(735) for stop in stops)


async def test_a_meal_run_planned_again_on_the_way_keeps_what_is_on_board(
    street: Street, pool: Pool, clock: FakeClock
) -> None:
    courier = await street.caregiver("Qian", (615, 810), courier=True)
    kitchen = await street.kitchen("normal")
    orders = {await street.order(await street.resident(name)) for name in ("Wang", "Zhou", "Wu")}
    await planned(street, clock, Kind.MEALS)
    first, *_ = (await phone.today(pool, courier, clock.now())).meals
    await clock.advance(first.eta_at - clock.now() + timedelta(seconds=30))
    await street.caregiver("Sun", (615, 810), courier=True)
    again = await plan_day(pool, clock, AREA, DAY, Kind.MEALS, cause="manual", options=QUICK)
    assert (again.state, again.version, again.violations) == ("published", 2, ())
    stops = (await phone.today(pool, courier, clock.now())).meals
    assert {stop.order_id for stop in stops} == orders
    assert {stop.meal_point.id for stop in stops if stop.meal_point} == {kitchen}
    assert all(stop.meal_point for stop in stops)


async def test_a_plan_that_breaks_a_rule_is_kept_as_refused_and_not_sent_out(
    street: Street, pool: Pool, clock: FakeClock
) -> None:
    await street.caregiver("Li", (480, 1020))
    await street.visit(await street.resident("Wang"), (560, 600))
    first = await planned(street, clock)
    basis = await load_basis(pool, AREA, DAY, Kind.VISITS, clock.now())
    nobody = Plan(routes=tuple(Route(caregiver=p.id) for p in basis.problem.caregivers))
    refused = await issue(pool, clock, basis.draft(nobody, "manual"), by=Process.COMMAND_LINE)
    assert (refused.state, refused.version) == ("refused", 2)
    assert [violation.rule for violation in refused.violations] == ["covered"]
    shown = await reading.current(pool, CENTRE, Kind.VISITS, clock.now())
    assert shown.plan is not None
    assert shown.plan.id == first.plan_id
    states = [line.state for line in await reading.versions(pool, CENTRE, Kind.VISITS, clock.now())]
    assert states == ["refused", "published"]
    written = await pool.fetch("SELECT process, action, subject FROM kernel.audit ORDER BY id")
    assert [tuple(row) for row in written] == [
        ("planner", "plan_published", f"plan:{first.plan_id}"),
        ("command line", "plan_refused", f"plan:{refused.plan_id}"),
    ]
    assert len(await street.facts("plan.published")) == 1


async def test_whoever_did_not_start_from_the_plan_in_force_does_not_publish(
    street: Street, pool: Pool, clock: FakeClock
) -> None:
    await street.caregiver("Li", (480, 1020))
    await street.visit(await street.resident("Wang"), (560, 600))
    await planned(street, clock)
    basis = await load_basis(pool, AREA, DAY, Kind.VISITS, clock.now())
    stale = replace(basis, parent=UUID(int=1))
    left_out = Plan(
        routes=(),
        unplaced=(Unplaced(task=basis.problem.tasks[0].id, reason=Reason.DAY_IS_FULL),),
    )
    with pytest.raises(OutdatedError):
        await issue(pool, clock, stale.draft(left_out, "manual"), by=Process.PLANNER)


async def test_whoever_came_before_comes_again(street: Street, clock: FakeClock) -> None:
    wang = await street.resident("Wang")
    people = [await street.caregiver(name, (480, 1020)) for name in ("Li", "Sun", "Qian")]
    await street.visit(wang, (560, 600))
    await street.pool.execute(
        """
        INSERT INTO scheduler.visit (id, day, resident_id, home_id, area, service, window_from,
            window_to, minutes, staff, state, caregivers, started_at, done_at)
        SELECT gen_random_uuid(), $1::date - n, r.id, r.home_id, $2, 'company', $3, $3, 30, 1,
               'done', ARRAY[$4::uuid], $3, $3
        FROM dispatch.resident r, generate_series(1, 3) AS n
        """,
        DAY,
        AREA,
        at(560),
        people[1],
    )
    published = await planned(street, clock)
    assert published.figures.continuity == 100
    today = await phone.today(street.pool, people[1], clock.now())
    assert len(today.visits) == 1
