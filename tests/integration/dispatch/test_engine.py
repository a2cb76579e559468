"""The engine's own housekeeping; deadlines are tried in the stories."""

import asyncio
from datetime import timedelta

from dispatch import engine
from kernel import outbox
from kernel.clock import SystemClock
from kernel.db import Pool
from kernel.outbox import Fact


async def test_the_engine_forgets_what_has_long_been_told(pool: Pool) -> None:
    clock, stop = SystemClock(), asyncio.Event()
    fact = Fact(topic="incident.opened", area="town", subject="1")
    async with pool.acquire() as conn:
        for at in (clock.now() - engine.KEEP - timedelta(days=1), clock.now()):
            async with conn.transaction():
                await outbox.put(conn, at, [fact])
        await outbox.cursor(conn, "planner", start=2)
    running = asyncio.create_task(engine.run(pool, clock, stop))
    try:
        async with asyncio.timeout(60), pool.acquire() as conn:
            while await outbox.oldest(conn) != 2:
                await clock.sleep(0.01)
    finally:
        stop.set()
        await running
