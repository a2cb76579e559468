"""A small town to tell stories about: real PostgreSQL, a clock that obeys, no mocks.

Time passes only when a story says so; the engine looks at each deadline as it comes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Self
from uuid import UUID, uuid4

from devices import registry
from devices.events import Signal, SignalKind, TerminalId
from devices.registry import Enrolment
from dispatch import engine, intake
from dispatch.assignments import handling as jobs
from dispatch.assignments.model import Assignment
from dispatch.ids import AccountId, AssignmentId, CaregiverId, HomeId, IncidentId
from dispatch.incidents import events as e
from dispatch.incidents import handling, store, views
from dispatch.incidents.model import Disposition, Incident
from dispatch.incidents.views import IncidentView, Tab
from dispatch.people.residents import store as residents
from kernel import outbox
from kernel.clock import FakeClock
from kernel.db import Pool
from kernel.ids import new_id

CITY: Final = "town"
NORTH: Final = "north"
SOUTH: Final = "south"
EVERYWHERE: Final = frozenset({CITY, NORTH, SOUTH})

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
class House:
    """A home with one terminal in it."""

    town: "Town"
    name: str
    id: HomeId
    area: str
    terminal: TerminalId

    async def presses_pendant(self, press: str | None = None) -> str:
        """Press for help; the id of the press is returned, and may be given to repeat it."""
        return await self.sends(SignalKind.SOS, press)

    async def sends(
        self, kind: SignalKind, signal_id: str | None = None, *, test: bool = False, **data: Any
    ) -> str:
        signal = self.signal(kind, signal_id, test=test, **data)
        await self.town.takes_in(signal)
        return signal.id

    def signal(
        self, kind: SignalKind, signal_id: str | None = None, *, test: bool = False, **data: Any
    ) -> Signal:
        return Signal(
            terminal=self.terminal,
            area=self.area,
            home_id=self.id,
            id=signal_id or str(uuid4()),
            kind=kind,
            received_at=self.town.clock.now(),
            test=test,
            data=data,
        )

    async def falls_silent(self) -> None:
        await self.sends(SignalKind.WENT_SILENT)

    async def is_heard_again(self) -> None:
        await self.sends(SignalKind.CAME_BACK)

    async def incidents(self) -> list[IncidentView]:
        """All incidents of this home, the oldest first."""
        async with self.town.pool.acquire() as conn:
            rows = await conn.fetch(
                "SELECT id FROM dispatch.incident WHERE home_id = $1 ORDER BY number", self.id
            )
            return await views.incidents(conn, [row["id"] for row in rows])

    async def incident(self) -> IncidentView:
        """The newest incident of this home."""
        return (await self.incidents())[-1]

    async def timeline(self) -> list[str]:
        incident = await self.incident()
        async with self.town.pool.acquire() as conn:
            detail = await views.detail(conn, incident.id, EVERYWHERE)
        return [line.type for line in detail.timeline]

    async def terminal_was_told(self) -> list[str]:
        """States of the alarm that the terminal is told, in order."""
        rows = await self.town.pool.fetch(
            "SELECT body ->> 'state' AS state FROM devices.command"
            " WHERE terminal = $1 AND type = 'alarm_state' ORDER BY created_at, id",
            self.terminal,
        )
        return [row["state"] for row in rows]


@dataclass
class Seat:
    """An operator at a console."""

    town: "Town"
    name: str
    id: AccountId
    areas: frozenset[str]

    async def queue(self, tab: Tab = Tab.WAITING) -> list[IncidentView]:
        async with self.town.pool.acquire() as conn:
            return await views.listed(conn, tab, self.areas, self.id)

    async def hears(self, house: House) -> int | None:
        """How loudly (0–3) the house rings at this seat; None: it does not."""
        ringing = {one.home_id: one.level for one in await self.queue()}
        return ringing.get(house.id)

    async def does(self, house: House, event: e.Event) -> Incident:
        incident = await house.incident()
        return await handling.apply(self.town.pool, IncidentId(incident.id), event)

    async def claims(self, house: House, event_id: UUID | None = None) -> Incident:
        at = self.town.clock.now()
        return await self.does(house, e.Claimed(id=event_id or uuid4(), at=at, by=self.id))

    async def releases(self, house: House) -> Incident:
        at = self.town.clock.now()
        return await self.does(house, e.Released(id=uuid4(), at=at, by=self.id))

    async def calls_the_supervisor(self, house: House) -> Incident:
        at = self.town.clock.now()
        return await self.does(house, e.Escalated(id=uuid4(), at=at, by=self.id))

    async def notes(self, house: House, text: str) -> Incident:
        at = self.town.clock.now()
        return await self.does(house, e.Noted(id=uuid4(), at=at, by=self.id, text=text))

    async def sends(self, worker: "Worker", house: House) -> Incident:
        return await self.does(
            house,
            e.Dispatched(
                id=uuid4(),
                at=self.town.clock.now(),
                by=self.id,
                assignment_id=AssignmentId(new_id()),
                caregiver_id=worker.id,
            ),
        )

    async def calls_back(self, house: House) -> Incident:
        job = (await house.incident()).assignment
        assert job is not None
        event = e.Withdrawn(
            id=uuid4(),
            at=self.town.clock.now(),
            by=self.id,
            assignment_id=AssignmentId(job.id),
        )
        return await self.does(house, event)

    async def closes(
        self, house: House, disposition: Disposition = Disposition.REAL, note: str = ""
    ) -> Incident:
        at = self.town.clock.now()
        event = e.Closed(id=uuid4(), at=at, by=self.id, disposition=disposition, note=note)
        return await self.does(house, event)


@dataclass
class Worker:
    """A caregiver with a phone."""

    town: "Town"
    name: str
    id: CaregiverId
    account: AccountId

    async def job(self) -> views.JobView | None:
        async with self.town.pool.acquire() as conn:
            return await views.job(conn, self.id)

    async def _does(self, event: type[e.OfJob], **more: Any) -> Assignment:
        job = await self.job()
        assert job is not None, f"{self.name} has no job"
        made = event(
            id=uuid4(),
            at=self.town.clock.now(),
            by=self.account,
            assignment_id=AssignmentId(job.id),
            **more,
        )  # type: ignore[call-arg]
        return await jobs.apply(self.town.pool, made)

    async def accepts(self) -> Assignment:
        return await self._does(e.Accepted)

    async def declines(self, reason: str) -> Assignment:
        return await self._does(e.Declined, reason=reason)

    async def sets_out(self) -> Assignment:
        return await self._does(e.SetOut)

    async def arrives(self) -> Assignment:
        return await self._does(e.Arrived)

    async def finishes(self) -> Assignment:
        return await self._does(e.Finished)


@dataclass
class Relative:
    """A daughter with the family page, to whose being told the resident consents."""

    town: "Town"
    id: AccountId
    contact_id: UUID

    async def alerts(self) -> list[views.AlertView]:
        since = self.town.clock.now() - timedelta(hours=12)
        async with self.town.pool.acquire() as conn:
            known = await residents.of_family(conn, self.id)
            return await views.alerts(conn, [one.home_id for one in known], self.id, since)


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
            secrets = await registry.enrol_many(conn, [enrolment], self.clock.now())
            await registry.bind(conn, terminal, home_id, self.clock.now())
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
