"""The planner process: plans what has no plan, outlives a death, and follows dispatch's facts."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from kernel import outbox
from kernel.clock import FakeClock
from kernel.db import Pool
from scheduler.centre.model import Kind
from scheduler.planner import run
from scheduler.plans.publishing import SolveOptions, plan_day
from scheduler.pull_outs import facts
from scheduler.pull_outs.noting import note
from scheduler.repairing.watching import Repairer
from scheduler.settings import PlannerSettings
from scheduler.solve.resident import Hold, Message, Question, ResidentSolver

from .conftest import AREA, DAY, Street, at
from .test_pull_outs import told

QUICK = PlannerSettings(plan_seconds=1, plan_threads=1, repair_seconds=1)
PATIENCE_S = 240  # a machine that compiles the solver first


class RunningClock:
    """Real time that begins where a test wants it to."""

    def __init__(self, start: datetime) -> None:
        self._start, self._began = start, time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic() - self._began)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)  # noqa: TID251 - a clock


async def eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await holds():  # noqa: ASYNC110 - another process, in effect
            await asyncio.sleep(0.1)  # noqa: TID251 - waits for a process


async def test_the_planner_plans_today_outlives_a_death_and_repairs_after_an_alarm(
    street: Street, pool: Pool, database_url: str
) -> None:
    li = await street.caregiver("Li", (480, 1020))
    await street.visit(await street.resident("Wang"), (600, 660))

    async def running() -> bool:
        count = await pool.fetchval("SELECT count(*) FROM scheduler.job WHERE state = 'running'")
        return bool(count)

    async def planned() -> bool:
        sql = "SELECT count(*) FROM scheduler.plan WHERE state = 'published'"
        return bool(await pool.fetchval(sql) == 2)

    async def repaired() -> bool:
        sql = "SELECT count(*) FROM scheduler.plan WHERE cause = 'pull_out'"
        return bool(await pool.fetchval(sql))

    first = asyncio.create_task(
        run(QUICK, pool, database_url, RunningClock(at(540)), asyncio.Event())
    )
    await eventually(running)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert not await planned()

    stop, clock = asyncio.Event(), RunningClock(at(541))
    second = asyncio.create_task(run(QUICK, pool, database_url, clock, stop))
    await eventually(planned)
    assert await pool.fetchval("SELECT max(attempts) FROM scheduler.job") == 2
    assert await pool.fetchval("SELECT count(*) FROM scheduler.job WHERE state = 'done'") >= 1

    async with pool.acquire() as conn, conn.transaction():
        await outbox.put(conn, clock.now(), [told(li, "accepted", clock.now(), uuid4())])
    await eventually(repaired)
    stop.set()
    await asyncio.wait_for(second, 60)
    alarms = "SELECT count(*) FROM scheduler.plan_stop WHERE assignment_id IS NOT NULL"
    assert await pool.fetchval(alarms) == 1


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[type[Message]]:
    """What the process that holds the day is sent."""
    found: list[type[Message]] = []

    class Watched(ResidentSolver):
        async def _send(self, message: Message) -> None:
            await super()._send(message)
            found.append(type(message))

    monkeypatch.setattr("scheduler.repairing.watching.ResidentSolver", Watched)
    return found


async def test_the_first_alarm_of_the_day_finds_the_day_at_hand(
    street: Street, pool: Pool, database_url: str, sent: list[type[Message]]
) -> None:
    li = await street.caregiver("Li", (480, 1020))
    await street.visit(await street.resident("Wang"), (600, 660))

    async def held() -> bool:
        return Hold in sent

    async def repaired() -> bool:
        return bool(await pool.fetchval("SELECT 1 FROM scheduler.plan WHERE cause = 'pull_out'"))

    stop, clock = asyncio.Event(), RunningClock(at(541))
    planner = asyncio.create_task(run(QUICK, pool, database_url, clock, stop))
    await eventually(held)
    async with pool.acquire() as conn, conn.transaction():
        await outbox.put(conn, clock.now(), [told(li, "accepted", clock.now(), uuid4())])
    await eventually(repaired)
    stop.set()
    await asyncio.wait_for(planner, 60)
    assert sent == [Hold, Question]


async def test_a_plan_is_held_once_and_a_repair_s_plan_need_not_be_sent(
    street: Street, pool: Pool, sent: list[type[Message]]
) -> None:
    li = await street.caregiver("Li", (480, 1020))
    await street.visit(await street.resident("Wang"), (600, 660))
    clock = FakeClock(at(540))
    repairer = Repairer(QUICK, pool, clock)
    try:
        await repairer.hold()
        assert sent == []
        await plan_day(
            pool, clock, AREA, DAY, Kind.VISITS, options=SolveOptions(seconds=1, threads=1)
        )
        for _ in range(2):
            await repairer.hold()
        assert sent == [Hold]
        assignment = facts.parse(told(li, "accepted", clock.now(), uuid4()))
        assert assignment is not None
        async with pool.acquire() as conn:
            await note(conn, assignment)
        await repairer.repair()
        await repairer.hold()
        assert await pool.fetchval("SELECT count(*) FROM scheduler.plan") == 2
        assert Hold not in sent[1:]
        await plan_day(
            pool, clock, AREA, DAY, Kind.VISITS, options=SolveOptions(seconds=1, threads=1)
        )
        await repairer.hold()
        assert sent[-1] == Hold
    finally:
        await repairer.close()
