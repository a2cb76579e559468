"""Serves the app: uvicorn, with a websocket protocol that can drop a peer that stopped reading."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

import structlog
import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from kernel import collecting, db
from kernel.clock import Clock
from scheduler.plans.basis import BUILTIN
from scheduler.travel.measuring import Travel
from scheduler.travel.settings import TravelSettings
from scheduler.travel.settings import travel as travel_of
from web.app import create_app
from web.live.socket import ABORT_EXTENSION
from web.settings import WebSettings

_log = structlog.get_logger()
#: The browser answers these by itself; a dead connection is found within the sum of both.
_WS_PING_EVERY_S: Final = 5.0
_WS_PONG_WITHIN_S: Final = 10.0


class AbortableWebSocket(WebSocketsSansIOProtocol):
    """Uvicorn's websocket, which lets the endpoint abort the transport.

    ASGI can only close in order, and an orderly close waits for the buffer of a peer that does
    not read, for ever.
    """

    async def run_asgi(self) -> None:
        """Run the endpoint with the abort extension in its scope."""
        extensions: dict[str, Any] = {**(self.scope.get("extensions") or {})}
        extensions[ABORT_EXTENSION] = {"now": self.transport.abort}
        self.scope["extensions"] = extensions
        await super().run_asgi()

    def keepalive_timeout(self) -> None:
        """Drop a peer that answers no ping; it will not read a close frame either."""
        super().keepalive_timeout()
        self.transport.abort()


class Server(uvicorn.Server):
    """Uvicorn without its signal handlers: the caller decides when to stop."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the process's owner."""
        yield


def configure(app: Any, settings: WebSettings) -> uvicorn.Config:
    """Return the server's configuration."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        ws=AbortableWebSocket,
        ws_max_size=16 * 1024,
        ws_ping_interval=_WS_PING_EVERY_S,
        ws_ping_timeout=_WS_PONG_WITHIN_S,
        # Deflating costs more than a local network, and holds memory for every console.
        ws_per_message_deflate=False,
        forwarded_allow_ips=settings.trusted_proxies,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
        lifespan="on",
    )


def listen(settings: WebSettings) -> socket.socket:
    """Bind the port.

    Raises:
        OSError: the port is taken, or the address is not ours.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((settings.host, settings.port))
    except OSError:
        bound.close()
        raise
    return bound


@asynccontextmanager
async def serving(
    settings: WebSettings, pool: db.Pool, clock: Clock, travel: Travel = BUILTIN
) -> AsyncIterator[int]:
    """Serve while the block runs; yields the port.

    Leaving the block ends the server in order: sockets are closed with code 1012.

    Raises:
        OSError: the port is taken.
    """
    bound = listen(settings)
    server = Server(configure(create_app(settings, pool, clock, travel), settings))
    task = asyncio.ensure_future(server.serve([bound]))
    try:
        while not server.started and not task.done():
            await asyncio.wait({task}, timeout=0.005)
        if task.done():
            await task
        yield bound.getsockname()[1]
    finally:
        server.should_exit = True
        await asyncio.gather(task, return_exceptions=True)
        bound.close()


async def run(settings: WebSettings, clock: Clock, stop: asyncio.Event) -> None:
    """Serve until `stop` is set; `settings.database_url` must name the database.

    Raises:
        OSError: the port is taken, or the database does not answer.
    """
    url = settings.database_url.get_secret_value()
    async with (
        db.pool(url, size=settings.pool_size) as pool,
        serving(settings, pool, clock, travel_of(TravelSettings())) as port,
    ):
        collecting.calm()
        _log.info("web_ready", port=port)
        await stop.wait()
