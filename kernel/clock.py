"""Time as an interface, so that a test can make four minutes pass in a millisecond."""

import asyncio
import heapq
import itertools
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What the platform knows of time."""

    def now(self) -> datetime:
        """Return the present as an aware UTC datetime."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds` of this clock's time."""
        ...


async def pause(clock: Clock, seconds: float, event: asyncio.Event) -> bool:
    """Sleep for `seconds`, or until `event` is set if that is sooner; return whether it is set."""
    waits = [asyncio.ensure_future(wait) for wait in (clock.sleep(seconds), event.wait())]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
    return event.is_set()


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present as an aware UTC datetime."""
        return datetime.now(UTC)  # noqa: TID251 - the one place that may ask the machine

    async def sleep(self, seconds: float) -> None:
        """Sleep in real time."""
        await asyncio.sleep(seconds)  # noqa: TID251 - the one place that may really sleep


class FakeClock:
    """A clock that stands still until `advance` moves it; sleepers wake in order of their time."""

    def __init__(self, start: datetime | None = None) -> None:
        self._now = start or datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def now(self) -> datetime:
        """Return the time this clock was last moved to."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Wait until `advance` has moved the clock past `seconds` from now."""
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        until = self._now + timedelta(seconds=seconds)
        heapq.heappush(self._sleepers, (until, next(self._order), woken))
        await woken

    async def advance(self, by: timedelta) -> None:
        """Move time forward by `by`, waking each sleeper at its own moment."""
        await self._let_others_run()  # so that a task just started can lie down first
        end = self._now + by
        while self._sleepers and self._sleepers[0][0] <= end:
            until, _, woken = heapq.heappop(self._sleepers)
            self._now = max(self._now, until)
            if not woken.done():
                woken.set_result(None)
            await self._let_others_run()
        self._now = end
        await self._let_others_run()

    @staticmethod
    async def _let_others_run() -> None:
        for _ in range(20):
            await asyncio.sleep(0)  # noqa: TID251 - yields to the loop, waits for nothing
