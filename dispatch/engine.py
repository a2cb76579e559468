"""The engine: lets deadlines pass. It keeps nothing in memory, so it may die at any moment.

Several may run: each takes the rows nobody else is working on.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Final

import structlog

from dispatch.assignments import store as job_store
from dispatch.incidents import handling, store
from kernel import outbox
from kernel.clock import Clock
from kernel.db import UNAVAILABLE, Pool
from kernel.metrics import OVERDUE_STEPS
from kernel.outbox import Fact

#: A deadline set by somebody else is seen at the latest after so long.
LATEST: Final = timedelta(seconds=0.5)
_BATCH: Final = 200
_log = structlog.get_logger()


async def run(pool: Pool, clock: Clock, stop: asyncio.Event) -> None:
    """Let deadlines pass until `stop`, at most `LATEST` late; survives a lost database."""
    while not stop.is_set():
        pause = LATEST
        try:
            await pass_deadlines(pool, clock.now())
            async with pool.acquire() as conn:
                due = await store.next_due(conn)
            if due is not None:
                pause = max(timedelta(0), min(LATEST, due - clock.now()))
        except UNAVAILABLE as error:
            _log.warning("engine_database_unavailable", error=type(error).__name__)
        await _rest(clock, pause, stop)


async def pass_deadlines(pool: Pool, now: datetime) -> int:
    """Let every deadline up to `now` pass and return how many rows were looked at."""
    seen = 0
    async with pool.acquire() as conn:
        OVERDUE_STEPS.set(await store.overdue(conn, now))
    while done := await _pass_steps(pool, now):
        seen += done
        if done < _BATCH:
            break
    return seen + await _pass_offers(pool, now)


async def _pass_steps(pool: Pool, now: datetime) -> int:
    """Let one batch of incident steps pass in one transaction."""
    told: list[Fact] = []
    async with pool.acquire() as conn, conn.transaction():
        incidents = await store.lock_due(conn, now, _BATCH)
        for incident in incidents:
            told += await handling.expire(conn, incident, now)
        await outbox.put(conn, now, told)
    if incidents:
        _log.info("steps_passed", incidents=len(incidents))
    return len(incidents)


async def _pass_offers(pool: Pool, now: datetime) -> int:
    """Let offers expire that nobody has answered, each in its own transaction."""
    async with pool.acquire() as conn:
        offers = await job_store.due(conn, now, _BATCH)
    for _, incident_id in offers:
        async with pool.acquire() as conn, conn.transaction():
            incident = await store.lock(conn, incident_id)
            await outbox.put(conn, now, await handling.expire(conn, incident, now))
    if offers:
        _log.info("offers_expired", offers=len(offers))
    return len(offers)


async def _rest(clock: Clock, pause: timedelta, stop: asyncio.Event) -> None:
    waits = {
        asyncio.ensure_future(clock.sleep(pause.total_seconds())),
        asyncio.ensure_future(stop.wait()),
    }
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
