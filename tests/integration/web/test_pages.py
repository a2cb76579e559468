"""Pages, assets, health: what is served beside the API."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from kernel.clock import SystemClock
from kernel.db import Pool
from web import openapi
from web.server import serving
from web.settings import WebSettings

from .conftest import Client, LogIn, Town


@pytest.fixture
def built(settings: WebSettings) -> Path:
    assets = settings.ui_dir / "assets"
    assets.mkdir(parents=True)
    for page in ("login", "console", "caregiver", "family", "installer"):
        (settings.ui_dir / f"{page}.html").write_text(f"<title>{page}</title>")
    (settings.ui_dir / "sw.js").write_text("self.skipWaiting()")
    (settings.ui_dir / "secret.json").write_text("{}")
    (assets / "console-B7xQ2a_k.js").write_text("export {}\n" * 1000)
    (assets / "bell.svg").write_text("<svg/>")
    return settings.ui_dir


async def test_the_root_leads_to_where_one_works(
    town: Town, anybody: Client, log_in: LogIn
) -> None:
    assert (await anybody.get("/")).headers["location"] == "/login"
    for role, page in (
        ("operator", "/console"),
        ("supervisor", "/console"),
        ("planner", "/console"),
        ("admin", "/console"),
        ("installer", "/installer"),
        ("caregiver", "/caregiver"),
        ("family", "/family"),
    ):
        response = await (await log_in(role)).get("/")
        assert (response.status_code, response.headers["location"]) == (303, page)


@pytest.mark.parametrize("page", ["login", "console", "caregiver", "family", "installer"])
async def test_a_page_is_always_asked_for_anew(page: str, built: Path, anybody: Client) -> None:
    response = await anybody.get(f"/{page}")
    assert response.status_code == 200
    assert response.text == f"<title>{page}</title>"
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["content-security-policy"].startswith("default-src 'self'")
    again = await anybody.get(f"/{page}", headers={"If-None-Match": response.headers["etag"]})
    assert again.status_code in {200, 304}


async def test_an_asset_with_a_hash_is_kept_for_ever_and_packed(
    built: Path, anybody: Client
) -> None:
    hashed = await anybody.get("/assets/console-B7xQ2a_k.js")
    assert hashed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert hashed.headers["content-encoding"] == "gzip"
    assert hashed.headers["content-type"].startswith("text/javascript")
    icon = await anybody.get("/assets/bell.svg")
    assert icon.headers["cache-control"] == "public, max-age=3600"


async def test_the_service_worker_is_served_from_the_root(built: Path, anybody: Client) -> None:
    worker = await anybody.get("/sw.js")
    assert worker.status_code == 200
    assert worker.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["/secret.json", "/..%2fsecret.js", "/assets/../secret.json", "/nothing", "/assets/x"]
)
async def test_nothing_else_of_the_folder_is_served(
    path: str, built: Path, anybody: Client
) -> None:
    assert (await anybody.get(path)).status_code == 404


async def test_without_a_build_the_page_says_what_to_do(anybody: Client) -> None:
    response = await anybody.get("/console")
    assert response.status_code == 503
    assert "make setup" in response.text


async def test_it_says_that_it_is_alive_and_ready(
    settings: WebSettings, pool: Pool, anybody: Client
) -> None:
    assert (await anybody.get("/healthz")).json() == {"status": "ok"}
    not_yet = await anybody.get("/readyz")  # nothing follows the outbox in this app
    assert not_yet.status_code == 503
    assert not_yet.json()["checks"] == {"database": True, "live": False}
    async with (
        serving(settings, pool, SystemClock()) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        async with asyncio.timeout(60):
            while (ready := await client.get("/readyz")).status_code != 200:
                await SystemClock().sleep(0.02)
        assert ready.json()["checks"] == {"database": True, "live": True}


async def test_it_counts(anybody: Client) -> None:
    response = await anybody.get("/metrics")
    assert "carebell_live_sessions" in response.text
    assert response.headers["content-type"].startswith("text/plain")


async def test_the_api_describes_itself_and_the_committed_description_is_current(
    anybody: Client, app: FastAPI
) -> None:
    served = (await anybody.get("/api/openapi.json")).json()
    committed = json.loads(openapi.FILE.read_text(encoding="utf-8"))
    assert served == committed, "run: python -m web.openapi"
    claim = served["paths"]["/api/v1/incidents/{incident_id}/claim"]["post"]
    assert claim["x-roles"] == ["admin", "operator", "supervisor"]
    assert "application/problem+json" in claim["responses"]["4XX"]["content"]


async def test_the_api_can_be_read_without_loading_anything_from_elsewhere(
    anybody: Client,
) -> None:
    page = (await anybody.get("/api/docs")).text
    assert "POST</b> /api/v1/incidents/{incident_id}/claim" in page
    assert "Roles: admin, operator, supervisor" in page
    assert "<script" not in page
    assert "http://" not in page
    assert "https://" not in page


async def test_a_port_that_is_taken_is_said_at_once(settings: WebSettings, pool: Pool) -> None:
    async with serving(settings, pool, SystemClock()) as port:
        second = settings.model_copy(update={"port": port})
        with pytest.raises(OSError, match=r"[Aa]ddress"):
            async with serving(second, pool, SystemClock()):
                pass


async def test_while_the_database_is_away_it_says_so(town: Town, log_in: LogIn) -> None:
    client = await log_in("operator")
    await town.pool.close()
    refused = await client.get("/api/v1/me")
    assert refused.status_code == 503
    assert refused.json()["code"] == "database-unavailable"
