"""The description of the API, with roles and refusals."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from web.declared import endpoints
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
