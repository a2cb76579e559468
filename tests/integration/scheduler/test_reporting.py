"""Check-in, check-out, tasks and meals on a real database: told once, kept once."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from kernel.clock import FakeClock
from kernel.db import Pool
from kernel.errors import NotFoundError
from kernel.geo import Position
from kernel.ids import new_id
from scheduler.care import missing, reporting
from scheduler.care.reports import Fix, Method, Report, ReportKind
from scheduler.care.store import TaskReport
from scheduler.centre import store as centres
from scheduler.day import loading
from scheduler.meals import reporting as meal_reporting
from scheduler.meals.model import OrderState
from scheduler.meals.reports import MealReport
from scheduler.reading import caregiver as reading
from scheduler.reading import family, home

from .conftest import AREA, DAY, Street, at


async def send(street: Street, who: UUID, start: int, **about: UUID) -> None:
    """Put a plan in force that sends somebody at `start`."""
    plan = new_id()
    kind = "visits" if "visit_id" in about else "meals"
    await street.pool.execute(
        """
        INSERT INTO scheduler.plan (id, area, day, kind, version, state, cause, cost, summary,
                                    created_at, published_at)
        VALUES ($1, $2, $3, $4, 1, 'published', 'daily', 0, '{}', $5, $5)
        """,
        plan,
        AREA,
        DAY,
        kind,
        at(0),
    )
    await street.pool.execute(
        """
        INSERT INTO scheduler.plan_stop (plan_id, caregiver_id, position, kind, shift, visit_id,
                                         order_id, arrive_at, start_at, end_at, travel_s)
        VALUES ($1, $2, 1, 'task', 0, $3, $4, $5, $5, $6, 300)
        """,
        plan,
        who,
        about.get("visit_id"),
        about.get("order_id"),
        at(start),
        at(start + 30),
    )


async def bath(street: Street) -> tuple[UUID, UUID, UUID]:
    """One resident, one caregiver, one bath at 9:00; returns caregiver, visit and resident."""
    resident = await street.resident("Wang")
    who = await street.caregiver("Li", (480, 1020), skills=("bathing",))
    item = await street.visit(resident, (540, 600), service="bath")
    async with street.pool.acquire() as conn, conn.transaction():
        await loading.make_visits(conn, await centres.find(conn, AREA), DAY)
    visit = await street.visit_of(item)
    await send(street, who, 540, visit_id=visit)
    return who, visit, resident


def report(kind: ReportKind, by: UUID, minutes: int, **more: object) -> Report:
    when = at(minutes)
    return Report(event_id=uuid4(), kind=kind, by=by, device_at=when, received_at=when, **more)  # type: ignore[arg-type]


async def test_a_visit_is_made_once_however_often_the_day_is_looked_at(street: Street) -> None:
    await bath(street)
    async with street.pool.acquire() as conn, conn.transaction():
        await loading.make_visits(conn, await centres.find(conn, AREA), DAY)
    assert await street.pool.fetchval("SELECT count(*) FROM scheduler.visit") == 1


async def test_a_visit_goes_from_planned_to_done_and_the_family_sees_it(
    street: Street, pool: Pool, clock: FakeClock
) -> None:
    who, visit, resident = await bath(street)
    arrived = report(ReportKind.CHECK_IN, who, 545, method=Method.QR)
    await reporting.report(pool, clock, visit, arrived)
    started = await reading.visit(pool, who, visit, at(550))
    assert (started.state, started.checked_in_at) == ("started", at(545))
    assert started.late_s == 300
    await reporting.report(pool, clock, visit, report(ReportKind.CHECK_OUT, who, 580))
    (today,) = await family.residents_today(pool, [resident], at(600))
    assert [(line.state, line.caregiver_name) for line in today.visits] == [("done", "Li")]
    facts = await street.facts("visit.started") + await street.facts("visit.done")
    assert [fact["caregiver_ids"] for fact in facts] == [[str(who)], [str(who)]]


async def test_a_check_in_sent_again_changes_nothing_and_tells_nobody(
    street: Street, pool: Pool, clock: FakeClock
) -> None:
    who, visit, _ = await bath(street)
    arrived = report(ReportKind.CHECK_IN, who, 545, method=Method.GPS)
    for _ in range(3):
        await reporting.report(pool, clock, visit, arrived)
    assert await pool.fetchval("SELECT count(*) FROM scheduler.visit_report") == 1
    assert len(await street.facts("visit.started")) == 1


async def test_a_check_in_from_afar_is_kept_with_a_flag(
    street: Street, pool: Pool, clock: FakeClock
) -> None:
    who, visit, _ = await bath(street)
    away = Fix(at=Position(31.81, 119.9), accuracy_m=10)
    told = report(ReportKind.CHECK_IN, who, 545, method=Method.MANUAL, fix=away, reason="gate")
    await reporting.report(pool, clock, visit, told)
    row = await pool.fetchrow("SELECT far, distance_m, reason FROM scheduler.visit_report")
    assert row is not None
    assert row["far"]
    assert 1000 < row["distance_m"] < 1300
    assert row["reason"] == "gate"


async def test_somebody_who_was_never_sent_there_cannot_report(
    street: Street, pool: Pool, clock: FakeClock
) -> None:
    _, visit, _ = await bath(street)
    stranger = await street.caregiver("Zhao", (480, 1020))
    with pytest.raises(NotFoundError):
        await reporting.report(pool, clock, visit, report(ReportKind.CHECK_IN, stranger, 545))


async def test_a_task_is_ticked_off_and_an_older_report_does_not_undo_it(
    street: Street, pool: Pool
) -> None:
    who, visit, _ = await bath(street)

    def ticked(minutes: int, *, done: bool, task: str = "water") -> TaskReport:
        return TaskReport(
            event_id=uuid4(),
            task=task,
            by=who,
            done=done,
            reason="" if done else "too hot",
            device_at=at(minutes),
            received_at=at(minutes),
        )

    await reporting.report_task(pool, visit, ticked(560, done=True))
    await reporting.report_task(pool, visit, ticked(550, done=False))
    (line,) = (await reading.visit(pool, who, visit, at(560))).tasks
    assert (line.id, line.done, line.reason) == ("water", True, "")
    with pytest.raises(NotFoundError):
        await reporting.report_task(pool, visit, ticked(560, done=True, task="fly"))


async def test_a_meal_is_delivered_once_and_the_family_sees_when(
    street: Street, pool: Pool, clock: FakeClock
) -> None:
    resident = await street.resident("Wang")
    courier = await street.caregiver("Qian", (615, 810), courier=True)
    await street.kitchen("normal")
    order = await street.order(resident)
    await send(street, courier, 680, order_id=order)
    (before,) = await family.residents_today(pool, [resident], at(660))
    assert before.meal is not None
    assert (before.meal.state, before.meal.eta_at) == ("ordered", at(680))
    told = MealReport(
        event_id=uuid4(),
        state=OrderState.DELIVERED,
        by=courier,
        device_at=at(684),
        received_at=at(690),
    )
    for _ in range(2):
        await meal_reporting.report(pool, clock, order, told)
    (after,) = await family.residents_today(pool, [resident], at(700))
    assert after.meal is not None
    assert (after.meal.state, after.meal.at) == ("delivered", at(684))
    assert len(await street.facts("meal.delivered")) == 1
    stop = await reading.meal(pool, courier, order, at(700))
    assert (stop.state, stop.late_s) == ("delivered", 240)
    home_id = await pool.fetchval("SELECT home_id FROM scheduler.meal_order")
    last = await home.last_meal(pool, frozenset({AREA}), home_id)
    assert last is not None
    assert last.at == at(684)
    assert await home.last_meal(pool, frozenset({"elsewhere"}), home_id) is None


async def test_a_promised_visit_nobody_came_to_is_missed_and_told(
    street: Street, pool: Pool
) -> None:
    _, visit, _ = await bath(street)
    assert await missing.mark(pool, at(600) + timedelta(hours=4)) == 0
    assert await missing.mark(pool, at(601) + timedelta(hours=4)) == 1
    assert await missing.mark(pool, at(602) + timedelta(hours=4)) == 0
    (fact,) = await street.facts("visit.missed")
    assert fact["visit_id"] == str(visit)
