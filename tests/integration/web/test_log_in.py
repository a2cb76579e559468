"""Logging in and out: cookies, expiry, guessing, other sites."""

import re
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from kernel.clock import FakeClock
from kernel.db import Pool
from web.app import create_app
from web.settings import WebSettings

from .conftest import PASSWORD, Client, LogIn, Town, browser


async def test_logging_in_says_who_one_is_and_what_one_sees(town: Town, anybody: Client) -> None:
    response = await anybody.log_in("Operator")
    assert response.status_code == 200
    assert response.json() == {
        "account_id": str(town.accounts["operator"]),
        "username": "operator",
        "name": "Operator",
        "role": "operator",
        "locale": "zh-CN",
        "caregiver_id": None,
        "areas": [{"id": "north", "name": "North", "level": "district"}],
        "centres": [{"id": "north", "name": "North"}],
    }
    assert (await anybody.read("/me"))["username"] == "operator"


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    town: Town, anybody: Client
) -> None:
    cookie = (await anybody.log_in("operator")).headers["set-cookie"]
    assert cookie.startswith("carebell_session=")
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(re.split(r"; ", cookie))
    assert "Secure" not in cookie  # plain HTTP: a Secure cookie would never come back


async def test_over_https_the_cookie_is_secure(town: Town, app: FastAPI) -> None:
    transport = httpx.ASGITransport(app=app)
    async with Client(
        transport=transport, base_url="https://care.test", headers={"Origin": "https://care.test"}
    ) as client:
        response = await client.log_in("operator")
    assert "Secure" in response.headers["set-cookie"]
    assert "max-age" in response.headers["strict-transport-security"]


async def test_the_database_does_not_hold_the_token(
    town: Town, anybody: Client, pool: Pool
) -> None:
    await anybody.log_in("operator")
    token = anybody.cookies["carebell_session"]
    stored = await pool.fetchval("SELECT token_hash FROM web.session")
    assert token.encode() not in stored
    assert len(stored) == 32


@pytest.mark.parametrize(("username", "password"), [("operator", "wrong"), ("nobody", PASSWORD)])
async def test_a_wrong_name_and_a_wrong_password_are_refused_alike(
    town: Town, anybody: Client, username: str, password: str
) -> None:
    response = await anybody.log_in(username, password)
    assert response.status_code == 401
    assert response.json()["code"] == "wrong-password"
    assert "set-cookie" not in response.headers


async def test_guessing_is_slowed_down_for_that_account_only(town: Town, anybody: Client) -> None:
    for _ in range(10):
        assert (await anybody.log_in("operator", "guess")).status_code == 401
    refused = await anybody.log_in("operator")
    assert refused.status_code == 429
    assert refused.json()["code"] == "too-many-attempts"
    assert refused.headers["retry-after"] == "60"
    assert (await anybody.log_in("supervisor")).status_code == 200


async def test_logging_out_ends_the_session_on_the_server(
    town: Town, log_in: LogIn, app: FastAPI
) -> None:
    client = await log_in("operator")
    token = client.cookies["carebell_session"]
    assert (await client.delete("/api/v1/session")).status_code == 204
    async with browser(app) as thief:
        thief.cookies.set("carebell_session", token)
        assert (await thief.get("/api/v1/me")).status_code == 401


async def test_logging_in_again_ends_the_session_one_had(
    town: Town, log_in: LogIn, app: FastAPI
) -> None:
    client = await log_in("operator")
    before = client.cookies["carebell_session"]
    await client.log_in("operator")
    assert client.cookies["carebell_session"] != before
    async with browser(app) as thief:
        thief.cookies.set("carebell_session", before)
        assert (await thief.get("/api/v1/me")).status_code == 401


async def test_a_deactivated_account_is_out_at_once(town: Town, log_in: LogIn) -> None:
    client = await log_in("operator")
    await town.pool.execute(
        "UPDATE dispatch.account SET active = false WHERE id = $1", town.accounts["operator"]
    )
    assert (await client.get("/api/v1/me")).status_code == 401
    assert await town.pool.fetchval("SELECT count(*) FROM web.session") == 0


async def test_an_unused_session_ends_and_a_used_one_ends_after_its_days(
    town: Town, settings: WebSettings, pool: Pool
) -> None:
    clock = FakeClock()
    async with browser(create_app(settings, pool, clock)) as client:
        await client.log_in("operator")
        for _ in range(59):  # used twice a day for all but a month
            await clock.advance(timedelta(hours=11, minutes=59))
            assert (await client.get("/api/v1/me")).status_code == 200
        await clock.advance(timedelta(hours=13))
        assert (await client.get("/api/v1/me")).status_code == 401

        await client.log_in("operator")
        await clock.advance(timedelta(hours=12, seconds=1))
        assert (await client.get("/api/v1/me")).status_code == 401


async def test_the_language_is_kept_for_the_account(town: Town, log_in: LogIn) -> None:
    client = await log_in("operator")
    changed = await client.patch("/api/v1/me", json={"locale": "en"})
    assert changed.json()["locale"] == "en"
    assert (await client.read("/me"))["locale"] == "en"
    refused = await client.patch("/api/v1/me", json={"locale": "fr"})
    assert refused.status_code == 422
    assert "locale" in refused.json()["detail"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.test"},
        {"Origin": "null"},
        {"Origin": "http://carebell.test", "Sec-Fetch-Site": "cross-site"},
        {"Origin": ""},
    ],
)
async def test_another_site_cannot_make_a_browser_write(
    town: Town, log_in: LogIn, headers: dict[str, str]
) -> None:
    client = await log_in("operator")
    response = await client.patch("/api/v1/me", json={"locale": "en"}, headers=headers)
    assert response.status_code == 403
    assert response.json()["code"] == "cross-origin"
    assert (await client.read("/me"))["locale"] == "zh-CN"


async def test_a_form_cannot_stand_in_for_json(town: Town, anybody: Client) -> None:
    response = await anybody.post(
        "/api/v1/session", data={"username": "operator", "password": PASSWORD}
    )
    assert response.status_code == 415
    assert response.json()["code"] == "not-json"


async def test_an_oversized_body_is_refused_unread(town: Town, anybody: Client) -> None:
    response = await anybody.log_in("operator", "x" * 300_000)
    assert response.status_code == 413


async def test_answers_carry_the_headers_that_keep_pages_safe(anybody: Client, town: Town) -> None:
    response = await anybody.get("/api/v1/me")
    assert response.headers["cache-control"] == "no-store"
    assert "worker-src 'self' blob:" in response.headers["content-security-policy"]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["x-frame-options"] == "DENY"
