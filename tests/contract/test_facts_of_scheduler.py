"""The facts that the scheduler tells are what consoles and phones understand."""

import json
from collections.abc import Sequence
from uuid import UUID, uuid4

from kernel import outbox
from kernel.clock import FakeClock
from kernel.db import Pool
from kernel.outbox import RecordedFact
from scheduler.care import reporting
from scheduler.care.reports import Method, Report, ReportKind
from scheduler.centre.model import Kind
from scheduler.jobs import store as jobs
from scheduler.jobs.model import JobState, Line
from scheduler.jobs.working import progress
from scheduler.meals import reporting as meals
from scheduler.meals.model import OrderState
from scheduler.meals.reports import MealReport
from scheduler.plans.publishing import SolveOptions, plan_day
from scheduler.week import jobs as week_jobs
from scheduler.week.working import progress as week_progress
from tests.integration.scheduler.conftest import AREA, DAY, Street, at
from web.feed.protocol import change_frame
from web.live import views as live
from web.live.concerns import of_caregiver, of_family
from web.wire.live import ChangeFrame

QUICK = SolveOptions(seconds=1, threads=1)
PROMISED = {
    "visit": {"visit_id", "resident_id", "home_id", "caregiver_ids", "state", "at"},
    "meal": {"order_id", "resident_id", "home_id", "state", "at"},
    "plan": {"plan_id", "day", "kind", "version", "cause", "changed", "residents"},
    "planning": {"job_id", "day", "kind", "state", "seconds", "cost", "unplaced"},
    "week": {"job_id", "monday", "state", "stage", "seconds", "cost"},
}


class Day:
    """One visit done and one meal brought, as planned."""

    def __init__(self, street: Street, clock: FakeClock) -> None:
        self.street, self.clock = street, clock
        self.told: Sequence[RecordedFact] = ()

    async def lived(self) -> "Day":
        street, pool = self.street, self.street.pool
        self.resident = await street.resident("Wang")
        self.caregiver = await street.caregiver("Li", (480, 1020))
        self.courier = await street.caregiver("Ma", (600, 840), courier=True)
        item = await street.visit(self.resident, (560, 600))
        await street.kitchen("normal")
        order = await street.order(self.resident)
        for kind in (Kind.VISITS, Kind.MEALS):
            await plan_day(pool, self.clock, AREA, DAY, kind, options=QUICK)
        visit = await street.visit_of(item)
        for kind_of, minute in ((ReportKind.CHECK_IN, 565), (ReportKind.CHECK_OUT, 590)):
            report = Report(
                event_id=uuid4(),
                kind=kind_of,
                by=self.caregiver,
                device_at=at(minute),
                received_at=at(minute),
                method=Method.QR if kind_of is ReportKind.CHECK_IN else None,
            )
            await reporting.report(pool, self.clock, visit, report)
        brought = MealReport(
            event_id=uuid4(),
            state=OrderState.DELIVERED,
            by=self.courier,
            device_at=at(690),
            received_at=at(690),
        )
        await meals.report(pool, self.clock, order, brought)
        async with pool.acquire() as conn, conn.transaction():
            job = await jobs.put(
                conn,
                uuid4(),
                area=AREA,
                day=DAY,
                kind=Kind.VISITS,
                cause="manual",
                seconds=5,
                at=self.clock.now(),
            )
            line = Line(seconds=1.0, cost=12, unplaced=0)
            await outbox.put(conn, self.clock.now(), [progress(job, JobState.RUNNING, line)])
            week = await week_jobs.put(
                conn,
                uuid4(),
                centre=AREA,
                monday=DAY,
                cause="manual",
                seconds=5,
                at=self.clock.now(),
            )
            reached = week_jobs.StageProgress(stage="people", seconds=1.0, cost=3)
            told = week_progress(week, JobState.RUNNING, reached)
            await outbox.put(conn, self.clock.now(), [told])
        async with pool.acquire() as conn:
            self.told = await outbox.read(conn, 0)
        return self

    def of(self, noun: str) -> list[RecordedFact]:
        return [one for one in self.told if one.fact.topic.startswith(f"{noun}.")]


async def test_every_fact_says_what_the_contract_names_and_consoles_show_it(
    pool: Pool, street: Street, clock: FakeClock
) -> None:
    day = await Day(street, clock).lived()
    for noun, promised in PROMISED.items():
        assert day.of(noun), noun
        for one in day.of(noun):
            assert promised <= set(one.fact.payload), one.fact.topic
    assert [one.fact.topic for one in day.of("visit")] == ["visit.started", "visit.done"]
    assert [one.fact.topic for one in day.of("meal")] == ["meal.delivered"]
    async with pool.acquire() as conn:
        changes = await live.changes_of(conn, day.told)
    texts = [change_frame(one, one.seq - 1) for one in changes]
    for text in texts:
        ChangeFrame.model_validate_json(text)
    frames = [json.loads(text) for text in texts]
    shown = {frame["topic"]: frame for frame in frames}
    assert shown["visit.done"]["visit"]["state"] == "done"
    assert shown["plan.published"]["plan"]["version"] == 1
    assert shown["planning.progress"]["job"]["progress"] == [
        {"seconds": 1.0, "cost": 12, "unplaced": 0, "parts": None, "of": None}
    ]
    assert shown["week.progress"]["week"]["progress"] == [
        {"stage": "people", "seconds": 1.0, "cost": 3}
    ]


async def test_phones_and_families_learn_of_what_is_theirs_and_nobody_elses(
    street: Street, clock: FakeClock
) -> None:
    day = await Day(street, clock).lived()

    def told(who: UUID) -> list[str]:
        concerns = of_caregiver(who)
        return [one.fact.topic for one in day.told if concerns(one) == "today"]

    assert told(day.caregiver) == ["plan.published", "visit.started", "visit.done"]
    assert "plan.published" in told(day.courier)
    assert told(uuid4()) == []
    mine, others = of_family({day.resident}, set()), of_family({uuid4()}, set())
    heard = {one.fact.topic for one in day.told if mine(one) == "status"}
    assert heard == {"plan.published", "visit.started", "visit.done", "meal.delivered"}
    assert not [one for one in day.told if others(one)]
