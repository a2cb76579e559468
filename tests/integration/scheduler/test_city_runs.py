"""A city's plan on real processes: a worker that is killed costs time and nothing else."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver

from bench.city_days import visit_city
from kernel.clock import SystemClock
from kernel.db import Pool
from scheduler.city import queue, running, store
from scheduler.city.model import Bounds, City
from scheduler.city.queue import Entry
from scheduler.city.running import RunOrder
from scheduler.city.store import Result, RunState
from scheduler.city.wire import pack_plan
from scheduler.model.cost import cost
from scheduler.model.plan import Plan
from scheduler.model.verify import violations
from scheduler.travel.builtin import travel_times
from scheduler.travel.legs import measure

ROOT = Path(__file__).parents[3]
PATIENCE_S = 300  # a machine that compiles the solver first
SMALL = Bounds(visits=110, caregivers=40)
SILENCE_S = 2


@pytest.fixture
async def plain(database_url: str) -> AsyncIterator[Pool]:
    """A pool as PgQueuer wants it."""
    async with queue.pool(database_url) as opened:
        yield opened


@pytest.fixture
def city() -> City:
    return visit_city(240, 48, seed=5)


async def begun(
    plain: Pool, city: City, *, seconds: float = 1.0, event: UUID | None = None
) -> UUID:
    order = RunOrder(event_id=event or uuid4(), seconds=seconds, bounds=SMALL)
    return await running.start(plain, city, order, SystemClock().now())


@contextmanager
def worker(database_url: str, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A process of its own, as another machine would run it."""
    env = os.environ | {
        "CAREBELL_DATABASE_URL": database_url,
        "CAREBELL_WORKER_PIECES": "1",
        "CAREBELL_WORKER_THREADS": "1",
        "CAREBELL_WORKER_SILENCE": str(SILENCE_S),
        "PYTHONPATH": str(ROOT),
    }
    with log.open("ab") as file:
        child = subprocess.Popen(
            [sys.executable, "-m", "carebell.run", "worker"],
            env=env,
            stderr=file,
            start_new_session=True,
        )
    try:
        yield child
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
        child.wait(10)


def end_of(log: Path | None) -> str:
    return "it never held" if log is None else log.read_text()[-4000:]


async def eventually(holds: Callable[[], Awaitable[bool]], log: Path | None = None) -> None:
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not await holds():  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.1)  # noqa: TID251 - waits for a process
    except TimeoutError:
        raise AssertionError(end_of(log)) from None


async def state_of(plain: Pool, run: UUID) -> RunState:
    async with plain.acquire() as conn:
        found = await store.run(conn, run)
    assert found is not None
    return found.state


async def attempts(plain: Pool, run: UUID) -> int:
    found: int = await plain.fetchval(
        "SELECT coalesce(sum(attempts), 0) FROM scheduler.city_piece WHERE run_id = $1", run
    )
    return found


async def queued(plain: Pool) -> int:
    found: int = await plain.fetchval("SELECT count(*) FROM queue.pgqueuer")
    return found


async def test_the_queue_s_tables_are_those_the_installed_version_wants(plain: Pool) -> None:
    wanted = await queue.queries(AsyncpgPoolDriver(plain)).plan_upgrade()
    assert (list(wanted.statements), list(wanted.notes)) == ([], [])


async def test_starting_twice_for_one_event_makes_one_run(plain: Pool, city: City) -> None:
    event = uuid4()
    first = await begun(plain, city, event=event)
    assert await begun(plain, city, event=event) == first
    parts = await plain.fetchval("SELECT count(*) FROM scheduler.city_piece")
    assert parts == await queued(plain) >= 3


