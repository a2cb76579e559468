"""Builds the app: API, sockets, pages, health; nothing here decides anything."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Final

from fastapi import APIRouter, FastAPI
from starlette.middleware.gzip import GZipMiddleware

from kernel.clock import Clock
from kernel.db import Pool
from scheduler.plans.basis import BUILTIN
from scheduler.travel.measuring import Travel
from web import errors, handbook, health, pages
from web.api.routers import ROUTERS
from web.declared import API, undeclared
from web.described import REFUSED, describe
from web.errors import CatchBugs
from web.feed.hub import Hub
from web.live import endpoints as sockets
from web.live.polling import Poller
from web.live.views import changes_of
from web.security import Guard, LoginLimits
from web.settings import WebSettings
from web.state import State

_DESCRIPTION: Final = """
Alarms, visits and meals for a city's home-care centre.

Log in with `POST /api/v1/session`; the cookie it sets is all that later requests need. Unsafe
methods must come from our own pages: programs send the header `Origin` with this server's address.
Every write takes an `event_id` made by the client: sending it again changes nothing. Refusals are
`application/problem+json` (RFC 9457) with a stable `code`. What changes is told live on the
websocket `/ws/console`; see docs/protocol.md.
"""


def create_app(
    settings: WebSettings, pool: Pool, clock: Clock, travel: Travel = BUILTIN
) -> FastAPI:
    """Build the app.

    Args:
        settings: of the web process.
        pool: of connections.
        clock: of all requests.
        travel: where the travel times come from that a plan is checked by before it is published.

    Raises:
        TypeError: an endpoint does not declare who may use it.
    """
    hub = Hub(pool, settings.database_url.get_secret_value(), clock, changes_of)
    app = FastAPI(
        title="Carebell 安心铃",
        version="1",
        description=_DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,  # the usual docs page loads its scripts from elsewhere
        redoc_url=None,
        lifespan=_lifespan(hub, Poller(hub, pool, clock, settings)),
    )
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]
    app.state.carebell = State(
        settings=settings,
        pool=pool,
        clock=clock,
        hub=hub,
        login_limits=LoginLimits(
            settings.rate_limit_url,
            failures_per_minute=settings.login_failures_per_minute,
            attempts_per_minute=settings.login_attempts_per_minute,
        ),
        travel=travel,
    )
    errors.install(app)
    api = APIRouter(
        prefix=API,
        responses=REFUSED,
        generate_unique_id_function=lambda route: route.name,
    )
    for router in ROUTERS:
        api.include_router(router)
    app.include_router(api)
    app.include_router(sockets.router)
    handbook.install(app)
    health.install(app)
    pages.install(app, settings.ui_dir)
    for endpoint in undeclared(app):
        raise TypeError(f"{endpoint.method} {endpoint.path} does not say who may use it")
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    app.add_middleware(
        Guard, public_origins=settings.public_origins, map_origins=settings.map_origins
    )
    app.add_middleware(CatchBugs)
    return app


def _lifespan(hub: Hub, poller: Poller) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        tasks = [asyncio.ensure_future(part.run()) for part in (hub, poller)]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task

    return lifespan
