"""The hub keeps telling, whatever one listener or one fact does."""

import asyncio
from collections.abc import Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from kernel.clock import FakeClock
from kernel.db import Pool
from kernel.outbox import Fact, RecordedFact
from web.feed.hub import Hub
from web.feed.protocol import Change, CloseCode


class Seat:
    """A listener that keeps what it was told."""

    def __init__(self, token_hash: bytes = b"t") -> None:
        self.token_hash = token_hash
        self.told: list[int] = []
        self.code: CloseCode | None = None

    def tell(self, batch: Sequence[RecordedFact], changes: Sequence[Change]) -> None:
        del changes
        self.told += [told.seq for told in batch]

    def put(self, frames: Sequence[str]) -> None: ...

    def cut(self, code: CloseCode) -> None:
        self.code = code


class NoPool:
    """Lends nothing: the viewers of these tests ask no database."""

    @asynccontextmanager
    async def acquire(self) -> Any:
        yield None


def told(seq: int) -> RecordedFact:
    return RecordedFact(
        seq=seq, at=FakeClock().now(), fact=Fact(topic="visit.done", area="a", subject=str(seq))
    )


def hub(viewer: Any) -> Hub:
    return Hub(cast("Pool", NoPool()), "", FakeClock(), viewer)


async def test_everybody_is_told_of_a_batch() -> None:
    async def viewer(*_: object) -> list[Change]:
        return []

    seats = [Seat(), Seat()]
    made = hub(viewer)
    with made.joined(seats[0]), made.joined(seats[1]):
        await made._tell([told(1), told(2)])
    await made._tell([told(3)])
    assert [seat.told for seat in seats] == [[1, 2], [1, 2]]


async def test_a_bug_in_a_view_sends_everybody_to_a_snapshot_and_the_stream_goes_on() -> None:
    async def viewer(_: object, batch: Sequence[RecordedFact]) -> list[Change]:
        if batch[0].seq == 1:
            raise KeyError("13800000000")
        return []

    seat, later = Seat(), Seat()
    made = hub(viewer)
    with capture_logs() as logs, made.joined(seat):
        await made._tell([told(1)])
    assert seat.code is CloseCode.RESYNC
    assert "13800000000" not in str(logs)
    with made.joined(later):
        await made._tell([told(2)])
    assert later.told == [2]


@pytest.mark.parametrize("token", [b"mine", b"other"])
async def test_logging_out_ends_the_sockets_of_that_log_in_only(token: bytes) -> None:
    async def viewer(*_: object) -> list[Change]:
        return []

    seat = Seat(b"mine")
    made = hub(viewer)
    with made.joined(seat):
        made.log_out(token)
    assert (seat.code is CloseCode.NOT_LOGGED_IN) is (token == b"mine")


class BrokenOncePool:
    """Fails in an unforeseen way at first."""

    def __init__(self) -> None:
        self.asked = 0

    @asynccontextmanager
    async def acquire(self) -> Any:
        self.asked += 1
        if self.asked == 1:
            raise LookupError("13800000000")
        yield NoHead()


class NoHead:
    """A connection to an empty outbox."""

    async def fetchval(self, _: str) -> int:
        return 0


async def test_whatever_ends_the_following_it_begins_again_and_consoles_start_afresh() -> None:
    async def viewer(*_: object) -> list[Change]:
        return []

    clock, seat = FakeClock(), Seat()
    made = Hub(cast("Pool", BrokenOncePool()), "postgresql:///nowhere", clock, viewer)
    with capture_logs() as logs, made.joined(seat):
        running = asyncio.ensure_future(made.run())
        await clock.advance(timedelta(0))
        before = (seat.code, made.is_following)
        await clock.advance(timedelta(seconds=1))
        after = made.is_following
        running.cancel()
    assert before == (CloseCode.RESYNC, False)
    assert after
    assert "13800000000" not in str(logs)
    assert logs[0]["event"] == "live_follow_failed"
