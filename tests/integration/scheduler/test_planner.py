"""The planner process: plans what has no plan, outlives a death, and follows dispatch's facts."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import uuid4

from kernel import outbox
from kernel.db import Pool
from scheduler.planner import run
from scheduler.settings import PlannerSettings

from .conftest import Street, at
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
    await asyncio.wait_for(second, 10)
    alarms = "SELECT count(*) FROM scheduler.plan_stop WHERE assignment_id IS NOT NULL"
    assert await pool.fetchval(alarms) == 1
