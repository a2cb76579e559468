"""Is it alive, is it ready, how is it doing: for supervisors, load balancers and Prometheus."""

import asyncio

from fastapi import APIRouter, FastAPI, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import JSONResponse, Response

from kernel.db import UNAVAILABLE
from web import store
from web.state import state_of

READY_WITHIN_S = 2.0


def install(app: FastAPI) -> None:
    """Add `/healthz`, `/readyz` and `/metrics`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def healthz() -> Response:
        return JSONResponse({"status": "ok"})

    @router.get("/readyz")
    async def readyz(request: Request) -> Response:
        state = state_of(request)
        try:
            async with asyncio.timeout(READY_WITHIN_S), state.pool.acquire() as conn:
                await store.schema_version(conn)
            database = True
        except UNAVAILABLE:
            database = False
        checks = {"database": database, "live": state.hub.is_following}
        ready = all(checks.values())
        return JSONResponse(
            {"status": "ready" if ready else "not ready", "checks": checks},
            200 if ready else 503,
        )

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    app.include_router(router)
