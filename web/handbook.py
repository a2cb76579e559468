"""`/api/docs`: the API on one page, rendered here: the usual one loads scripts from elsewhere."""

from collections.abc import Iterator
from html import escape
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from starlette.responses import HTMLResponse

_PAGE: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Carebell API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em }}
code {{ font: 14px ui-monospace, monospace; overflow-wrap: anywhere }}
h2 {{ border-bottom: 1px solid; text-transform: capitalize }}
dt {{ margin-top: 1em }}
small {{ color: #444 }}
</style>
<body><main>
<h1>Carebell API</h1>
<p style="white-space: pre-line">{about}</p>
<p>For programs: <a href="/api/openapi.json">/api/openapi.json</a> (OpenAPI 3.1).</p>
{sections}
</main></body></html>
"""


def page(schema: dict[str, Any]) -> str:
    """Return the page for an OpenAPI description that names roles in `x-roles`."""
    by_tag: dict[str, list[str]] = {}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            tag = operation.get("tags", ["other"])[0]
            by_tag.setdefault(tag, []).append("".join(_entry(method, path, operation)))
    sections = "".join(
        f"<section><h2>{escape(tag)}</h2><dl>{''.join(entries)}</dl></section>"
        for tag, entries in by_tag.items()
    )
    return _PAGE.format(about=escape(schema["info"]["description"].strip()), sections=sections)


def _entry(method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f"<dt><code><b>{method.upper()}</b> {escape(path)}</code></dt>"
    yield f"<dd>{escape(operation.get('description', ''))}"
    if names := [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]:
        yield f"<br><small>Query: {escape(', '.join(names))}</small>"
    if body := operation.get("requestBody"):
        yield f"<br><small>Body: {_model(body['content'])}</small>"
    answers = [r for status, r in operation["responses"].items() if status.startswith("2")]
    if answers and (content := answers[0].get("content")):
        yield f"<br><small>Answer: {_model(content)}</small>"
    roles = operation.get("x-roles") or ["anybody"]
    yield f"<br><small>Roles: {escape(', '.join(roles))}</small></dd>"


def _model(content: dict[str, Any]) -> str:
    reference = content.get("application/json", {}).get("schema", {}).get("$ref", "JSON")
    return f"<code>{escape(reference.rpartition('/')[2])}</code>"


def install(app: FastAPI) -> None:
    """Add the page."""
    router = APIRouter(include_in_schema=False)

    @router.get("/api/docs")
    async def handbook() -> HTMLResponse:
        return HTMLResponse(page(app.openapi()))

    app.include_router(router)
