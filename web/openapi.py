"""Describes the API; `python -m web.openapi [FILE]` writes it for the front end.

Deterministic, so that a test can tell whether the committed file is current.
"""

import json
import sys
from pathlib import Path
from typing import Any, Final, cast

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from kernel.clock import SystemClock
from kernel.db import Pool
from web.declared import endpoints
from web.settings import WebSettings
from web.wire.base import Problem

#: How every endpoint refuses.
REFUSED: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": {
        "description": "Refused; `code` says why",
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }
}
FILE: Final = Path(__file__).parent / "ui" / "openapi.json"


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the description of `app`, with roles and refusals, for `app.openapi`."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        for endpoint in endpoints(app):
            operation = schema["paths"][endpoint.path][endpoint.method.lower()]
            operation["x-roles"] = sorted(endpoint.roles)
        shapes = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schema["components"]["schemas"] |= {**shapes.pop("$defs"), "Problem": shapes}
        app.openapi_schema = schema
    return app.openapi_schema


def text() -> str:
    """Return the description as it is committed for the front end."""
    # Describing asks no database, so nothing needs a pool.
    from web.app import create_app  # noqa: PLC0415 - the app is described with this module

    schema = create_app(WebSettings(), cast("Pool", None), SystemClock()).openapi()
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main(arguments: list[str]) -> None:
    """Write the description to the file named, by default the front end's."""
    target = Path(arguments[0]) if arguments else FILE
    target.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
