"""A small town with an account for each role, and clients that have logged in."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from pydantic import SecretStr

from devices import registry
from devices.events import Signal, SignalKind
from dispatch.intake import handling as intake
from kernel import outbox
from kernel.audit import Process
from kernel.clock import Clock, SystemClock
from kernel.db import Connection, Pool
from kernel.ids import new_id
from web.app import create_app
from web.settings import WebSettings

ROLES: Final = (
    "operator",
    "supervisor",
    "planner",
    "caregiver",
    "family",
    "installer",
    "admin",
)
PASSWORD: Final = "correct horse battery staple"
#: As weak as argon2 allows: tests log in by the hundred.
_HASH: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
_THEN: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Town:
    """Ids of what the tests stand on: two districts, each with a home."""

    pool: Pool
    accounts: dict[str, UUID] = field(default_factory=dict)
    north_home: UUID = field(default_factory=new_id)
    south_home: UUID = field(default_factory=new_id)
    resident: UUID = field(default_factory=new_id)
    south_resident: UUID = field(default_factory=new_id)
    contact: UUID = field(default_factory=new_id)
    caregiver: UUID = field(default_factory=new_id)
    other_caregiver: UUID = field(default_factory=new_id)
    station: UUID = field(default_factory=new_id)

    async def account(
        self,
        conn: Connection,
        username: str,
        role: str,
        *areas: str,
        caregiver: UUID | None = None,
    ) -> UUID:
        """Add an account with `PASSWORD`."""
        account = new_id()
        await conn.execute(
            "INSERT INTO dispatch.account (id, username, name, password_hash, role, caregiver_id,"
            " created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            account,
            username,
            username.title(),
            _HASH,
            role,
            caregiver,
            _THEN,
        )
        for area in areas:
            await conn.execute(
                "INSERT INTO dispatch.account_area (account_id, area) VALUES ($1, $2)",
                account,
                area,
            )
        self.accounts[username] = account
        return account

    async def press(
        self,
        terminal: str = "NORTH-1",
        *,
        kind: SignalKind = SignalKind.SOS,
        signal_id: str | None = None,
        at: datetime | None = None,
    ) -> UUID:
        """Let a terminal raise an alarm, as ingest would; return the home's open incident."""
        async with self.pool.acquire() as conn, conn.transaction():
            known = await registry.find(conn, terminal)
            now = at or SystemClock().now()
            signal = Signal(
                terminal=known.id,
                area=known.area,
                home_id=known.home_id,
                id=signal_id or str(new_id()),
                kind=kind,
                received_at=now,
            )
            await outbox.put(conn, now, await intake.handle(conn, [signal]))
            incident: UUID = await conn.fetchval(
                "SELECT id FROM dispatch.incident WHERE home_id = $1 AND state <> 'closed'",
                known.home_id,
            )
        return incident


async def _build(town: Town, conn: Connection) -> None:
    for area, parent, level, path in (
        ("city", None, "city", ["city"]),
        ("north", "city", "district", ["city", "north"]),
        ("south", "city", "district", ["city", "south"]),
        ("north-1", "north", "street", ["city", "north", "north-1"]),
    ):
        await conn.execute(
            "INSERT INTO dispatch.area (id, parent, name, level, path) VALUES ($1, $2, $3, $4, $5)",
            area,
            parent,
            area.title(),
            level,
            path,
        )
    await conn.execute(
        "INSERT INTO dispatch.station (id, area, name, lat, lon)"
        " VALUES ($1, 'north', 'Station', 31.8, 119.9)",
        town.station,
    )
    homes = ((town.north_home, "north-1", 31.80), (town.south_home, "south", 31.70))
    for home, area, lat in homes:
        await conn.execute(
            "INSERT INTO dispatch.home (id, area, address, lat, lon, way_in, door_code)"
            " VALUES ($1, $2, $3, $4, 119.95, 'second floor', 'hush-hush')",
            home,
            area,
            f"1 {area} road",
            lat,
        )
    for resident, home, name in (
        (town.resident, town.north_home, "Zhao Guiying"),
        (town.south_resident, town.south_home, "Qian Deming"),
    ):
        await conn.execute(
            "INSERT INTO dispatch.resident (id, home_id, name, gender, born, phone, care_level,"
            " lives_alone) VALUES ($1, $2, $3, 'female', '1940-05-01', '0519-88880000', 2, true)",
            resident,
            home,
            name,
        )
    await conn.execute(
        "INSERT INTO dispatch.contact (id, resident_id, name, relation, phone, position)"
        " VALUES ($1, $2, 'Zhao Min', 'daughter', '13800000001', 1)",
        town.contact,
        town.resident,
    )
    await conn.execute(
        "INSERT INTO dispatch.consent (id, resident_id, contact_id, purpose, text_version, giver,"
        " given_at) VALUES ($1, $2, $3, 'alerts', '1', 'resident', $4)",
        new_id(),
        town.resident,
        town.contact,
        _THEN,
    )
    for caregiver, lat in ((town.caregiver, 31.801), (town.other_caregiver, 31.802)):
        await conn.execute(
            "INSERT INTO dispatch.caregiver (id, area, station_id, name, phone, gender,"
            " travel_mode, base_lat, base_lon)"
            " VALUES ($1, 'north', $2, 'Sun Li', '13900000001', 'female', 'ebike', $3, 119.95)",
            caregiver,
            town.station,
            lat,
        )
    for terminal, area, home in (
        ("NORTH-1", "north-1", town.north_home),
        ("SOUTH-1", "south", town.south_home),
    ):
        wanted = registry.Enrolment(terminal=terminal, area=area, model="demo")
        await registry.enrol(conn, wanted, _THEN, by=Process.COMMAND_LINE)
        await registry.bind(conn, terminal, home, _THEN, by=Process.COMMAND_LINE)
    await conn.execute(
        "INSERT INTO scheduler.centre (area, lat, lon) VALUES ('north', 31.8, 119.95)"
    )
    for area in ("north", "north-1"):
        await conn.execute(
            "INSERT INTO scheduler.centre_area (area, centre) VALUES ($1, 'north')", area
        )


