"""Follows the outbox once per process and tells every listener.

One batch of facts is one query for what they are about, and one text per change, however many
listen. Listeners never make the hub wait: they queue, or are cut off.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import Protocol

import structlog

from kernel import outbox
from kernel.clock import Clock
from kernel.db import UNAVAILABLE, Connection, Pool
from kernel.metrics import COMMIT_TO_FRAME, OUTBOX_LAG
from kernel.outbox import RecordedFact
from web.errors import where
from web.feed.protocol import Change, CloseCode

_log = structlog.get_logger()

#: Makes changes out of facts, with what the facts are about as it stands now.
Viewer = Callable[[Connection, Sequence[RecordedFact]], Awaitable[list[Change]]]


class Listener(Protocol):
    """Who wants to be told."""

    @property
    def token_hash(self) -> bytes:
        """The log-in it stands on."""
        ...

    def tell(self, batch: Sequence[RecordedFact], changes: Sequence[Change]) -> None:
        """Take a batch without waiting. `changes` has one for each fact that consoles show."""
        ...

    def put(self, frames: Sequence[str]) -> None:
        """Queue frames that are not numbered."""
        ...

    def cut(self, code: CloseCode) -> None:
        """End the socket."""
        ...


class Hub:
    """The listeners of this process."""

    def __init__(self, pool: Pool, url: str, clock: Clock, viewer: Viewer) -> None:
        self._pool = pool
        self._url = url
        self._clock = clock
        self._viewer = viewer
        self._listeners: set[Listener] = set()
        self._following = asyncio.Event()

    @property
    def listeners(self) -> frozenset[Listener]:
        """Who listens now."""
        return frozenset(self._listeners)

    @property
    def is_following(self) -> bool:
        """Tell whether the hub has its place in the outbox."""
        return self._following.is_set()

    async def following(self) -> None:
        """Return once the hub has its place in the outbox; before that nobody may join."""
        await self._following.wait()

    @contextmanager
    def joined(self, listener: Listener) -> Iterator[None]:
        """Tell `listener` of everything committed from now on, until the block ends.

        It may also be told of what was committed just before.
        """
        self._listeners.add(listener)
        try:
            yield
        finally:
            self._listeners.discard(listener)

    def log_out(self, token_hash: bytes) -> None:
        """End the sockets of a log-in that has ended."""
        for listener in self._listeners:
            if listener.token_hash == token_hash:
                listener.cut(CloseCode.NOT_LOGGED_IN)

    async def run(self) -> None:
        """Follow the outbox for ever, from where it stands now."""
        while True:
            try:
                await self._follow()
            except Exception as error:  # noqa: BLE001 - the worker's outermost loop
                # Whoever listens has a gap from here on.
                _log.error("live_follow_failed", error=type(error).__name__, at=where(error))
                self._following.clear()
                self._cut_all()
                await self._clock.sleep(1)

    async def _follow(self) -> None:
        after = await self._head()
        self._following.set()
        async with aclosing(outbox.listen(self._url, self._clock, after=after)) as heard:
            async for conn, batch in heard:
                OUTBOX_LAG.labels("live").set(len(batch))
                await self._tell(batch, conn)
                OUTBOX_LAG.labels("live").set(0)

    def _cut_all(self) -> None:
        for listener in self._listeners:
            listener.cut(CloseCode.RESYNC)

    async def _head(self) -> int:
        while True:
            try:
                async with self._pool.acquire() as conn:
                    return await outbox.head(conn)
            except UNAVAILABLE:
                await self._clock.sleep(0.2)

    async def _tell(self, batch: Sequence[RecordedFact], lent: Connection | None = None) -> None:
        while self._listeners:
            try:
                # The connection that listens: a pooled one costs a round trip to give it back.
                if lent is not None:
                    changes = await self._viewer(lent, batch)
                else:
                    async with self._pool.acquire() as conn:
                        changes = await self._viewer(conn, batch)
                self._pass_on(batch, changes)
            except UNAVAILABLE as error:
                _log.warning("live_waits_for_database", error=type(error).__name__)
                await self._clock.sleep(0.2)
                lent = None
            except Exception as error:  # noqa: BLE001 - the worker's outermost loop
                # A bug in a view must neither stop the stream nor leave a gap: every console
                # starts afresh from a snapshot.
                _log.error("live_view_failed", error=type(error).__name__, at=where(error))
                self._cut_all()
                return
            else:
                return

    def _pass_on(self, batch: Sequence[RecordedFact], changes: Sequence[Change]) -> None:
        for listener in self._listeners:
            listener.tell(batch, changes)
        now = self._clock.now()
        for told in batch:
            COMMIT_TO_FRAME.observe(max(0.0, (now - told.at).total_seconds()))
