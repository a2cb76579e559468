"""A street with a few homes and caregivers, on a real database."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from kernel.clock import FakeClock
from kernel.db import Pool
from kernel.geo import Position
from kernel.ids import new_id
from scheduler.centre.localtime import instant
from scheduler.centre.model import Centre
from scheduler.solve.resident import ResidentSolver

AREA = "town"
ZONE = ZoneInfo("Asia/Shanghai")
CENTRE = Centre(area=AREA, zone=ZONE, at=Position(31.8, 119.9))
DAY = date(2026, 3, 2)
"""A Monday; the fake clock starts at 09:00 of it."""


def at(minutes: int, day: date = DAY) -> datetime:
    """A time of the local day."""
    return instant(day, minutes, ZONE)


@dataclass
class Street:
    """Builds what a test needs; everything lies along one road, 100 m apart."""

    pool: Pool
    names: dict[UUID, str] = field(default_factory=dict)
    homes: int = 0

    async def open(self) -> None:
        await self.pool.execute(
            "INSERT INTO dispatch.area (id, name, level, path) VALUES ($1, 'Town', 'city', $2)",
            AREA,
            [AREA],
        )
        await self.pool.execute(
            "INSERT INTO scheduler.centre (area, zone, lat, lon) VALUES ($1, $2, 31.8, 119.9)",
            AREA,
            ZONE.key,
        )
        await self.pool.execute("INSERT INTO scheduler.centre_area VALUES ($1, $1)", AREA)
        await self.pool.execute(
            """
            INSERT INTO scheduler.service_item (id, zh, en, skills, minutes, tasks) VALUES
            ('bath', '助浴', 'Bathing', '{bathing}', '{30,30,40,50,60}',
             '[{"id": "water", "zh": "测水温", "en": "Test the water"}]'),
            ('company', '关爱探访', 'Company', '{}', '{30,30,30,30,30}', '[]')
            """
        )

    async def resident(self, name: str) -> UUID:
        home, resident = new_id(), new_id()
        self.homes += 1
        await self.pool.execute(
            "INSERT INTO dispatch.home (id, area, address, lat, lon) VALUES ($1, $2, $3, 31.8, $4)",
            home,
            AREA,
            f"{self.homes} Long Road",
            119.9 + self.homes * 0.001,
        )
        await self.pool.execute(
            """
            INSERT INTO dispatch.resident (id, home_id, name, gender, care_level)
            VALUES ($1, $2, $3, 'female', 2)
            """,
            resident,
            home,
            name,
        )
        self.names[resident] = name
        return resident

    async def caregiver(
        self,
        name: str,
        *shifts: tuple[int, int],
        skills: tuple[str, ...] = (),
        courier: bool = False,
    ) -> UUID:
        ident = new_id()
        await self.pool.execute(
            """
            INSERT INTO dispatch.caregiver (id, area, kind, name, phone, gender, skills,
                                            travel_mode, base_lat, base_lon)
            VALUES ($1, $2, $3, $4, '+8651912345678', 'female', $5, 'ebike', 31.8, 119.9)
            """,
            ident,
            AREA,
            "courier" if courier else "caregiver",
            name,
            list(skills),
        )
        for start, end in shifts:
            await self.pool.execute(
                "INSERT INTO scheduler.shift VALUES ($1, $2, $3, $4)",
                new_id(),
                ident,
                at(start),
                at(end),
            )
        if courier:
            await self.pool.execute(
                "INSERT INTO scheduler.courier (caregiver_id, hot_boxes, cold_boxes) "
                "VALUES ($1, 8, 4)",
                ident,
            )
        self.names[ident] = name
        return ident

    async def certificate(
        self, caregiver: UUID, skill: str, valid_from: date, valid_to: date | None = None
    ) -> None:
        await self.pool.execute(
            "INSERT INTO dispatch.certificate (id, caregiver_id, skill, valid_from, valid_to)"
            " VALUES ($1, $2, $3, $4, $5)",
            new_id(),
            caregiver,
            skill,
            valid_from,
            valid_to,
        )

    async def visit(
        self,
        resident: UUID,
        window: tuple[int, int],
        *,
        service: str = "company",
        staff: int | None = None,
        preferred: tuple[UUID, ...] = (),
        priority: int = 1,
        rrule: str = "FREQ=DAILY",
    ) -> UUID:
        """A care plan item; its visit is made when the day is planned. Returns the item's id."""
        plan, item = new_id(), new_id()
        await self.pool.execute(
            "INSERT INTO scheduler.care_plan (id, resident_id, starts_on) VALUES ($1, $2, $3)",
            plan,
            resident,
            DAY - timedelta(days=7),
        )
        await self.pool.execute(
            """
            INSERT INTO scheduler.care_plan_item (id, care_plan_id, service, rrule, window_from,
                window_to, staff, preferred, priority)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            item,
            plan,
            service,
            rrule,
            *window,
            staff,
            list(preferred),
            priority,
        )
        return item

    async def kitchen(self, *diets: str) -> UUID:
        ident = new_id()
        await self.pool.execute(
            "INSERT INTO scheduler.meal_point (id, centre, name, lat, lon, per_half_hour, diets) "
            "VALUES ($1, $2, 'Kitchen', 31.8, 119.9, 20, $3)",
            ident,
            AREA,
            list(diets),
        )
        await self.pool.execute(
            "INSERT INTO scheduler.meal_point_hours VALUES ($1, 'lunch', 630, 750)", ident
        )
        return ident

    async def order(self, resident: UUID, diet: str = "normal") -> UUID:
        ident = new_id()
        await self.pool.execute(
            """
            INSERT INTO scheduler.meal_order (id, resident_id, home_id, area, day, meal, diet,
                                              window_from, window_to)
            SELECT $1, r.id, r.home_id, $3, $4, 'lunch', $5, $6, $7
            FROM dispatch.resident r WHERE r.id = $2
            """,
            ident,
            resident,
            AREA,
            DAY,
            diet,
            at(660),
            at(735),
        )
        return ident

    async def visit_of(self, item: UUID, day: date = DAY) -> UUID:
        found: UUID = await self.pool.fetchval(
            "SELECT id FROM scheduler.visit WHERE care_plan_item_id = $1 AND day = $2", item, day
        )
        return found

    async def facts(self, topic: str) -> list[dict[str, object]]:
        rows = await self.pool.fetch(
            "SELECT payload FROM kernel.outbox WHERE topic = $1 ORDER BY seq", topic
        )
        return [row["payload"] for row in rows]


@pytest.fixture
async def street(pool: Pool) -> Street:
    built = Street(pool)
    await built.open()
    return built


@pytest.fixture
def clock() -> FakeClock:
    """Nine o'clock in the morning of DAY, local time."""
    return FakeClock(at(540))


@pytest.fixture
async def resident() -> AsyncIterator[ResidentSolver]:
    held = ResidentSolver()
    yield held
    await held.close()
