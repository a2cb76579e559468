"""Works off a city's pieces, on any machine that reaches the database.

Each solve is a child process. A worker that is killed says nothing more: after the silence that
PgQueuer allows, another takes its pieces up again. One that is stopped gives them back at once.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Job

from kernel.clock import Clock
from kernel.db import UNAVAILABLE, Pool
from scheduler.city import queue, running, store
from scheduler.city.borders import change, gains
from scheduler.city.model import Piece
from scheduler.city.pieces import problem_of
from scheduler.city.queue import Entry
from scheduler.city.store import Result, RunState, Taken
from scheduler.city.wire import pack_plan, unpack_piece
from scheduler.model.cost import cost
from scheduler.model.plan import Plan
from scheduler.model.problem import Problem
from scheduler.model.verify import violations
from scheduler.solve.process import solve_in_process
from scheduler.travel.model import TravelTimes

MOST_ATTEMPTS: Final = 4
"""A piece that outlives no worker so often is given up, and its run with it."""
LOOK_EVERY_S: Final = 1.0
AGAIN_AFTER: Final = timedelta(seconds=5)
TRADE_SHARE: Final = 0.5
"""Of a part's search time: a trade is smaller and begins with a plan."""
PATIENCE: Final = 4
"""A search that takes so many times its time, and `START_S` on top, is a failed attempt."""
START_S: Final = 180
"""A first start on a machine compiles the solver."""
NOTHING: Final = Result(found=None, cost_change=0, unplaced_change=0)

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a worker has to work with.

    Attributes:
        pool: from `queue.pool`, of at least three connections.
        travel: times between the places of a piece.
        pieces: solved at once.
        threads: cores for each.
        silence: of a worker, after which its pieces are somebody else's, seconds.
    """

    pool: Pool
    clock: Clock
    travel: TravelTimes
    pieces: int = 1
    threads: int = 2
    silence: float = 30


async def work(having: Work, stop: asyncio.Event) -> None:
    """Take pieces until `stop`; what is under way then goes back into the queue."""
    while not stop.is_set():
        try:
            await _work(having, stop)
        except UNAVAILABLE as error:
            _log.warning("queue_unavailable", error=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - the outermost loop: PgQueuer begins anew
            _log.error("queue_failed", exc_info=error)
        if not stop.is_set():
            await having.clock.sleep(LOOK_EVERY_S)


async def _work(having: Work, stop: asyncio.Event) -> None:
    manager = queue.manager(having.pool, having.pieces)

    @manager.entrypoint(queue.PIECE)
    async def piece(job: Job) -> None:
        await _attempt(having, queue.entry(job), stop, _solve)

    @manager.entrypoint(queue.ROUND)
    async def round_over(job: Job) -> None:
        await _attempt(having, queue.entry(job), stop, _go_on)

    async def stopping() -> None:
        await stop.wait()
        manager.shutdown.set()

    watch = asyncio.create_task(stopping())
    try:
        await manager.run(
            batch_size=1,
            heartbeat_timeout=timedelta(seconds=having.silence),
            # It polls, too: its probe of LISTEN may come before LISTEN does, and ends nothing.
            dequeue_timeout=timedelta(seconds=5),
            shutdown_on_listener_failure=False,
        )
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)


async def _attempt(
    having: Work,
    at: Entry,
    stop: asyncio.Event,
    attempt: Callable[[Work, Entry, asyncio.Event], Awaitable[None]],
) -> None:
    """One entry that fails stops no other; it is tried again after a while.

    Raises:
        RetryRequested: PgQueuer queues the entry again.
    """
    try:
        await attempt(having, at, stop)
    except RetryRequested:
        raise
    except Exception as error:
        _log.exception("city_piece_failed", run=str(at.run), round=at.round, number=at.number)
        raise RetryRequested(AGAIN_AFTER, type(error).__name__) from error


async def _go_on(having: Work, at: Entry, stop: asyncio.Event) -> None:
    del stop  # seconds, and nothing of it counts before it is over
    await running.go_on(having.pool, at, having.travel, having.clock.now())


async def _solve(having: Work, at: Entry, stop: asyncio.Event) -> None:
    async with having.pool.acquire() as conn:
        taken = await store.take(conn, at)
    if taken is None:
        return  # done already, or nobody wants it any more
    if taken.attempts > MOST_ATTEMPTS:
        _log.error("city_piece_given_up", run=str(at.run), round=at.round, number=at.number)
        if at.round:  # the city has a plan without this trade
            await running.finish(having.pool, at, NOTHING, having.clock.now())
        else:
            await running.fail(having.pool, at.run, "gave-up", having.clock.now())
        return
    piece = await asyncio.to_thread(unpack_piece, taken.given)
    problem = await asyncio.to_thread(problem_of, piece, having.travel)
    if at.round and not await asyncio.to_thread(_can_begin, problem, piece):
        _log.warning("city_trade_cannot_begin", run=str(at.run), round=at.round, number=at.number)
        await running.finish(having.pool, at, NOTHING, having.clock.now())
        return
    async with asyncio.timeout(PATIENCE * taken.seconds + START_S):
        plan = await _searched(having, at, taken, problem, piece.initial, stop)
    if plan is None:
        return
    result = await asyncio.to_thread(judged, at.round, problem, piece, plan)
    counts = await running.finish(having.pool, at, result, having.clock.now())
    _log.info(
        "city_piece_solved",
        run=str(at.run),
        round=at.round,
        number=at.number,
        change=result.cost_change,
        counts=counts,
    )


def _can_begin(problem: Problem, piece: Piece) -> bool:
    """Whether a trade's plan keeps the rules as it is: only then nothing can be lost by trading."""
    return piece.initial is not None and not violations(problem, piece.initial)


