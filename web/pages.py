"""The built front end: pages that are always asked for anew, assets that never change."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from fastapi import APIRouter, FastAPI
from fastapi.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from web.deps import maybe_caller
from web.wire.base import Role

PAGES: Final = ("login", "console", "caregiver", "family", "installer")
#: Where a role works.
HOME: Final[Mapping[Role, str]] = {
    "operator": "/console",
    "supervisor": "/console",
    "planner": "/console",
    "installer": "/installer",
    "admin": "/console",
    "caregiver": "/caregiver",
    "family": "/family",
}
_NO_CACHE: Final = {"Cache-Control": "no-cache"}
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_AN_HOUR: Final = "public, max-age=3600"
#: The end of a name that the build gave a hash, as in `console-B7xQ2a_k.js`.
_HASHED: Final = re.compile(r"-[A-Za-z0-9_-]{8}$")
#: Files of the root that a service worker needs at this very path.
_ROOT_FILES: Final = (".js", ".webmanifest", ".svg", ".png", ".ico", ".txt")
_NOT_BUILT: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Carebell 安心铃</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<body style="font: 18px/1.6 system-ui, sans-serif; max-width: 40em; margin: 4em auto">
<h1>The pages have not been built yet</h1>
<p>The server runs; only its front end is missing. In the folder of Carebell, run</p>
<pre>make setup</pre>
<p>and load this page again.</p>
<hr>
<h1 lang="zh-CN">页面尚未构建</h1>
<p lang="zh-CN">服务器正在运行，只缺少前端页面。请在 Carebell 目录中运行 <code>make setup</code>，
然后刷新本页。</p>
"""


class Assets(StaticFiles):
    """Files under `/assets`: those with a hash in their name never change."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Serve the file and say how long it may be kept."""
        response = await super().get_response(path, scope)
        hashed = _HASHED.search(Path(path).stem) is not None
        response.headers["Cache-Control"] = _FOR_EVER if hashed else _AN_HOUR
        return response


def install(app: FastAPI, folder: Path) -> None:
    """Serve the front end in `folder`, or say how to build it."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def home(request: Request) -> Response:
        caller = await maybe_caller(request)
        return RedirectResponse(HOME[caller.role] if caller else "/login", 303)

    def page(name: str) -> Response:
        built = folder / f"{name}.html"
        if not built.is_file():
            return HTMLResponse(_NOT_BUILT, 503, headers=_NO_CACHE)
        return FileResponse(built, headers=_NO_CACHE)

    for name in PAGES:
        router.add_api_route(
            f"/{name}", lambda name=name: page(name), methods=["GET", "HEAD"], name=f"page:{name}"
        )

    @router.get("/{file}")
    async def root_file(file: str) -> Response:
        found = folder / file
        if not file.endswith(_ROOT_FILES) or found.parent != folder or not found.is_file():
            return HTMLResponse("Not found", 404)
        return FileResponse(found, headers=_NO_CACHE)

    app.mount("/assets", Assets(directory=folder / "assets", check_dir=False), name="assets")
    app.include_router(router)
