"""An alarm in two statements writes what the way under locks writes, whoever else is at work."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final, cast

import pytest
from structlog.testing import capture_logs

from devices.handler import Deed, Express
from devices.lanes import express
from devices.lanes.reading import Arrival
from dispatch.intake.express import QUICK
from kernel import outbox
from kernel.db import Connection, Pool
from tests.stories.alarms import Between, Lane, alarm
from tests.stories.town import Town, topics

INCIDENTS: Final = "SELECT * FROM dispatch.incident ORDER BY number"
EVENTS: Final = """
SELECT i.number, e.at, e.type, e.by, e.data FROM dispatch.incident_event AS e
JOIN dispatch.incident AS i ON i.id = e.incident_id ORDER BY e.position
"""
ALARMS: Final = """
SELECT i.number, to_jsonb(a) - 'incident_id' AS alarm FROM dispatch.alarm AS a
JOIN dispatch.incident AS i ON i.id = a.incident_id ORDER BY a.id
"""
FACTS: Final = """
SELECT seq, at, topic, area, payload - 'incident_id' AS payload FROM kernel.outbox ORDER BY seq
"""
INBOX: Final = "SELECT * FROM devices.inbox ORDER BY terminal, id"
EMPTY: Final = """
TRUNCATE dispatch.incident, dispatch.incident_event, dispatch.alarm, dispatch.assignment,
    devices.inbox, kernel.outbox RESTART IDENTITY
