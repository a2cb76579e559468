"""The engine: lets deadlines pass, and forgets what has long been told.

It keeps nothing in memory, so it may die at any moment.

Several may run: each takes the rows nobody else is working on.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from dispatch.ids import IncidentId
from dispatch.incidents import handling, store
from kernel import outbox
from kernel.clock import Clock, pause
from kernel.db import UNAVAILABLE, Pool
from kernel.metrics import OVERDUE_STEPS
from kernel.outbox import Fact

#: A deadline set by somebody else is seen at the latest after so long.
LATEST: Final = timedelta(seconds=0.5)
#: A fact told to everybody is kept for so long; what it was about is in its own tables.
KEEP: Final = timedelta(days=30)
PRUNE_EVERY: Final = timedelta(hours=1)
_SOONEST: Final = timedelta(seconds=0.02)
_BATCH: Final = 50
_log = structlog.get_logger()


async def run(pool: Pool, clock: Clock, stop: asyncio.Event) -> None:
    """Let deadlines pass until `stop`, at most `LATEST` late; survives a lost database."""
    prune_at = clock.now()
    while not stop.is_set():
        rest = LATEST
        try:
            if await pass_deadlines(pool, clock.now()):
                async with pool.acquire() as conn:
                    due = await store.next_due(conn)
                if due is not None:
                    rest = max(_SOONEST, min(LATEST, due - clock.now()))
            if (
                clock.now() >= prune_at
            ):  # behind the deadlines: nothing that fails here holds them up
                prune_at = clock.now() + PRUNE_EVERY
                async with pool.acquire() as conn:
                    await outbox.prune(conn, clock.now() - KEEP)
        except UNAVAILABLE as error:
            _log.warning("engine_database_unavailable", error=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - the worker's outermost loop
            _log.error("engine_failed", error=type(error).__name__)
        await pause(clock, rest.total_seconds(), stop)


async def pass_deadlines(pool: Pool, now: datetime) -> bool:
    """Let every deadline up to `now` pass; False when one of them could not be worked on."""
    async with pool.acquire() as conn:
        OVERDUE_STEPS.set(await store.overdue(conn, now))
        due = await store.due(conn, now)
    failed = 0
    for start in range(0, len(due), _BATCH):
        some = due[start : start + _BATCH]
        if not await _pass(pool, some, now):
            # A bug that one incident brings to light must not keep the others from ringing.
            failed += [await _pass(pool, [one], now) for one in some].count(False)
    if due:
        _log.info("deadlines_passed", incidents=len(due), failed=failed)
    return not failed


async def _pass(pool: Pool, incidents: Sequence[IncidentId], now: datetime) -> bool:
    """Let the deadlines of some incidents pass in one transaction; False when it failed."""
    told: list[Fact] = []
    try:
        async with pool.acquire() as conn, conn.transaction():
            for incident in await store.lock_free(conn, incidents):
                told += await handling.expire(conn, incident, now)
            await outbox.put(conn, now, told)
    except UNAVAILABLE:
        raise
    except Exception as error:  # noqa: BLE001 - the poison rule: logged, then one by one
        _log.error("deadlines_failed", incidents=len(incidents), error=type(error).__name__)
        return False
    return True
