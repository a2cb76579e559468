"""A road is closed: plans that pass there are repaired, and verify against the longer way."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from kernel.audit import Process
from kernel.clock import FakeClock
from kernel.db import Pool
from kernel.errors import InvalidError, NotFoundError
from kernel.geo import Position
from scheduler.centre.model import Kind
from scheduler.model.problem import Mode
from scheduler.model.rules import Rule
from scheduler.model.verify import violations
from scheduler.planner import run
from scheduler.plans.basis import load_basis
from scheduler.plans.publishing import SolveOptions, plan_day
from scheduler.pull_outs.noting import stale
from scheduler.repairing.watching import Repairer
from scheduler.settings import PlannerSettings
from scheduler.travel import closing
from scheduler.travel.builtin import Builtin
from scheduler.travel.measuring import Travel
from scheduler.travel.model import Circle
from scheduler.travel.settings import SlotSetting, TravelSettings, travel

from .conftest import AREA, CENTRE, DAY, Street, at
from .test_planner import RunningClock, eventually

QUICK = PlannerSettings(repair_seconds=1, plan_threads=1)
MINE = frozenset({AREA})
BRIDGE = Circle(at=Position(31.8, 119.9035), radius_m=120)
"""Between the third home of the street and the fourth."""


@pytest.fixture
async def planned(street: Street, clock: FakeClock) -> Street:
    """One caregiver, five homes in a row, a plan in force."""
    for number in range(5):
        name = f"Wang {number}"
        await street.visit(await street.resident(name), (630, 660 + number * 60))
    await street.caregiver("Li", (480, 1020))
    done = await plan_day(
        street.pool, clock, AREA, DAY, Kind.VISITS, options=SolveOptions(seconds=1, threads=1)
    )
    assert done.state == "published"
    return street


async def close(street: Street, clock: FakeClock, event: UUID | None = None) -> UUID:
    report = await closing.close(
        street.pool,
        CENTRE,
        event_id=event or uuid4(),
        circle=BRIDGE,
        starts_at=at(540),
        ends_at=at(900),
        now=clock.now(),
        by=Process.COMMAND_LINE,
    )
    return report.closure.id


async def plans(street: Street) -> list[tuple[int, str, str]]:
    rows = await street.pool.fetch(
        "SELECT version, cause, state FROM scheduler.plan ORDER BY version"
    )
    return [tuple(row) for row in rows]


async def test_a_plan_through_a_closed_road_is_refused_by_the_verifier(
    planned: Street, clock: FakeClock
) -> None:
    before = await load_basis(planned.pool, AREA, DAY, Kind.VISITS, clock.now())
    await close(planned, clock)
    after = await load_basis(planned.pool, AREA, DAY, Kind.VISITS, clock.now())
    assert before.previous is not None
    assert after.previous is not None
    assert violations(before.problem, before.previous) == ()
    (mode,) = after.problem.travel
    slower = after.problem.travel[mode] - before.problem.travel[mode]
    assert (slower >= 0).all()
    assert slower.max() > 0
    assert {each.rule for each in violations(after.problem, after.previous)} == {Rule.TRAVEL}


async def test_a_closed_road_makes_the_plan_stale_once_and_the_repairer_makes_it_good(
    planned: Street, clock: FakeClock
) -> None:
    closure = await close(planned, clock)
    async with planned.pool.acquire() as conn, conn.transaction():
        (found,) = await stale(conn, clock.now())
    assert (found.area, found.day, found.kind, found.cause) == (
        AREA,
        DAY,
        Kind.VISITS,
        "road_closed",
    )
    repairer = Repairer(QUICK, planned.pool, clock)
    try:
        await repairer.repair()
        await repairer.repair()
    finally:
        await repairer.close()
    assert await plans(planned) == [
        (1, "daily", "superseded"),
        (2, "road_closed", "published"),
    ]
    summary = await planned.pool.fetchval("SELECT summary FROM scheduler.plan WHERE version = 2")
    assert summary["travel"]["closures"] == [str(closure)]
    assert summary["placed"] == 5
    after = await load_basis(planned.pool, AREA, DAY, Kind.VISITS, clock.now())
    assert after.previous is not None
    assert violations(after.problem, after.previous) == ()


async def test_a_road_open_again_or_closed_another_day_or_where_nobody_is_left_repairs_nothing(
    planned: Street, clock: FakeClock
) -> None:
    closure = await close(planned, clock)
    await closing.lift(planned.pool, MINE, closure, clock.now(), by=Process.COMMAND_LINE)
    tomorrow = timedelta(days=1)
    await closing.close(
        planned.pool,
        CENTRE,
        event_id=uuid4(),
        circle=BRIDGE,
        starts_at=at(540) + tomorrow,
        ends_at=at(900) + tomorrow,
        now=clock.now(),
        by=Process.COMMAND_LINE,
    )
    await closing.close(
        planned.pool,
        CENTRE,
        event_id=uuid4(),
        circle=BRIDGE,
        starts_at=at(960),
        ends_at=at(1_000),
        now=clock.now(),
        by=Process.COMMAND_LINE,
    )
    async with planned.pool.acquire() as conn, conn.transaction():
        assert await stale(conn, clock.now()) == []
    basis = await load_basis(planned.pool, AREA, DAY, Kind.VISITS, clock.now())
    assert closure not in basis.travel.closures


async def test_a_closure_that_is_over_slows_nobody_down(planned: Street, clock: FakeClock) -> None:
    await close(planned, clock)
    during = await load_basis(planned.pool, AREA, DAY, Kind.VISITS, clock.now())
    over = await load_basis(planned.pool, AREA, DAY, Kind.VISITS, at(901))
    (mode,) = during.problem.travel
    assert during.problem.travel[mode].sum() > over.problem.travel[mode].sum()
    assert over.travel.closures == ()


async def test_closing_and_opening_twice_is_once_and_only_for_ones_own_centre(
    planned: Street, clock: FakeClock
) -> None:
    event = uuid4()
    first, again = [await close(planned, clock, event) for _ in range(2)]
    assert first == again
    assert len(await planned.facts("road.closed")) == 1
    with pytest.raises(NotFoundError):
        await closing.lift(
            planned.pool, frozenset({"elsewhere"}), first, clock.now(), by=Process.COMMAND_LINE
        )
    lifted = [
        await closing.lift(planned.pool, MINE, first, clock.now(), by=Process.COMMAND_LINE)
        for _ in range(2)
    ]
    assert lifted[0].lifted_at == lifted[1].lifted_at == clock.now()
    written = await planned.pool.fetch(
        "SELECT action, area FROM kernel.audit WHERE subject = $1 ORDER BY id", f"closure:{first}"
    )
    assert [tuple(row) for row in written] == [("road_closed", AREA), ("road_opened", AREA)]
    assert await closing.closed(planned.pool, CENTRE, clock.now(), at(1_440)) == []


@pytest.mark.parametrize(
    ("start", "end"), [(600, 600), (600, 500), (300, 500), (600, 600 + 40 * 1_440)]
)
async def test_a_closure_of_no_time_of_the_past_or_for_ever_is_refused(
    planned: Street, clock: FakeClock, start: int, end: int
) -> None:
    with pytest.raises(InvalidError):
        await closing.close(
            planned.pool,
            CENTRE,
            event_id=uuid4(),
            circle=BRIDGE,
            starts_at=at(0) + timedelta(minutes=start),
            ends_at=at(0) + timedelta(minutes=end),
            now=clock.now(),
            by=Process.COMMAND_LINE,
        )


async def test_with_slots_set_the_shifts_of_a_day_travel_by_their_own_times(
    street: Street, clock: FakeClock
) -> None:
    await street.visit(await street.resident("Zhao"), (435, 500))
    await street.caregiver("Li", (420, 540), (600, 900))
    peak = SlotSetting(name="morning", start=420, end=540, factors={"ebike": 2.0})
    mine = travel(TravelSettings(travel_slots=(peak,)))
    done = await plan_day(
        street.pool,
        clock,
        AREA,
        DAY,
        Kind.VISITS,
        options=SolveOptions(seconds=1, threads=1, travel=mine),
    )
    assert done.state == "published"
    basis = await load_basis(street.pool, AREA, DAY, Kind.VISITS, at(400), travel=mine)
    assert set(basis.problem.travel) == {Mode("ebike@morning"), Mode("ebike")}
    (li,) = basis.problem.caregivers
    assert [li.mode_in(shift) for shift in li.shifts] == ["ebike@morning", "ebike"]
    assert basis.previous is not None
    assert violations(basis.problem, basis.previous) == ()
    slower = Travel(builtin=Builtin(slots=mine.builtin.slots, detour=3))
    other = await load_basis(street.pool, AREA, DAY, Kind.VISITS, at(400), travel=slower)
    assert other.previous is not None
    assert Rule.TRAVEL in {each.rule for each in violations(other.problem, other.previous)}


async def test_the_planner_process_is_told_and_repairs_at_once(
    street: Street, pool: Pool, database_url: str
) -> None:
    await street.visit(await street.resident("Wang"), (600, 660))
    await street.caregiver("Li", (480, 1020))
    stop, clock = asyncio.Event(), RunningClock(at(540))
    running = asyncio.create_task(run(QUICK, pool, database_url, clock, stop))

    async def published(cause: str) -> bool:
        sql = "SELECT EXISTS (SELECT FROM scheduler.plan WHERE kind = 'visits' AND cause = $1)"
        return bool(await pool.fetchval(sql, cause))

    await eventually(lambda: published("daily"))
    await closing.close(
        pool,
        CENTRE,
        event_id=uuid4(),
        circle=BRIDGE,
        starts_at=clock.now(),
        ends_at=at(900),
        now=clock.now(),
        by=Process.COMMAND_LINE,
    )
    await eventually(lambda: published("road_closed"))
    stop.set()
    await asyncio.wait_for(running, 60)
