"""Which roles each endpoint declares, read from the app as it is served."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from web.deps import Requires

API: Final = "/api/v1"
#: The only endpoint that may be called by nobody in particular.
PUBLIC: Final = frozenset({("POST", f"{API}/session")})


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An endpoint of the API; `roles` is empty when it does not say who may use it."""

    method: str
    path: str
    roles: frozenset[str]


def endpoints(app: FastAPI) -> list[Endpoint]:
    """Return all endpoints of the API as they are served, with the roles they declare."""
    return [
        Endpoint(method=method, path=context.path or "", roles=_roles(context.dependant))
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute)
        and (context.path or "").startswith(f"{API}/")
        for method in sorted(context.methods or ())
    ]


def undeclared(app: FastAPI) -> list[Endpoint]:
    """Return the endpoints that do not say who may use them."""
    return [one for one in endpoints(app) if not one.roles and (one.method, one.path) not in PUBLIC]


def _roles(dependant: Dependant) -> frozenset[str]:
    """Return the roles that every `requires` among the dependencies lets through."""
    declared = list(_declared(dependant))
    return frozenset.intersection(*declared) if declared else frozenset()


def _declared(dependant: Dependant) -> Iterator[frozenset[str]]:
    if isinstance(dependant.call, Requires):
        yield frozenset(dependant.call.roles)
    for inner in dependant.dependencies:
        yield from _declared(inner)