async def _searched(
    having: Work,
    at: Entry,
    taken: Taken,
    problem: Problem,
    initial: Plan | None,
    stop: asyncio.Event,
) -> Plan | None:
    """Search in a child; None if the run ended meanwhile.

    Raises:
        RetryRequested: this worker is told to stop; somebody else may have the piece.
    """
    enough = asyncio.Event()
    if taken.stop:
        enough.set()
    solving = asyncio.ensure_future(
        solve_in_process(
            problem,
            seconds=taken.seconds * (TRADE_SHARE if at.round else 1),
            threads=having.threads,
            seed=taken.seed,
            initial=initial,
            stop=enough,
        )
    )
    watching = asyncio.create_task(_watch(having, at, enough, stop))
    try:
        await asyncio.wait({solving, watching}, return_when=asyncio.FIRST_COMPLETED)
        if solving.done():
            return solving.result()
        if not watching.result():
            return None
        async with having.pool.acquire() as conn:
            await store.give_back(conn, at)
        raise RetryRequested(timedelta(0), "the worker stops")
    finally:
        for task in (solving, watching):
            task.cancel()
        await asyncio.gather(solving, watching, return_exceptions=True)


async def _watch(having: Work, at: Entry, enough: asyncio.Event, stop: asyncio.Event) -> bool:
    """Pass a wish for what there is on; return when the search is in vain.

    Returns:
        Whether the piece is still wanted, from somebody else.
    """
    while not stop.is_set():
        try:
            async with having.pool.acquire() as conn:
                run = await store.run(conn, at.run)
            if run is None or run.state != RunState.RUNNING or run.round != at.round:
                return False
            if run.stop:
                enough.set()
        except UNAVAILABLE as error:
            _log.warning("city_run_unseen", error=type(error).__name__)
        await having.clock.sleep(LOOK_EVERY_S)
    return True


def judged(number: int, problem: Problem, piece: Piece, plan: Plan) -> Result:
    """Return what a piece came to: a part has its plan, a trade only one that gains.

    Raises:
        RuntimeError: the plan of a part breaks a rule; a bug, since the solver checks it itself.
    """
    if number == 0:
        if violations(problem, plan):
            raise RuntimeError("the solver broke a rule")
        total = cost(problem, plan, previous=piece.previous).total
        return Result(found=pack_plan(plan), cost_change=total, unplaced_change=len(plan.unplaced))
    before = piece.initial
    if before is None or not gains(problem, plan, before, previous=piece.previous):
        return NOTHING
    return Result(
        found=pack_plan(plan),
        cost_change=change(problem, plan, before, previous=piece.previous),
        unplaced_change=len(plan.unplaced) - len(before.unplaced),
    )
