"""The bounded queue in front of one socket, and the deadline that its reader must keep.

A console that stops reading must cost the others nothing: telling it is `put`, which never waits;
when the queue is full, or the socket takes nothing for `deadline_s`, the mailbox is cut and the
transport aborted. What it missed it gets on reconnecting.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable

Send = Callable[[str], Awaitable[None]]


class Mailbox:
    """Frames waiting for one socket."""

    def __init__(self, *, limit: int, deadline_s: float) -> None:
        self._limit = limit
        self._deadline_s = deadline_s
        self._frames: deque[str] = deque()
        self._filled = asyncio.Event()
        self._cut: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def put(self, frames: Iterable[str], *, too_slow: int) -> None:
        """Queue frames; a full queue cuts the socket off with the code `too_slow`."""
        if self._cut.done():
            return
        self._frames.extend(frames)
        self._filled.set()
        if len(self._frames) > self._limit:
            self.cut(too_slow)

    def cut(self, code: int) -> None:
        """End this socket, from wherever."""
        if not self._cut.done():
            self._cut.set_result(code)

    async def until_cut(self) -> int:
        """Return the close code once somebody has cut this socket."""
        return await asyncio.shield(self._cut)

    async def deliver(self, send: Send, *, too_slow: int) -> None:
        """Send frames for ever, each within the deadline; return after a cut of its own."""
        while True:
            while self._frames:
                try:
                    async with asyncio.timeout(self._deadline_s):
                        await send(self._frames.popleft())
                except TimeoutError:
                    self.cut(too_slow)
                    return
            self._filled.clear()
            await self._filled.wait()
