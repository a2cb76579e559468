"""A resident's meal and visit are one stop, and the meal run's again when the visit is not made."""

from uuid import UUID

import pytest

from kernel.audit import Process
from kernel.clock import FakeClock
from kernel.ids import new_id
from scheduler.centre.model import Kind
from scheduler.meals import reporting
from scheduler.meals.model import OrderState
from scheduler.meals.reports import MealReport
from scheduler.model.plan import StopKind
from scheduler.model.problem import Problem
from scheduler.plans.basis import load_basis
from scheduler.plans.issuing import OutdatedError, issue
from scheduler.plans.publishing import SolveOptions, plan_day
from scheduler.reading import caregiver as phone
from scheduler.solve.engine import solve

from .conftest import AREA, DAY, Street

QUICK = SolveOptions(seconds=1, threads=1)


class Noon:
    """Zhao has a visit at noon by Sun, who has boxes, and a lunch that may come with it."""

    def __init__(self, street: Street, clock: FakeClock) -> None:
        self.street, self.clock = street, clock

    async def begin(self) -> None:
        zhao, qian = [await self.street.resident(name) for name in ("Zhao", "Qian")]
        self.item = await self.street.visit(zhao, (660, 750))
        self.sun = await self.street.caregiver("Sun", (600, 960))
        await self.street.pool.execute(
            "INSERT INTO scheduler.courier (caregiver_id, hot_boxes) VALUES ($1, 2)", self.sun
        )
        await self.street.caregiver("Wu", (600, 780), courier=True)
        await self.street.kitchen("normal")
        self.lunch, self.other = [await self.street.order(who) for who in (zhao, qian)]
        await self.street.pool.execute(
            "UPDATE scheduler.meal_order SET with_visit = true WHERE id = $1", self.lunch
        )

    async def plan(self, kind: Kind = Kind.VISITS) -> UUID:
        published = await plan_day(
            self.street.pool, self.clock, AREA, DAY, kind, cause="manual", options=QUICK
        )
        assert published.state == "published"
        return published.plan_id

    async def problem(self, kind: Kind) -> Problem:
        basis = await load_basis(self.street.pool, AREA, DAY, kind, self.clock.now())
        return basis.problem

    async def meals(self) -> set[str]:
        return {task.id for task in (await self.problem(Kind.MEALS)).tasks}


@pytest.fixture
async def noon(street: Street, clock: FakeClock) -> Noon:
    made = Noon(street, clock)
    await made.begin()
    return made


async def test_whoever_visits_brings_the_meal_and_the_run_does_not(noon: Noon) -> None:
    plan = await noon.plan()
    kinds = await noon.street.pool.fetch(
        "SELECT kind FROM scheduler.plan_stop WHERE plan_id = $1 AND caregiver_id = $2 "
        "ORDER BY position",
        plan,
        noon.sun,
    )
    shown = [row["kind"] for row in kinds]
    assert shown.index(StopKind.LOAD) < shown.index(StopKind.TASK)
    assert await noon.meals() == {f"meal:{noon.other}"}
    today = await phone.today(noon.street.pool, noon.sun, noon.clock.now())
    assert [meal.order_id for meal in today.meals] == [noon.lunch]
    told = MealReport(
        event_id=new_id(),
        state=OrderState.DELIVERED,
        by=noon.sun,
        device_at=noon.clock.now(),
        received_at=noon.clock.now(),
    )
    await reporting.report(noon.street.pool, noon.clock, noon.lunch, told)
    assert (
        await noon.street.pool.fetchval(
            "SELECT state FROM scheduler.meal_order WHERE id = $1", noon.lunch
        )
        == "delivered"
    )


@pytest.mark.parametrize("late", list(Kind))
async def test_of_two_plans_made_at_once_only_one_brings_the_meal(noon: Noon, late: Kind) -> None:
    pool, clock = noon.street.pool, noon.clock
    basis = await load_basis(pool, AREA, DAY, late, clock.now(), derive=True)
    draft = basis.draft(solve(basis.problem, seconds=0.3, threads=1, seed=1), "daily")
    (first,) = set(Kind) - {late}
    await noon.plan(first)
    with pytest.raises(OutdatedError):
        await issue(pool, clock, draft, by=Process.PLANNER)
    await noon.plan(late)
    brought = await pool.fetch(
        "SELECT h.order_id FROM scheduler.hand_over h JOIN scheduler.plan p ON p.id = h.plan_id "
        "WHERE p.state = 'published'"
    )
    assert sorted(row["order_id"] for row in brought) == sorted((noon.lunch, noon.other))


async def test_a_meal_that_is_not_marked_is_the_run_s(noon: Noon) -> None:
    await noon.street.pool.execute("UPDATE scheduler.meal_order SET with_visit = false")
    await noon.plan()
    assert await noon.meals() == {f"meal:{noon.lunch}", f"meal:{noon.other}"}


async def test_without_boxes_to_carry_it_the_visit_is_made_and_the_run_brings_the_meal(
    noon: Noon,
) -> None:
    await noon.street.pool.execute(
        "DELETE FROM scheduler.courier WHERE caregiver_id = $1", noon.sun
    )
    plan = await noon.plan()
    assert (
        await noon.street.pool.fetchval(
            "SELECT count(*) FROM scheduler.plan_stop WHERE plan_id = $1 AND kind = 'task'", plan
        )
        == 1
    )
    assert f"meal:{noon.lunch}" in await noon.meals()


async def test_a_cancelled_visit_s_meal_is_the_run_s_again_and_its_plan_is_asked_for(
    noon: Noon,
) -> None:
    await noon.plan()
    await noon.plan(Kind.MEALS)
    await noon.street.pool.execute("UPDATE scheduler.visit SET state = 'cancelled'")
    assert f"meal:{noon.lunch}" in await noon.meals()
    await noon.plan()
    jobs = await noon.street.pool.fetch("SELECT kind, cause FROM scheduler.job")
    assert [(job["kind"], job["cause"]) for job in jobs] == [("meals", "cancelled")]
    await noon.plan(Kind.MEALS)
    assert (
        await noon.street.pool.fetchval(
            "SELECT count(*) FROM scheduler.plan_stop s JOIN scheduler.plan p ON p.id = s.plan_id "
            "WHERE p.state = 'published' AND s.order_id = $1",
            noon.lunch,
        )
        == 1
    )


async def test_a_meal_the_run_has_already_is_not_brought_a_second_time(noon: Noon) -> None:
    await noon.plan(Kind.MEALS)
    await noon.plan()
    assert await noon.street.pool.fetchval("SELECT count(*) FROM scheduler.plan_box") == 0
