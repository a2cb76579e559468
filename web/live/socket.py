"""The websocket endpoints: thin shells around `ConsoleSession` and `Hub`."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from kernel.db import UNAVAILABLE
from kernel.metrics import CONSOLES, CONSOLES_CUT
from kernel.outbox import RecordedFact
from web.deps import Caller
from web.errors import where
from web.feed.hub import Hub
from web.feed.protocol import (
    HELLO_WITHIN_S,
    Change,
    CloseCode,
    Hello,
    ProtocolViolationError,
    frame,
)
from web.live.mailbox import Mailbox
from web.live.session import ConsoleSession, Missed, Shown

#: Name of the ASGI extension by which our server lets an endpoint abort its transport.
ABORT_EXTENSION: Final = "carebell.abort"
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How patient we are with one socket."""

    queue: int
    deadline_s: float


class ConsoleListener:
    """A console in the hub."""

    def __init__(self, caller: Caller, session: ConsoleSession, mailbox: Mailbox) -> None:
        self.caller = caller
        self.session = session
        self._mailbox = mailbox

    @property
    def token_hash(self) -> bytes:
        """The log-in it stands on."""
        return self.caller.token_hash

    def tell(self, batch: Sequence[RecordedFact], changes: Sequence[Change]) -> None:
        """Queue the frames for this console's areas."""
        del batch
        try:
            frames = self.session.offer(changes)
        except OverflowError:
            self.cut(CloseCode.TOO_SLOW)
        else:
            self.put(frames)

    def put(self, frames: Sequence[str]) -> None:
        """Queue frames, in order."""
        if frames:
            self._mailbox.put(frames, too_slow=CloseCode.TOO_SLOW)

    def cut(self, code: CloseCode) -> None:
        """End the socket."""
        self._mailbox.cut(code)


class PhoneListener:
    """A phone in the hub: it is told that something changed, and fetches what."""

    def __init__(
        self, caller: Caller, concerns: Callable[[RecordedFact], str | None], mailbox: Mailbox
    ) -> None:
        """Listen for what `concerns` names: "job", "today", "status", or nothing."""
        self.caller = caller
        self._concerns = concerns
        self._mailbox = mailbox

    @property
    def token_hash(self) -> bytes:
        """The log-in it stands on."""
        return self.caller.token_hash

    def tell(self, batch: Sequence[RecordedFact], changes: Sequence[Change]) -> None:
        """Queue one frame for each kind of news in the batch."""
        del changes
        news = {what: told.seq for told in batch if (what := self._concerns(told)) is not None}
        self.put([frame("changed", seq=seq, what=what) for what, seq in news.items()])

    def put(self, frames: Sequence[str]) -> None:
        """Queue frames, in order."""
        if frames:
            self._mailbox.put(frames, too_slow=CloseCode.TOO_SLOW)

    def cut(self, code: CloseCode) -> None:
        """End the socket."""
        self._mailbox.cut(code)


class Synchronise(Protocol):
    """Brings a console up to date after its hello."""

    async def __call__(self, session: ConsoleSession, hello: Hello) -> Missed | Shown:
        """Return the snapshot, or what the console missed."""
        ...


async def serve_console(
    ws: WebSocket, hub: Hub, listener: ConsoleListener, mailbox: Mailbox, synchronise: Synchronise
) -> None:
    """Carry one console's conversation until either side ends it."""

    async def converse() -> CloseCode | None:
        try:
            async with asyncio.timeout(HELLO_WITHIN_S):
                hello = listener.session.receive(await _text(ws))
        except TimeoutError:
            raise ProtocolViolationError("no hello in time") from None
        if hello is None:
            raise ProtocolViolationError("say hello first")
        await hub.following()
        with hub.joined(listener):
            found = await synchronise(listener.session, hello)
            listener.put(listener.session.caught_up(found))
            while True:
                listener.session.receive(await _text(ws))

    await _serve(ws, "console", mailbox, converse)


async def serve_phone(ws: WebSocket, hub: Hub, listener: PhoneListener, mailbox: Mailbox) -> None:
    """Carry one phone's conversation until either side ends it."""

    async def converse() -> CloseCode | None:
        await hub.following()
        with hub.joined(listener):
            while True:
                await _text(ws)  # pongs, or nothing

    await _serve(ws, "phone", mailbox, converse)


async def _text(ws: WebSocket) -> str:
    message = await ws.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message["code"])
    text = message.get("text")
    if not isinstance(text, str):
        raise ProtocolViolationError("frames are text")
    return text


async def _serve(
    ws: WebSocket, kind: str, mailbox: Mailbox, converse: Callable[[], Awaitable[CloseCode | None]]
) -> None:
    """Converse and deliver until one ends or the mailbox is cut; then close or abort."""

    async def delivery() -> CloseCode | None:
        await mailbox.deliver(ws.send_text, too_slow=CloseCode.TOO_SLOW)
        return CloseCode.TOO_SLOW

    async def cut() -> CloseCode | None:
        return CloseCode(await mailbox.until_cut())

    CONSOLES.labels(kind).inc()
    tasks = [asyncio.ensure_future(_ending(end())) for end in (converse, delivery, cut)]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        code = next((found for task in done if (found := task.result()) is not None), None)
        if code is CloseCode.TOO_SLOW:
            CONSOLES_CUT.inc()
            _log.warning("live_socket_cut", kind=kind)
            _abort(ws)
        elif code is not None:
            await _close(ws, code)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        CONSOLES.labels(kind).dec()


async def _ending(part: Awaitable[CloseCode | None]) -> CloseCode | None:
    """Return the code that one part of the conversation ends it with; None: the peer has gone."""
    try:
        return await part
    except WebSocketDisconnect:
        return None
    except ProtocolViolationError:
        return CloseCode.BAD_FRAME
    except UNAVAILABLE:
        return CloseCode.TRY_AGAIN
    except Exception as error:  # noqa: BLE001 - the worker's outermost loop
        # Perhaps a fact that cannot be replayed: a snapshot leads past it.
        _log.error("live_conversation_failed", error=type(error).__name__, at=where(error))
        return CloseCode.RESYNC


async def _close(ws: WebSocket, code: CloseCode) -> None:
    try:
        async with asyncio.timeout(0.5):
            if ws.application_state is WebSocketState.CONNECTED:
                await ws.close(code)
    except TimeoutError:
        _abort(ws)
    except (RuntimeError, WebSocketDisconnect):
        return  # it went away by itself meanwhile


def _abort(ws: WebSocket) -> None:
    """Drop the connection with all that waits in its buffers."""
    abort = ws.scope.get("extensions", {}).get(ABORT_EXTENSION)
    if abort is not None:
        abort["now"]()