"""
TERMINALS: Final = ("T-Miller", "T-Chen", "T-Baker", "Nobody-1")
KINDS: Final = (
    *("sos", "sos", "fall", "smoke", "mains_lost", "mains_back", "low_battery", "cancelled"),
    *("test", "fault", "hologram"),
)


async def rows(pool: Pool) -> dict[str, list[dict[str, Any]]]:
    """Return all that taking in alarms writes, but for the random ids of incidents."""
    found = {}
    for name, statement in (
        *(("incidents", INCIDENTS), ("events", EVENTS), ("alarms", ALARMS)),
        *(("facts", FACTS), ("inbox", INBOX)),
    ):
        found[name] = [dict(row) for row in await pool.fetch(statement)]
    for incident in found["incidents"]:
        del incident["id"]
    return found


async def by_express(
    pool: Pool, at: Any, *alarms: Arrival, meanwhile: Callable[[], Awaitable[Any]] | None = None
) -> bool:
    async with pool.acquire() as conn:
        asked: Any = Between(conn, meanwhile) if meanwhile else conn
        return await express.take(cast("Connection", asked), at, alarms, QUICK)


@pytest.mark.parametrize("seed", range(6))
async def test_both_ways_write_the_same_rows_for_the_same_events(town: Town, seed: int) -> None:
    async def told_by(quick: Express | None) -> dict[str, list[dict[str, Any]]]:
        rng, at = random.Random(seed), town.clock.now()
        await town.pool.execute(EMPTY)
        await town.pool.execute("UPDATE kernel.outbox_head SET seq = 0")
        lane = Lane(town.pool, at, quick)
        for _ in range(12):
            at += timedelta(seconds=1)
            batch = [
                alarm(
                    rng.choice(TERMINALS),
                    f"a-{rng.randrange(40)}",
                    at,
                    rng.choice(KINDS),
                    battery=rng.randrange(100),
                    loc={"lat": 31.2 + rng.random() / 10, "lon": 121.44, "crs": "wgs84", "acc": 9},
                    data={"of": "a\u0000b 按", "n": rng.random()},
                )
                for _ in range(rng.choice((1, 1, 2, 9)))
            ]
            await lane.takes(*batch)
            owned = await town.home("Miller").incidents()
            if rng.random() < 0.3 and owned and owned[-1].state == "open":
                await town.seat("Li").claims(town.home("Miller"))
        return await rows(town.pool)

    with capture_logs() as logs:
        quickly = await told_by(QUICK)
    assert [log for log in logs if log["event"] in {"alarm_met_another", "express_failed"}] == []
    locked = await told_by(None)
    for name, found in quickly.items():
        assert found == locked[name], name
    assert len(quickly["incidents"]) > 3
    assert {len(quickly[name]) > 10 for name in ("events", "alarms", "facts", "inbox")} == {True}


async def test_presses_of_one_home_at_once_on_two_connections_are_one_incident(town: Town) -> None:
    at, miller = town.clock.now(), town.home("Miller")
    lanes = [Lane(town.pool, at), Lane(town.pool, at), Lane(town.pool, at, None)]
    for n in range(8):
        await asyncio.gather(
            *(lane.takes(alarm("T-Miller", f"{n}-{i}", at)) for i, lane in enumerate(lanes))
        )
    assert [one.presses for one in await miller.incidents()] == [24]
    assert topics(await town.told()) == {"incident.opened": 1, "incident.signalled": 23}
    assert await town.pool.fetchval("SELECT count(*) FROM devices.inbox") == 24


async def test_an_id_that_comes_again_between_read_and_write_is_not_doubled(town: Town) -> None:
    at, miller, other = town.clock.now(), town.home("Miller"), Lane(town.pool, town.clock.now())
    again = alarm("T-Miller", "a-1", at)
    done = await by_express(town.pool, at, again, meanwhile=lambda: other.takes(again))
    assert not done
    await other.takes(again, alarm("T-Miller", "a-2", at))
    assert [one.presses for one in await miller.incidents()] == [2]


async def test_an_incident_that_opens_between_read_and_write_is_not_opened_twice(
    town: Town,
) -> None:
    at, miller, other = town.clock.now(), town.home("Miller"), Lane(town.pool, town.clock.now())
    first, second = alarm("T-Miller", "a-1", at), alarm("T-Miller", "a-2", at)
    assert not await by_express(town.pool, at, second, meanwhile=lambda: other.takes(first))
    await other.takes(second)
    assert [one.presses for one in await miller.incidents()] == [2]
    assert await town.told() == ["incident.opened", "incident.signalled"]


async def test_a_claim_between_read_and_write_is_not_overwritten(town: Town) -> None:
    at, miller, li = town.clock.now(), town.home("Miller"), town.seat("Li")
    await miller.presses_pendant()
    before = await rows(town.pool)
    assert before["inbox"] == []
    press = alarm("T-Miller", "a-2", at)
    assert not await by_express(town.pool, at, press, meanwhile=lambda: li.claims(miller))
    assert await town.pool.fetchval("SELECT count(*) FROM devices.inbox") == 0, "nothing is left"
    lane = Lane(town.pool, at)
    await lane.takes(press)
    call = await miller.incident()
    assert (call.state, call.presses) == ("claimed", 2)


async def test_presses_and_claims_of_many_homes_in_any_order_never_wait_in_a_ring(
    town: Town,
) -> None:
    at, li = town.clock.now(), town.seat("Li")
    houses = [await town.builds_home(f"Row{n}", "north", 31.24, 121.44) for n in range(12)]
    lanes = [Lane(town.pool, at, QUICK if n % 3 else None) for n in range(6)]
    await lanes[0].takes(*(alarm(house.terminal, "a-0", at) for house in houses))

    async def press_in_some_order(seed: int) -> None:
        order = random.Random(seed).sample(houses, len(houses))
        await lanes[seed].takes(*(alarm(house.terminal, f"a-1-{seed}", at) for house in order))

    await asyncio.gather(
        *(press_in_some_order(seed) for seed in range(6)), *(li.claims(house) for house in houses)
    )
    for house in houses:
        call = await house.incident()
        assert (call.state, call.presses) == ("claimed", 7)
    numbers = await town.pool.fetch("SELECT seq FROM kernel.outbox ORDER BY seq")
    assert [row["seq"] for row in numbers] == list(range(1, len(numbers) + 1))


async def test_whatever_goes_wrong_on_the_short_way_the_alarm_takes_the_other(town: Town) -> None:
    def cannot(*_: object) -> Deed:
        raise LookupError("13800000000")

    at, miller = town.clock.now(), town.home("Miller")
    lane = Lane(town.pool, at, Express(ask=QUICK.ask, decide=cannot, record=QUICK.record))
    with capture_logs() as logs:
        await lane.takes(alarm("T-Miller", "a-1", at))
    assert [one.presses for one in await miller.incidents()] == [1]
    assert [log["event"] for log in logs] == ["express_failed"]


async def test_a_repeat_writes_nothing(town: Town) -> None:
    at, lane = town.clock.now(), Lane(town.pool, town.clock.now())
    await lane.takes(alarm("T-Miller", "a-1", at), alarm("T-Miller", "a-1", at))
    before = await rows(town.pool)
    await lane.takes(alarm("T-Miller", "a-1", at))
    assert await rows(town.pool) == before
    async with town.pool.acquire() as conn:
        assert await outbox.head(conn) == 1
