"""The description of the API, with roles and refusals."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.encoders import jsonable_encoder
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from web.declared import endpoints
from web.wire.base import Problem
from web.wire.live import ConsoleFrame, PhoneFrame

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
        add(schema["components"]["schemas"], Problem, ConsoleFrame, PhoneFrame)
        app.openapi_schema = schema
    return app.openapi_schema


def add(shapes: dict[str, Any], *models: type[BaseModel]) -> None:
    """Add models that no endpoint takes or answers, with all that they are made of.

    Raises:
        ValueError: two different models have one name.
    """
    _, more = models_json_schema(
        [(model, "serialization") for model in models], ref_template="#/components/schemas/{model}"
    )
    for name, model in more["$defs"].items():
        shape = jsonable_encoder(model, exclude_none=True)  # as FastAPI writes its own
        if shapes.setdefault(name, shape) != shape:
            raise ValueError(f"two models are called {name}")
