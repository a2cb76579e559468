"""Runs: begun once, going on when a round is over, ended with a plan of the whole city.

A piece's result and whatever follows from it become true in one transaction. So a worker may die
at any moment, and an entry of the queue may come twice.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from kernel.db import Connection, Pool
from scheduler.city import queue, store
from scheduler.city.cutting import cut
from scheduler.city.model import BOUNDS, Bounds, City, Part
from scheduler.city.pieces import piece_of
from scheduler.city.queue import Entry
from scheduler.city.snapshot import Snapshot, dealt, snapshot, trades
from scheduler.city.store import Result, RunState
from scheduler.city.wire import pack_piece, unpack_piece, unpack_plan
from scheduler.model.plan import Plan
from scheduler.travel.model import TravelTimes

KEPT_FOR: Final = timedelta(days=7)
"""A run that ended longer ago is forgotten when the next begins; its plan is kept elsewhere."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOrder:
    """How a city is to be planned.

    Attributes:
        event_id: of whoever asks; the same one again is the same run.
        seconds: of search for each part; half for each trade.
        seed: of every search.
        bounds: of the parts.
    """

    event_id: UUID
    seconds: float = 20
    seed: int = 1
    bounds: Bounds = BOUNDS


async def start(
    pool: Pool, city: City, order: RunOrder, now: datetime, *, previous: Plan | None = None
) -> UUID:
    """Cut a city and queue its parts; asked again for the same event, return the same run.

    Args:
        pool: from `queue.pool`.
        city: the day.
        order: how.
        now: the present.
        previous: the plan in force, where every search begins.
    """
    async with pool.acquire() as conn:
        there = await store.run_of(conn, order.event_id)
    if there is not None:
        return there
    parts, given = await asyncio.to_thread(_packed, city, order.bounds, previous)
    async with pool.acquire() as conn, conn.transaction():
        await store.forget(conn, now - KEPT_FOR)
        run = await store.add_run(
            conn,
            order.event_id,
            parts=len(parts),
            seconds=order.seconds,
            seed=order.seed,
            at=now,
        )
        if run is not None:
            await _queue(conn, run, 0, given)
            if not given:
                await store.end_run(conn, run, RunState.DONE, None, now)
            for number, part in enumerate(parts):
                if part.shortages:
                    _log.warning(
                        "city_part_short",
                        run=str(run),
                        number=number,
                        skills=[each.skill for each in part.shortages],
                    )
            return run
        there = await store.run_of(conn, order.event_id)
        assert there is not None, "somebody was faster"  # noqa: S101 - for the type checker
        return there


def _packed(
    city: City, bounds: Bounds, previous: Plan | None
) -> tuple[tuple[Part, ...], list[tuple[int, bytes]]]:
    parts = cut(city, bounds)
    return parts, [(len(part.tasks), pack_piece(piece_of(city, part, previous))) for part in parts]


async def _queue(conn: Connection, run: UUID, number: int, given: list[tuple[int, bytes]]) -> None:
    await store.add_pieces(conn, run, number, given)
    entries = [Entry(run=run, round=number, number=n) for n in range(len(given))]
    await queue.put(conn, queue.PIECE, entries)


async def finish(pool: Pool, piece: Entry, result: Result, now: datetime) -> bool:
    """Keep the result of a piece, and queue the end of its round if it was the last.

    Returns:
        Whether the result counts: not if the run has ended or somebody else was faster.
    """
    async with pool.acquire() as conn, conn.transaction():
        if not await store.lock_run(conn, piece.run, piece.round):
            return False
        if not await store.done(conn, piece, result, now):
            return False
        if await store.is_over(conn, piece.run, piece.round):
            await queue.put(conn, queue.ROUND, [Entry(run=piece.run, round=piece.round)])
    return True


async def go_on(pool: Pool, ended: Entry, travel: TravelTimes, now: datetime) -> None:
    """Begin the round behind one that is over, or end the run behind the last.

    Args:
        pool: from `queue.pool`.
        ended: the round; nothing happens if the run is not in it.
        travel: times of a city's legs.
        now: the present.
    """
    async with pool.acquire() as conn:
        run = await store.run(conn, ended.run)
    if run is None or run.state != RunState.RUNNING or run.round != ended.round:
        return
    there = await load(pool, ended.run, travel)
    pairs = [] if run.stop else await asyncio.to_thread(dealt, there)
    count = sum(len(each) for each in pairs)
    given: list[tuple[int, bytes]] = []
    if ended.round < len(pairs):
        given = await asyncio.to_thread(_packed_trades, there, pairs[ended.round])
    async with pool.acquire() as conn, conn.transaction():
        if ended.round >= len(pairs):
            await store.end_run(conn, ended.run, RunState.DONE, None, now)
        elif await store.next_round(conn, ended.run, ended.round, count):
            await _queue(conn, ended.run, ended.round + 1, given)
            if not given:
                await queue.put(conn, queue.ROUND, [Entry(run=ended.run, round=ended.round + 1)])
    _log.info("city_round_over", run=str(ended.run), round=ended.round, next=len(given))


def _packed_trades(there: Snapshot, pairs: tuple[tuple[int, int], ...]) -> list[tuple[int, bytes]]:
    return [(len(piece.tasks), pack_piece(piece)) for piece in trades(there, pairs)]


async def load(pool: Pool, run: UUID, travel: TravelTimes) -> Snapshot:
    """Return a run's city with what has come of it."""
    async with pool.acquire() as conn:
        rows = await store.pieces(conn, run)
    return await asyncio.to_thread(_unpacked, rows, travel)


def _unpacked(rows: list[tuple[int, bytes, bytes | None]], travel: TravelTimes) -> Snapshot:
    parts = [(unpack_piece(given), found) for number, given, found in rows if number == 0]
    return snapshot(
        [piece for piece, _ in parts],
        [None if found is None else unpack_plan(found) for _, found in parts],
        [
            (unpack_piece(given), unpack_plan(found))
            for number, given, found in rows
            if number > 0 and found is not None
        ],
        travel,
    )


async def remind(pool: Pool, run: UUID) -> None:
    """Queue again what is open and not in the queue, whatever became of its entries."""
    async with pool.acquire() as conn, conn.transaction():
        found = await store.run(conn, run)
        if found is None or found.state != RunState.RUNNING:
            return
        entries = await store.open_pieces(conn, run)
        await queue.put(conn, queue.PIECE, entries)
        if not entries:
            await queue.put(conn, queue.ROUND, [Entry(run=run, round=found.round)])


async def cancel(pool: Pool, run: UUID, now: datetime) -> None:
    """End a run without a plan; whoever works on a piece of it stops within a second or two."""
    async with pool.acquire() as conn:
        await store.end_run(conn, run, RunState.CANCELLED, None, now)


async def fail(pool: Pool, run: UUID, error: str, now: datetime) -> None:
    """End a run because a piece of it cannot be solved."""
    async with pool.acquire() as conn:
        await store.end_run(conn, run, RunState.FAILED, error, now)
