import asyncio
import json
import random
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from kernel import outbox
from kernel.clock import SystemClock
from kernel.db import Connection, Pool
from kernel.outbox import Fact, RecordedFact

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
#: Around what an announcement can hold, in characters of three bytes.
LENGTHS = (1, 2500, 2600, 2610, 2620, 2630, 2640, 2650, 2660, 2700, 9000)


def fact(n: int) -> Fact:
    return Fact(topic="incident.opened", area="town", subject=str(n), payload={"n": n})


async def test_facts_come_back_in_order_with_gapless_numbers(pool: Pool) -> None:
    async with pool.acquire() as conn:
        async with conn.transaction():
            assert await outbox.put(conn, AT, [fact(1), fact(2)]) == 2
        async with conn.transaction():
            assert await outbox.put(conn, AT, [fact(3)]) == 3
        told = await outbox.read(conn, 0)
    assert [(t.seq, t.fact.payload["n"]) for t in told] == [(1, 1), (2, 2), (3, 3)]


async def test_nothing_to_tell_takes_no_number(pool: Pool) -> None:
    async with pool.acquire() as conn:
        assert await outbox.put(conn, AT, []) == 0
        assert await outbox.head(conn) == 0


async def test_a_rolled_back_fact_leaves_no_gap(pool: Pool) -> None:
    async with pool.acquire() as conn:
        transaction = conn.transaction()
        await transaction.start()
        await outbox.put(conn, AT, [fact(1)])
        await transaction.rollback()
        async with conn.transaction():
            assert await outbox.put(conn, AT, [fact(2)]) == 1


async def test_only_what_is_old_and_handled_by_every_consumer_is_forgotten(pool: Pool) -> None:
    later = AT + timedelta(days=31)
    async with pool.acquire() as conn:
        for at, n in ((AT, 1), (AT, 2), (AT, 3), (later, 4)):
            async with conn.transaction():
                await outbox.put(conn, at, [fact(n)])
        await outbox.prune(conn, later)
        assert await outbox.oldest(conn) == 1  # nobody has a cursor yet
        for consumer, seq in (("quick", 4), ("slow", 2)):
            await outbox.cursor(conn, consumer)
            await outbox.move_cursor(conn, consumer, seq)
        await outbox.prune(conn, later)
        assert [told.seq for told in await outbox.read(conn, 0)] == [3, 4]
        await outbox.move_cursor(conn, "slow", 4)
        await outbox.prune(conn, later)
        assert [told.seq for told in await outbox.read(conn, 0)] == [4]


async def test_a_reader_who_remembers_the_last_number_misses_nothing_while_many_write(
    pool: Pool,
) -> None:
    """The point of the commit-ordered `seq`: a bigserial fails this within a few rounds."""
    writers, each = 4, 40
    dice = random.Random(1)

    async def write(writer: int) -> None:
        for n in range(each):
            async with pool.acquire() as conn, conn.transaction():
                await asyncio.sleep(dice.random() / 500)  # noqa: TID251 - real time on purpose
                await outbox.put(conn, AT, [fact(writer * each + n)])

    seen: list[int] = []

    async def read() -> None:
        after = 0
        while len(seen) < writers * each:
            async with pool.acquire() as conn:
                for told in await outbox.read(conn, after):
                    assert told.seq == after + 1
                    after = told.seq
                    seen.append(told.fact.payload["n"])

    async with asyncio.timeout(60):
        await asyncio.gather(read(), *(write(w) for w in range(writers)))
    assert sorted(seen) == list(range(writers * each))


async def test_a_follower_is_told_at_once_and_goes_on_after_its_connection_is_cut(
    pool: Pool, database_url: str
) -> None:
    got: asyncio.Queue[int] = asyncio.Queue()

    async def follow() -> None:
        async for batch in outbox.follow(database_url, SystemClock(), after=0, poll_s=0.2):
            for told in batch:
                got.put_nowait(told.seq)

    task = asyncio.ensure_future(follow())
    try:
        for n in range(3):
            async with pool.acquire() as conn, conn.transaction():
                await outbox.put(conn, AT, [fact(n)])
            assert await asyncio.wait_for(got.get(), 60) == n + 1
            async with pool.acquire() as conn:
                await conn.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE pid <> pg_backend_pid() AND datname = current_database()"
                )
    finally:
        task.cancel()
    assert got.empty()


