"""Waiting for work: woken by NOTIFY, which is a hint, and by the clock, which is sure."""

import asyncio
from types import TracebackType
from typing import Any, Self

import asyncpg
import structlog

from kernel.clock import Clock, pause
from kernel.db import UNAVAILABLE, Connection, Pool

_log = structlog.get_logger()


class Waker:
    """Wakes whoever waits when `channel` is notified or `poll_s` have passed.

    Holds one connection of the pool while it is open; survives the loss of it.
    """

    def __init__(self, pool: Pool, clock: Clock, channel: str, *, poll_s: float) -> None:
        self._pool = pool
        self._clock = clock
        self._channel = channel
        self._poll_s = poll_s
        self._woken = asyncio.Event()
        self._conn: Connection | None = None

    async def __aenter__(self) -> Self:
        await self._listen()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._conn is not None:
            await self._let_go(self._conn)

    def wake(self, *_: Any) -> None:
        """Wake the waiter at once."""
        self._woken.set()

    async def wait(self) -> None:
        """Wait for a notification, at most `poll_s`; at once when one came since the last wait."""
        if self._is_deaf():
            await self._listen()
        await pause(self._clock, self._poll_s, self._woken)
        self._woken.clear()

    def _is_deaf(self) -> bool:
        try:
            return self._conn is None or self._conn.is_closed()
        except asyncpg.InterfaceError:  # it died, and the pool has taken it back
            return True

    async def _listen(self) -> None:
        if self._conn is not None:
            await self._let_go(self._conn)
            self._conn = None
        try:
            conn = await self._pool.acquire()
            self._conn = conn
            await conn.add_listener(self._channel, self.wake)
        except UNAVAILABLE as error:
            _log.warning("database_away", error=type(error).__name__)

    async def _let_go(self, conn: Connection) -> None:
        try:
            if not conn.is_closed():
                await conn.remove_listener(self._channel, self.wake)
            await self._pool.release(conn)  # type: ignore[arg-type]
        except UNAVAILABLE as error:
            _log.warning("database_away", error=type(error).__name__)