async def test_a_killed_worker_loses_nothing_and_another_takes_its_pieces(
    plain: Pool, city: City, database_url: str, tmp_path: Path
) -> None:
    log = tmp_path / "workers.log"
    run = await begun(plain, city, seconds=2)

    async def under_way() -> bool:
        return await attempts(plain, run) > 0

    async def over() -> bool:
        return await state_of(plain, run) != RunState.RUNNING

    with worker(database_url, log) as first:
        await eventually(under_way, log)
        os.killpg(first.pid, signal.SIGKILL)
        first.wait(10)
        assert await queued(plain) >= 3
    with worker(database_url, log), worker(database_url, log):
        await eventually(over, log)
    async with plain.acquire() as conn:
        found = await store.run(conn, run)
        there = await store.progress(conn, run)
    assert found is not None
    assert (found.state, found.error) == (RunState.DONE, None)
    assert (there.parts, there.borders) == (found.parts, found.borders)
    pieces = await plain.fetchval("SELECT count(*) FROM scheduler.city_piece")
    assert await attempts(plain, run) > pieces  # somebody had to begin anew

    snapshot = await running.load(plain, run, travel_times)
    plan = snapshot.plan
    measure(snapshot.city.problem, plan)
    assert violations(snapshot.city.problem, plan) == ()
    assert {task.id for task in snapshot.city.problem.tasks} == {
        task.id for task in city.problem.tasks
    }
    assert cost(snapshot.city.problem, plan).total <= there.cost <= there.parts_cost

    async def empty() -> bool:
        return await queued(plain) == 0

    await eventually(empty, log)


async def test_a_stopped_worker_gives_its_piece_back_at_once(
    plain: Pool, city: City, database_url: str, tmp_path: Path
) -> None:
    log = tmp_path / "worker.log"
    run = await begun(plain, city, seconds=600)

    async def under_way() -> bool:
        return await attempts(plain, run) > 0

    async def waiting() -> bool:
        found = await plain.fetchval("SELECT bool_and(status = 'queued') FROM queue.pgqueuer")
        return bool(found)

    with worker(database_url, log) as only:
        await eventually(under_way, log)
        only.terminate()
        await eventually(waiting, log)
        assert only.wait(20) == 0, log.read_text()[-3000:]
    assert await attempts(plain, run) == 0


async def test_a_cancelled_run_stops_and_its_pieces_are_nobody_s(
    plain: Pool, city: City, database_url: str, tmp_path: Path
) -> None:
    log = tmp_path / "worker.log"
    run = await begun(plain, city, seconds=600)

    async def under_way() -> bool:
        return await attempts(plain, run) > 0

    async def empty() -> bool:
        return await queued(plain) == 0

    with worker(database_url, log):
        await eventually(under_way, log)
        await running.cancel(plain, run, SystemClock().now())
        await eventually(empty, log)
    assert await state_of(plain, run) == RunState.CANCELLED
    assert (
        await plain.fetchval("SELECT count(*) FROM scheduler.city_piece WHERE done_at > now()") == 0
    )


async def test_a_wish_to_stop_takes_what_there_is_and_trades_no_more(
    plain: Pool, city: City, database_url: str, tmp_path: Path
) -> None:
    log = tmp_path / "worker.log"
    run = await begun(plain, city, seconds=600)
    async with plain.acquire() as conn:
        await store.stop_run(conn, run)

    async def over() -> bool:
        return await state_of(plain, run) == RunState.DONE

    with worker(database_url, log):
        await eventually(over, log)
    async with plain.acquire() as conn:
        there = await store.progress(conn, run)
    assert there.borders == 0
    assert there.parts >= 3


async def test_a_piece_has_one_result_however_often_it_is_handed_in(
    plain: Pool, city: City
) -> None:
    run, now = await begun(plain, city), SystemClock().now()
    first = Result(found=pack_plan(Plan(routes=())), cost_change=7, unplaced_change=0)
    piece = Entry(run=run, round=0, number=1)
    assert await running.finish(plain, piece, first, now)
    assert not await running.finish(plain, piece, first, now)
    async with plain.acquire() as conn:
        assert await store.take(conn, piece) is None
        assert (await store.progress(conn, run)).parts_cost == 7


async def test_the_last_piece_of_a_round_closes_it_once_and_what_is_open_is_queued_again(
    plain: Pool, city: City
) -> None:
    run, now = await begun(plain, city), SystemClock().now()
    await plain.execute("TRUNCATE queue.pgqueuer")
    await running.remind(plain, run)
    await running.remind(plain, run)
    count = await plain.fetchval("SELECT count(*) FROM scheduler.city_piece")
    assert await queued(plain) == count
    result = Result(found=pack_plan(Plan(routes=())), cost_change=0, unplaced_change=0)
    done = [
        running.finish(plain, Entry(run=run, round=0, number=n), result, now) for n in range(count)
    ]
    assert all(await asyncio.gather(*done))
    closing = "SELECT count(*) FROM queue.pgqueuer WHERE entrypoint = 'city_round'"
    assert await plain.fetchval(closing) == 1