async def test_a_follower_gets_all_that_is_told_however_long_it_is(
    pool: Pool, database_url: str
) -> None:
    long = [
        Fact(topic="a.b", area="town", subject=str(n), payload={"n": "昼" * n}) for n in LENGTHS
    ]
    shown = Fact(topic="a.b", area="town", subject="s", payload={"n": ""}, shown={"name": "张"})
    heard: list[RecordedFact] = []

    async def follow() -> None:
        async for batch in outbox.follow(database_url, SystemClock(), after=0, poll_s=60):
            heard.extend(batch)

    task = asyncio.ensure_future(follow())
    async with asyncio.timeout(20):
        while not await pool.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' OR query LIKE $1",
            "%kernel.outbox%seq > $1%",
        ):
            await SystemClock().sleep(0.02)
        for facts in ([fact(0)], long, [shown], [fact(1)]):
            async with pool.acquire() as conn, conn.transaction():
                last = await outbox.put(conn, AT, facts)
        while len(heard) < last:
            await SystemClock().sleep(0.02)
    task.cancel()
    async with pool.acquire() as conn:
        kept = await outbox.read(conn, 0)
    assert [(t.seq, t.at, t.fact.payload) for t in heard] == [
        (t.seq, t.at, t.fact.payload) for t in kept
    ]
    assert {t.fact.subject: t.fact.shown for t in heard if t.fact.shown} == {"s": {"name": "张"}}
    assert not any(t.fact.shown for t in kept), "what is shown is not kept"


def announcement(n: int) -> str:
    at = AT.isoformat()
    return f"{n} " + json.dumps([at, "incident.opened", "town", str(n), {"n": n}, None])


@pytest.mark.parametrize(
    ("heard", "numbers"),
    [
        ([], []),
        ([announcement(8)], [8]),
        ([announcement(6), announcement(7), announcement(8), announcement(9)], [8, 9]),
        ([announcement(9)], None),
        ([announcement(8), announcement(10)], None),
        ([announcement(8), "9"], None),
        (["7", announcement(8)], [8]),
        (["rubbish"], None),
    ],
)
def test_announcements_count_only_while_they_have_no_gap(
    heard: list[str], numbers: list[int] | None
) -> None:
    found = outbox.announced(deque(heard), 7)
    assert (None if found is None else [told.seq for told in found]) == numbers


async def test_a_cursor_only_moves_forward(pool: Pool) -> None:
    async with pool.acquire() as conn:
        assert await outbox.cursor(conn, "planner", start=5) == 5
        await outbox.move_cursor(conn, "planner", 9)
        await outbox.move_cursor(conn, "planner", 7)
        assert await outbox.cursor(conn, "planner") == 9


async def test_a_consumer_handles_each_fact_once_with_its_cursor_or_not_at_all(
    pool: Pool, database_url: str
) -> None:
    handled: list[int] = []
    done: asyncio.Queue[int] = asyncio.Queue()
    trouble = [ConnectionResetError("in the middle of the first batch")]
    await pool.execute("CREATE TABLE handled (n int)")

    async def handle(conn: Connection, batch: Sequence[RecordedFact]) -> None:
        for told in batch:
            handled.append(told.seq)
            await conn.execute("INSERT INTO handled VALUES ($1)", told.seq)
        if trouble:
            raise trouble.pop()

    async def afterwards(batch: Sequence[RecordedFact]) -> None:
        done.put_nowait(batch[-1].seq)

    async def told(*numbers: int) -> None:
        async with pool.acquire() as conn, conn.transaction():
            await outbox.put(conn, AT, [fact(n) for n in numbers])

    def consume() -> asyncio.Future[None]:
        work = outbox.consume(
            pool, database_url, SystemClock(), "test", handle, afterwards=afterwards, again_s=0.01
        )
        return asyncio.ensure_future(work)

    await told(1, 2)
    task = consume()
    try:
        assert await asyncio.wait_for(done.get(), 60) == 2
        assert handled == [1, 2, 1, 2]  # the first time nothing of it stayed
    finally:
        task.cancel()
    await told(3)
    task = consume()
    try:
        assert await asyncio.wait_for(done.get(), 60) == 3
    finally:
        task.cancel()
    rows = await pool.fetch("SELECT n FROM handled ORDER BY n")
    assert [row["n"] for row in rows] == [1, 2, 3]


async def test_what_a_consumer_does_not_expect_is_not_swallowed(
    pool: Pool, database_url: str
) -> None:
    async def handle(_: Connection, __: Sequence[RecordedFact]) -> None:
        raise KeyError("a bug")

    async with pool.acquire() as conn, conn.transaction():
        await outbox.put(conn, AT, [fact(1)])
    with pytest.raises(KeyError):
        await outbox.consume(pool, database_url, SystemClock(), "test", handle)
    async with pool.acquire() as conn:
        assert await outbox.cursor(conn, "test") == 0
