"""Supervision deadlines: who has gone silent. Runs in the engine process, keeps nothing in memory.

Deadlines are columns. `devices.hearing` says since when we have been hearing, so that a silence of
ours, of the broker or of the whole machine is never taken for the terminals'.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from prometheus_client import Gauge

from devices.events import Signal, SignalKind
from devices.handler import SignalHandler
from devices.supervision import DEFAULT_POLICY, Policy, judge
from devices.sweep import store
from kernel import outbox
from kernel.clock import Clock, pause
from kernel.db import UNAVAILABLE, Connection, Pool
from kernel.ids import new_id

_log = structlog.get_logger()
EVERY_S: Final = 2.0
BATCH: Final = 500
#: When the beats process has not said for so long that it hears, nobody is called silent.
DEAF_AFTER_S: Final = 15.0
PRUNE_EVERY: Final = timedelta(hours=1)
KEEP: Final = timedelta(days=90)

DEAF: Final = Gauge(
    "carebell_supervision_deaf", "1 while beats is not hearing and supervision is suspended"
)
TERMINALS: Final = Gauge("carebell_terminals", "Installed terminals by condition", ["condition"])


async def run(
    pool: Pool,
    clock: Clock,
    handler: SignalHandler,
    stop: asyncio.Event,
    *,
    policy: Policy = DEFAULT_POLICY,
) -> None:
    """Sweep until `stop` is set."""
    prune_at = clock.now()
    while not stop.is_set():
        try:
            while await sweep(pool, clock, handler, policy=policy):
                pass
            if clock.now() >= prune_at:
                await prune(pool, clock.now())
                prune_at = clock.now() + PRUNE_EVERY
        except UNAVAILABLE as error:
            _log.warning("database_away", error=type(error).__name__)
        except Exception:  # noqa: BLE001 - the worker's outermost loop: deadlines are still there
            _log.exception("sweep_failed")
        await pause(clock, EVERY_S, stop)


async def sweep(
    pool: Pool, clock: Clock, handler: SignalHandler, *, policy: Policy = DEFAULT_POLICY
) -> bool:
    """Handle one batch of passed deadlines in one transaction; True when there may be more."""
    now = clock.now()
    async with pool.acquire() as conn, conn.transaction():
        hearing_since = await store.hearing_since(conn, now - timedelta(seconds=DEAF_AFTER_S))
        DEAF.set(hearing_since is None)
        if hearing_since is None:
            return False
        overdue = await store.overdue(conn, now, hearing_since, BATCH)
        outages = await store.outages(conn)
        if not overdue and not outages:
            return False
        areas = await store.census(
            conn,
            sorted({item.area for item in overdue} | outages),
            now,
            hearing_since,
            now - timedelta(seconds=policy.window_s),
        )
        verdict = judge(overdue, areas, outages, now, policy)
        signals: list[Signal] = []
        for area in verdict.began:
            census = areas[area]
            await store.begin_outage(conn, area, now, census)
            signals.append(
                _of_area(
                    SignalKind.AREA_SILENT,
                    area,
                    now,
                    {"silent": census.silent, "total": census.total},
                )
            )
        for area in verdict.ended:
            since = await store.end_outage(conn, area)
            data = {"since": since.isoformat() if since else None}
            signals.append(_of_area(SignalKind.AREA_BACK, area, now, data))
        await store.hush(conn, verdict.hush)
        told = await store.tell(conn, verdict.tell)
        told += await store.tell_left_over(conn, verdict.ended)
        signals += [_went_silent(item, now) for item in told]
        if signals:
            _log.info("silences_told", count=len(told), areas=len(verdict.began))
            await outbox.put(conn, now, await handler(conn, signals))
    return len(overdue) == BATCH and bool(verdict.tell or verdict.hush)


def _of_area(
    kind: SignalKind, area: str, at: datetime, data: dict[str, int] | dict[str, str | None]
) -> Signal:
    return Signal(
        terminal=None,
        area=area,
        home_id=None,
        id=str(new_id()),
        kind=kind,
        received_at=at,
        data={"supervision": True, **data},
    )


def _went_silent(item: store.Silent, at: datetime) -> Signal:
    seen = item.last_seen_at
    return Signal(
        terminal=item.terminal,
        area=item.area,
        home_id=item.home_id,
        id=str(new_id()),
        kind=SignalKind.WENT_SILENT,
        received_at=at,
        battery=item.battery,
        data={"supervision": True, "last_seen_at": seen.isoformat() if seen else None},
    )


async def prune(pool: Pool, now: datetime) -> None:
    """Forget what is older than `KEEP`: an id may then be used again."""
    async with pool.acquire() as conn:
        await store.prune(conn, now - KEEP)
        await publish_counts(conn)


async def publish_counts(conn: Connection) -> None:
    """Set the figures of the terminals' conditions."""
    counts: Sequence[tuple[str, int]] = await store.conditions(conn)
    for condition, count in counts:
        TERMINALS.labels(condition).set(count)
