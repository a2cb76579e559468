"""What happens when a transaction fails."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from devices.lanes.settle import settle
from kernel.clock import FakeClock


class Database:
    """Commits what it is given, unless told otherwise."""

    def __init__(self, *, away: int = 0, poison: str = "") -> None:
        self.away, self.poison = away, poison
        self.committed: list[list[str]] = []
        self.buried: list[tuple[str, str]] = []
        self.attempts = 0

    async def commit(self, batch: Sequence[str]) -> int:
        self.attempts += 1
        if self.away:
            self.away -= 1
            raise ConnectionRefusedError
        if self.poison in batch:
            raise ValueError("a bug")
        self.committed.append(list(batch))
        return len(batch)

    async def bury(self, item: str, error: Exception) -> int:
        self.buried.append((item, str(error)))
        return 0

    async def settles(self, *batch: str) -> list[int]:
        clock = FakeClock()
        settling = asyncio.create_task(settle(batch, self.commit, self.bury, clock))
        while not settling.done():
            await clock.advance(timedelta(seconds=1))
        return settling.result()


async def test_a_batch_is_one_transaction() -> None:
    database = Database()
    assert await database.settles("a", "b") == [2]
    assert database.committed == [["a", "b"]]


async def test_while_the_database_is_away_the_batch_waits_whole() -> None:
    database = Database(away=7)
    assert await database.settles("a", "b") == [2]
    assert (database.attempts, database.committed, database.buried) == (8, [["a", "b"]], [])


async def test_what_fails_twice_is_buried_and_the_others_are_committed_in_order() -> None:
    database = Database(poison="b")
    assert await database.settles("a", "b", "c") == [1, 0, 1]
    assert database.committed == [["a"], ["c"]]
    assert database.buried == [("b", "a bug")]


async def test_one_alone_gets_its_second_attempt_too() -> None:
    database = Database(poison="b")
    await database.settles("b")
    assert (database.attempts, database.buried) == (2, [("b", "a bug")])


async def test_what_cannot_even_be_buried_is_raised() -> None:
    async def cannot(item: str, error: Exception) -> int:
        raise RuntimeError(item)

    with pytest.raises(RuntimeError, match="b"):
        await settle(["b"], Database(poison="b").commit, cannot, FakeClock())
