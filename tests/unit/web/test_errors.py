"""Refusals and bugs as problem documents."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel
from structlog.testing import capture_logs

from kernel import errors as kernel_errors
from kernel.errors import ConflictError, DomainError
from web.errors import CatchBugs, TooManyAttemptsError, install, status_of


class Body(BaseModel):
    event_id: UUID
    seconds: int


class ClaimedError(ConflictError):
    code = "incident-already-claimed"


def app() -> FastAPI:
    made = FastAPI()
    install(made)

    @made.post("/write")
    async def write(body: Body) -> None:
        raise ClaimedError(
            "Li has it.", claimed_by={"name": "Li"}, claimed_at=datetime(2026, 3, 2, tzinfo=UTC)
        )

    @made.get("/bug")
    async def bug() -> None:
        raise ValueError("Wang, 13800000000")

    @made.get("/away")
    async def away() -> None:
        raise ConnectionRefusedError

    @made.get("/slow-down")
    async def slow_down() -> None:
        raise TooManyAttemptsError("Wait.", retry_after_s=60)

    made.add_middleware(CatchBugs)
    return made


@pytest.fixture
async def client() -> Any:
    transport = httpx.ASGITransport(app=app())
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as made:
        yield made


EVENT = "01890a5d-ac96-774b-bcce-b302099a8057"


async def test_a_refusal_says_why_with_its_data(client: httpx.AsyncClient) -> None:
    response = await client.post("/write", json={"event_id": EVENT, "seconds": 1})
    assert response.status_code == 409
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "urn:carebell:problem:incident-already-claimed",
        "title": "Not possible now",
        "status": 409,
        "detail": "Li has it.",
        "code": "incident-already-claimed",
        "claimed_by": {"name": "Li"},
        "claimed_at": "2026-03-02T00:00:00Z",
    }


async def test_wrong_input_names_each_field_and_says_what_to_do(client: httpx.AsyncClient) -> None:
    response = await client.post("/write", json={"event_id": "x"})
    assert response.status_code == 422
    problem = response.json()
    assert problem["code"] == "invalid"
    assert {item["field"] for item in problem["errors"]} == {"event_id", "seconds"}
    assert "seconds is missing: send it" in problem["detail"]
    assert "event_id must be a UUID" in problem["detail"]


async def test_broken_json_is_told_as_such(client: httpx.AsyncClient) -> None:
    response = await client.post(
        "/write", content=b"{", headers={"content-type": "application/json"}
    )
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "body"


async def test_a_bug_gets_a_number_that_is_in_the_log_and_tells_no_secrets(
    client: httpx.AsyncClient,
) -> None:
    with capture_logs() as logs:
        response = await client.get("/bug")
    assert response.status_code == 500
    (line,) = [entry for entry in logs if entry["event"] == "request_failed"]
    assert response.json()["error_id"] == line["error_id"]
    assert response.json()["error_id"] in response.json()["detail"]
    assert line["error"] == "ValueError"
    assert any("test_errors.py" in frame for frame in line["at"])
    assert "13800000000" not in json.dumps(logs) + response.text


async def test_a_database_that_is_away_is_not_a_bug(client: httpx.AsyncClient) -> None:
    response = await client.get("/away")
    assert response.status_code == 503
    assert response.json()["code"] == "database-unavailable"
    assert response.headers["retry-after"] == "1"


async def test_waiting_is_told_in_the_header_too(client: httpx.AsyncClient) -> None:
    response = await client.get("/slow-down")
    assert response.status_code == 429
    assert response.headers["retry-after"] == "60"


async def test_an_unknown_path_is_a_problem_too(client: httpx.AsyncClient) -> None:
    response = await client.get("/nowhere")
    assert response.status_code == 404
    assert response.json()["code"] == "not-found"


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (kernel_errors.NotFoundError, 404),
        (kernel_errors.ConflictError, 409),
        (kernel_errors.InvalidError, 422),
        (kernel_errors.ForbiddenError, 403),
        (ClaimedError, 409),
        (DomainError, 409),
    ],
)
def test_each_kind_of_refusal_has_its_status(kind: type[DomainError], status: int) -> None:
    assert status_of(kind("no")) == status
