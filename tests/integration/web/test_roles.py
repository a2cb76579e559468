"""Who may call what: every endpoint against nobody and against every role there is."""

import re
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI

from kernel.clock import SystemClock
from kernel.db import Pool
from kernel.ids import new_id
from web.app import create_app
from web.declared import API, PUBLIC, endpoints, undeclared
from web.settings import WebSettings

from .conftest import ROLES, Client, LogIn, Town


async def call(client: Client, method: str, path: str) -> Any:
    """Call with ids of nothing: authorisation comes before anything is looked up."""
    filled = re.sub(r"\{[a-z_]+\}", str(new_id()), path)
    body: dict[str, Any] | None = {} if method in {"POST", "PATCH", "PUT"} else None
    return await client.request(method, filled, json=body)


async def test_every_endpoint_refuses_who_has_not_logged_in(
    app: FastAPI, anybody: Client, town: Town
) -> None:
    checked = 0
    for one in endpoints(app):
        if (one.method, one.path) in PUBLIC:
            continue
        response = await call(anybody, one.method, one.path)
        assert response.status_code == 401, (one, response.text)
        assert response.json()["code"] == "not-logged-in"
        checked += 1
    assert checked > 35


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_is_refused_what_is_not_declared_for_it_and_nothing_else(
    role: str, app: FastAPI, log_in: LogIn
) -> None:
    client = await log_in(role)
    refused = allowed = 0
    for one in endpoints(app):
        if (one.method, one.path) in PUBLIC or one.path == f"{API}/session":
            continue
        response = await call(client, one.method, one.path)
        if role in (one.roles):
            assert response.status_code not in {401, 403}, (one, response.text)
            assert response.status_code < 500, (one, response.text)
            allowed += 1
        else:
            assert response.status_code == 403, (one, response.text)
            assert response.json()["code"] == "forbidden"
            assert response.json()["role"] == role
            refused += 1
    assert refused
    assert allowed


async def test_families_and_caregivers_see_nothing_of_the_desk(app: FastAPI) -> None:
    """Said twice on purpose: these two roles are many people with phones that get lost."""
    for one in endpoints(app):
        if (one.method, one.path) in PUBLIC or one.path.removeprefix(API) in {"/me", "/session"}:
            continue
        assert ("family" in one.roles) is one.path.startswith(f"{API}/family/"), one
        assert ("caregiver" in one.roles) is one.path.startswith(f"{API}/caregiver/"), one


def test_an_endpoint_that_does_not_say_who_may_use_it_is_found(app: FastAPI) -> None:
    router = APIRouter()

    @router.get(f"{API}/open-to-all")
    async def open_to_all() -> None: ...

    app.include_router(router)
    assert [(one.method, one.path) for one in undeclared(app)] == [("GET", f"{API}/open-to-all")]


def test_every_write_takes_an_event_id(settings: WebSettings, pool: Pool) -> None:
    app = create_app(settings, pool, SystemClock())
    without = {
        f"{one.method} {one.path.removeprefix(API)}"
        for one in endpoints(app)
        if one.method == "POST" and not _takes_event_id(app, one.path)
    }
    assert without == {
        "POST /session",
        "POST /terminals",  # the id of the terminal is what makes it happen once
        "POST /terminals/{terminal_id}/secret",  # shown once: only a new one can be answered
        "POST /homes/{home_id}/door-code",  # every look is written down
        "POST /caregiver/position",  # the newest fix counts
    }


def _takes_event_id(app: FastAPI, path: str) -> bool:
    schema = app.openapi()
    body = schema["paths"][path]["post"].get("requestBody")
    if body is None:
        return False
    reference = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    return "event_id" in schema["components"]["schemas"][reference]["required"]
