"""A small town to tell stories about: real PostgreSQL, a clock that obeys, no mocks.

Time passes only when a story says so; the engine looks at each deadline as it comes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final, Self
from uuid import uuid4

from devices import registry
from devices.events import Signal, TerminalId
from devices.registry import Enrolment
from dispatch import engine
from dispatch.incidents import store
from dispatch.intake import handling as intake
from kernel import outbox
from kernel.audit import Process
from kernel.clock import FakeClock
from kernel.db import Pool
from people.ids import AccountId, CaregiverId, HomeId
from tests.stories.people import CITY, EVERYWHERE, NORTH, SOUTH, House, Relative, Seat, Worker

__all__ = ["CITY", "EVERYWHERE", "NORTH", "SOUTH", "Town", "minutes", "seconds", "topics"]

HOMES: Final = {
    "Miller": (NORTH, 31.240, 121.440),
    "Chen": (NORTH, 31.241, 121.445),
    "Baker": (SOUTH, 31.200, 121.440),
}
CAREGIVERS: Final = {
    "Zhou": (NORTH, 31.242, 121.442, "ebike"),
    "Wu": (NORTH, 31.250, 121.450, "walk"),
    "Qian": (SOUTH, 31.205, 121.445, "car"),
}
SEATS: Final = {"Li": NORTH, "Sun": NORTH, "Zhao": SOUTH, "Boss": CITY}


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


@dataclass
class Town:
    """The whole of it."""

    pool: Pool
    clock: FakeClock
    homes: dict[str, House] = field(default_factory=dict)
    seats: dict[str, Seat] = field(default_factory=dict)
    workers: dict[str, Worker] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    def home(self, name: str) -> House:
        return self.homes[name]

    def seat(self, name: str) -> Seat:
        return self.seats[name]

    def worker(self, name: str) -> Worker:
        return self.workers[name]

    @classmethod
    async def built(cls, pool: Pool, clock: FakeClock) -> Self:
        town = cls(pool=pool, clock=clock)
        await town._areas()
        for name, (area, lat, lon) in HOMES.items():
            await town.builds_home(name, area, lat, lon)
        for name, area in SEATS.items():
            await town._seat(name, area)
        for name, (area, lat, lon, mode) in CAREGIVERS.items():
            await town._worker(name, area, lat, lon, mode)
        return town

    async def takes_in(self, *signals: Signal) -> None:
        """Do as ingest does: one transaction, facts last."""
        async with self.pool.acquire() as conn, conn.transaction():
            told = await intake.handle(conn, signals)
            await outbox.put(conn, self.clock.now(), told)

    async def time_passes(self, by: timedelta) -> None:
        """Let time pass, with the engine awake at every deadline on the way."""
        end = self.clock.now() + by
        while True:
            async with self.pool.acquire() as conn:
                due = await store.next_due(conn)
            if due is None or due > end:
                break
            await self.clock.advance(max(timedelta(0), due - self.clock.now()))
            assert await engine.pass_deadlines(self.pool, self.clock.now())
        await self.clock.advance(end - self.clock.now())

    async def told(self, about: str = "") -> list[str]:
        """Topics of the facts told so far that begin with `about`."""
        async with self.pool.acquire() as conn:
            facts = await outbox.read(conn, 0, limit=100_000)
        return [told.fact.topic for told in facts if told.fact.topic.startswith(about)]

    async def on_shift(self, worker: Worker, hours: float = 8) -> None:
        now = self.clock.now()
        await self.pool.execute(
            "INSERT INTO scheduler.shift (id, caregiver_id, starts_at, ends_at)"
            " VALUES ($1, $2, $3, $4)",
            uuid4(),
            worker.id,
            now - timedelta(hours=1),
            now + timedelta(hours=hours),
        )

    async def _areas(self) -> None:
        await self.pool.executemany(
            "INSERT INTO dispatch.area (id, parent, name, level, path) VALUES ($1, $2, $3, $4, $5)",
            [
                (CITY, None, "Town", "city", [CITY]),
                (NORTH, CITY, "North", "district", [CITY, NORTH]),
                (SOUTH, CITY, "South", "district", [CITY, SOUTH]),
            ],
        )

    async def builds_home(self, name: str, area: str, lat: float, lon: float) -> House:
        home_id, terminal = HomeId(uuid4()), TerminalId(f"T-{name}")
        await self.pool.execute(
            "INSERT INTO dispatch.home (id, area, address, lat, lon, way_in, door_code)"
            " VALUES ($1, $2, $3, $4, $5, 'Ring twice.', '2580#')",
            home_id,
            area,
            f"{name} Lane 1",
            lat,
            lon,
        )
        await self.pool.execute(
            "INSERT INTO dispatch.resident (id, home_id, name, gender, born, phone, care_level,"
            " lives_alone) VALUES ($1, $2, $3, 'female', $4, $5, 2, true)",
            uuid4(),
            home_id,
            name,
            date(1940, 5, 17),
            f"+8621{abs(hash(name)) % 10**8:08d}",
        )
        async with self.pool.acquire() as conn, conn.transaction():
            enrolment = Enrolment(terminal=terminal, area=area, model="K3")
            secrets = await registry.enrol_many(
                conn, [enrolment], self.clock.now(), by=Process.COMMAND_LINE
            )
            await registry.bind(conn, terminal, home_id, self.clock.now(), by=Process.COMMAND_LINE)
        self.secrets[terminal] = secrets[terminal]
        house = House(town=self, name=name, id=home_id, area=area, terminal=terminal)
        self.homes[name] = house
        return house

    async def relative_of(self, house: House) -> Relative:
        account, contact = await self._account("Daughter", "family", None), uuid4()
        await self.pool.execute(
            "INSERT INTO dispatch.contact (id, resident_id, name, relation, phone, has_key,"
            " position) SELECT $1, id, 'Daughter', 'daughter', '+8613700000000', true, 1"
            " FROM dispatch.resident WHERE home_id = $2",
            contact,
            house.id,
        )
        await self.pool.execute(
            "INSERT INTO dispatch.consent (id, resident_id, contact_id, purpose, text_version,"
            " giver, given_at) SELECT $1, id, $2, 'alerts', '1', 'resident', $3"
            " FROM dispatch.resident WHERE home_id = $4",
            uuid4(),
            contact,
            self.clock.now(),
            house.id,
        )
        await self.pool.execute(
            "INSERT INTO dispatch.account_contact (account_id, contact_id) VALUES ($1, $2)",
            account,
            contact,
        )
        return Relative(town=self, id=account, contact_id=contact)

    async def _seat(self, name: str, area: str) -> None:
        account = await self._account(name, "supervisor" if name == "Boss" else "operator", None)
        await self.pool.execute(
            "INSERT INTO dispatch.account_area (account_id, area) VALUES ($1, $2)", account, area
        )
        areas = EVERYWHERE if area == CITY else frozenset({area})
        self.seats[name] = Seat(town=self, name=name, id=account, areas=areas)

    async def _worker(self, name: str, area: str, lat: float, lon: float, mode: str) -> None:
        caregiver = CaregiverId(uuid4())
        await self.pool.execute(
            "INSERT INTO dispatch.caregiver (id, area, name, phone, gender, travel_mode, base_lat,"
            " base_lon) VALUES ($1, $2, $3, '+8613900000000', 'female', $4, $5, $6)",
            caregiver,
            area,
            name,
            mode,
            lat,
            lon,
        )
        account = await self._account(name, "caregiver", caregiver)
        worker = Worker(town=self, name=name, id=caregiver, account=account)
        self.workers[name] = worker
        await self.on_shift(worker)

    async def _account(self, name: str, role: str, caregiver: CaregiverId | None) -> AccountId:
        account = AccountId(uuid4())
        await self.pool.execute(
            "INSERT INTO dispatch.account (id, username, name, password_hash, role, caregiver_id,"
            " created_at) VALUES ($1, $2, $3, 'none', $4, $5, $6)",
            account,
            name.lower(),
            name,
            role,
            caregiver,
            datetime(2026, 1, 1, tzinfo=UTC),
        )
        return account


def topics(told: Sequence[str]) -> dict[str, int]:
    """Count each topic."""
    return {topic: told.count(topic) for topic in sorted(set(told))}
