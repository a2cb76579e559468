"""Repairs over HTTP, and who hears of them: those whom one concerns, each once."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import pytest

from kernel import outbox
from kernel.clock import FakeClock
from kernel.db import Pool
from kernel.ids import new_id
from scheduler.centre.model import Kind
from scheduler.plans.publishing import SolveOptions, plan_day
from scheduler.repairing import offering
from scheduler.solve.resident import ResidentSolver
from web.live.concerns import of_caregiver, of_family

from .conftest import Client, LogIn, Town
from .test_day import clock  # noqa: F401 - a fixture

DAY: Final = date(2026, 3, 2)
HOUR: Final = timedelta(hours=1)


@dataclass
class Morning:
    """Two residents, each visited by a caregiver of their own later today."""

    town: Town
    pool: Pool
    clock: FakeClock
    neighbour: UUID
    mine: UUID
    theirs: UUID
    holder: ResidentSolver
    seen: int = 0

    async def heard(self) -> dict[str, list[str]]:
        """What has come for each since the last time."""
        async with self.pool.acquire() as conn:
            batch = await outbox.read(conn, self.seen)
        self.seen = batch[-1].seq if batch else self.seen
        listening = {
            "caregiver": of_caregiver(self.town.caregiver),
            "colleague": of_caregiver(self.town.other_caregiver),
            "family": of_family({self.town.resident}, {self.town.north_home}),
            "neighbour": of_family({self.neighbour}, frozenset()),
        }
        return {
            who: [told.fact.topic for told in batch if concerns(told) is not None]
            for who, concerns in listening.items()
        }

    async def published(self, planner: Client, **happened: Any) -> dict[str, Any]:
        """Ask, let the planner process answer, publish the first way."""
        asked = await planner.write("/repairs", **happened)
        assert asked.status_code == 202, asked.text
        await offering.answer(self.pool, self.clock, self.holder)
        done = await planner.write(f"/repairs/{asked.json()['id']}/publish", alternative=1)
        assert done.status_code == 200, done.text
        shown: dict[str, Any] = done.json()
        return shown


async def _visit(pool: Pool, resident: UUID, home: UUID, who: UUID, start: Any) -> UUID:
    visit = new_id()
    await pool.execute(
        "INSERT INTO scheduler.visit (id, day, resident_id, home_id, area, service, window_from,"
        " window_to, minutes, staff, preferred)"
        " VALUES ($1, $2, $3, $4, 'north-1', 'bath', $5, $6, 30, 1, $7)",
        visit,
        DAY,
        resident,
        home,
        start,
        start + HOUR / 2,
        [who],
    )
    return visit


@pytest.fixture
async def morning(town: Town, pool: Pool, clock: FakeClock) -> AsyncIterator[Morning]:  # noqa: F811
    now = clock.now()
    await pool.execute(
        "INSERT INTO scheduler.service_item (id, zh, en, minutes, tasks)"
        " VALUES ('bath', '助浴', 'Bathing', '{30,30,30,30,30}', '[]')"
    )
    for who in (town.caregiver, town.other_caregiver):
        await pool.execute(
            "INSERT INTO scheduler.shift VALUES ($1, $2, $3, $4)",
            new_id(),
            who,
            now,
            now + 8 * HOUR,
        )
    neighbour = new_id()
    await pool.execute(
        "INSERT INTO dispatch.resident (id, home_id, name, gender, care_level)"
        " VALUES ($1, $2, 'Wu Lan', 'female', 2)",
        neighbour,
        town.north_home,
    )
    home = town.north_home
    mine = await _visit(pool, town.resident, home, town.caregiver, now + 3 * HOUR)
    theirs = await _visit(pool, neighbour, home, town.other_caregiver, now + 5 * HOUR)
    done = await plan_day(
        pool, clock, "north", DAY, Kind.VISITS, options=SolveOptions(seconds=1, threads=1)
    )
    assert done.state == "published"
    holder = ResidentSolver()
    made = Morning(town, pool, clock, neighbour, mine, theirs, holder)
    await made.heard()
    yield made
    await holder.close()


async def _today(phone: Client) -> list[str]:
    return [visit["id"] for visit in (await phone.read("/caregiver/today"))["visits"]]


async def test_a_sick_call_reaches_who_is_off_who_comes_instead_and_the_family_once(
    morning: Morning, log_in: LogIn
) -> None:
    planner, phone = await log_in("planner"), await log_in("caregiver")
    colleague, family = await log_in("colleague"), await log_in("family")
    assert (await _today(phone), await _today(colleague)) == (
        [str(morning.mine)],
        [str(morning.theirs)],
    )
    now = morning.clock.now()
    absence = {
        "caregiver_id": str(morning.town.caregiver),
        "starts_at": now.isoformat(),
        "ends_at": (now + 8 * HOUR).isoformat(),
    }
    done = await morning.published(planner, cause="absence", absence=absence)
    (change,) = done["alternatives"][0]["changes"]
    assert change["before"]["caregivers"][0]["id"] == str(morning.town.caregiver)
    assert change["after"]["caregivers"][0]["id"] == str(morning.town.other_caregiver)
    assert (change["effect"], change["other_person"]) == ("same_time", True)
    assert await morning.heard() == {
        "caregiver": ["plan.published"],
        "colleague": ["plan.published"],
        "family": ["plan.published"],
        "neighbour": [],
    }
    assert await _today(phone) == []
    assert await _today(colleague) == [str(morning.mine), str(morning.theirs)]
    (shown,) = (await family.read("/family/status"))["residents"]
    assert [visit["id"] for visit in shown["visits"]] == [str(morning.mine)]


async def test_a_cancelled_visit_reaches_its_people_at_once_and_nobody_twice(
    morning: Morning, log_in: LogIn
) -> None:
    planner, colleague = await log_in("planner"), await log_in("colleague")
    await morning.published(planner, cause="cancelled", visit_id=str(morning.theirs))
    assert await morning.heard() == {
        "caregiver": [],
        "colleague": ["visit.cancelled"],
        "family": [],
        "neighbour": ["visit.cancelled"],
    }
    assert await _today(colleague) == []


async def test_an_urgent_visit_reaches_its_caregiver_and_its_family(
    morning: Morning, log_in: LogIn
) -> None:
    planner = await log_in("planner")
    assert [one["id"] for one in (await planner.read("/services"))["items"]] == ["bath"]
    now = morning.clock.now()
    visit = {
        "resident_id": str(morning.neighbour),
        "service": "bath",
        "window_from": (now + 5.6 * HOUR).isoformat(),
        "window_to": (now + 6 * HOUR).isoformat(),
        "minutes": 45,
    }
    await morning.published(planner, cause="new_visit", new_visit=visit)
    heard = await morning.heard()
    assert (heard["family"], heard["neighbour"]) == ([], ["plan.published"])
    (who,) = [one for one in ("caregiver", "colleague") if heard[one] == ["plan.published"]]
    assert len(await _today(await log_in(who))) == 2


async def test_a_question_is_listed_until_it_is_decided_and_asked_again_by_name(
    morning: Morning, log_in: LogIn
) -> None:
    planner, operator = await log_in("planner"), await log_in("operator")
    asked = await planner.write(
        "/repairs", cause="late", visit_id=str(morning.mine), late={"minutes": 20}
    )
    await offering.answer(morning.pool, morning.clock, morning.holder)
    first = asked.json()["id"]
    assert [one["id"] for one in (await operator.read("/repairs"))["items"]] == [first]
    again = await planner.write(f"/repairs/{first}/again")
    assert again.status_code == 202, again.text
    assert (again.json()["cause"], again.json()["subject"]) == ("late", str(morning.mine))
    assert (await planner.read(f"/repairs/{first}"))["state"] == "outdated"
    assert (await operator.write(f"/repairs/{first}/again")).status_code == 403
    await planner.write(f"/repairs/{again.json()['id']}/dismiss")
    assert (await operator.read("/repairs"))["items"] == []
    assert all(topics == [] for topics in (await morning.heard()).values())