@pytest.fixture
async def town(pool: Pool) -> Town:
    """One account of each role for the north, and a second operator on either side."""
    made = Town(pool)
    async with pool.acquire() as conn, conn.transaction():
        await _build(made, conn)
        for role in ROLES:
            areas = () if role == "family" else ("north",)
            caregiver = made.caregiver if role == "caregiver" else None
            await made.account(conn, role, role, *areas, caregiver=caregiver)
        await conn.execute(
            "INSERT INTO dispatch.account_contact (account_id, contact_id) VALUES ($1, $2)",
            made.accounts["family"],
            made.contact,
        )
        await made.account(conn, "wang", "operator", "north")
        await made.account(conn, "southern", "operator", "south")
        await made.account(conn, "colleague", "caregiver", "north", caregiver=made.other_caregiver)
    return made


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> WebSettings:
    return WebSettings(
        database_url=SecretStr(database_url),
        data_dir=tmp_path,
        port=0,
        ui_dir=tmp_path / "dist",
        login_attempts_per_minute=1000,
        _env_file=None,
    )


@pytest.fixture
def clock() -> Clock:
    """Sockets and sessions live in real time; a test that travels makes its own clock."""
    return SystemClock()


@pytest.fixture
def app(settings: WebSettings, pool: Pool, clock: Clock) -> FastAPI:
    return create_app(settings, pool, clock)


class Client(httpx.AsyncClient):
    """A browser on one of our pages."""

    async def log_in(self, username: str, password: str = PASSWORD) -> httpx.Response:
        return await self.post("/api/v1/session", json={"username": username, "password": password})

    async def write(self, path: str, **body: Any) -> httpx.Response:
        """Post with a fresh event id, unless one is given."""
        return await self.post(f"/api/v1{path}", json={"event_id": str(new_id()), **body})

    async def read(self, path: str, **params: Any) -> Any:
        response = await self.get(f"/api/v1{path}", params=params)
        assert response.status_code == 200, response.text
        return response.json()


def browser(app: FastAPI) -> Client:
    return Client(
        transport=httpx.ASGITransport(app=app),
        base_url="http://carebell.test",
        headers={"Origin": "http://carebell.test"},
    )


LogIn = Callable[[str], Awaitable[Client]]


@pytest.fixture
async def anybody(app: FastAPI) -> AsyncIterator[Client]:
    """A browser in which nobody has logged in."""
    async with browser(app) as client:
        yield client


@pytest.fixture
async def log_in(app: FastAPI, town: Town) -> AsyncIterator[LogIn]:
    """Log in as `username`: by default there is one named like each role."""
    async with AsyncExitStack() as open_clients:

        async def as_user(username: str) -> Client:
            client = await open_clients.enter_async_context(browser(app))
            response = await client.log_in(username)
            assert response.status_code == 200, response.text
            return client

        yield as_user
