"""Many at once, the engine's death, and who else is told."""

import asyncio
import random
from uuid import uuid4

from devices.events import Signal, SignalKind
from dispatch import engine
from dispatch.ids import IncidentId
from dispatch.incidents import events as e
from dispatch.incidents import handling
from dispatch.incidents.views import reading as views
from dispatch.intake.helping_caregivers import Call, call_for_help
from kernel.db import connect
from tests.stories.town import EVERYWHERE, Town, minutes, seconds, topics


async def test_five_hundred_alarms_of_three_hundred_homes_are_counted_exactly(town: Town) -> None:
    await town.pool.execute(
        "INSERT INTO dispatch.home (id, area, address, lat, lon)"
        " SELECT gen_random_uuid(), 'south', 'Long Lane ' || n, 31.2, 121.4"
        " FROM generate_series(1, 300) AS n"
    )
    homes = [
        row["id"] for row in await town.pool.fetch("SELECT id FROM dispatch.home WHERE way_in = ''")
    ]
    now, rng = town.clock.now(), random.Random(7)
    alarms = [
        Signal(
            terminal=None if n % 50 == 49 else f"H-{n % 300}",  # type: ignore[arg-type]
            area="south",
            home_id=homes[n % 300],
            id=f"press-{n}",
            kind=SignalKind.SOS,
            received_at=now,
        )
        for n in range(500)
    ]
    sent = alarms + rng.sample(alarms, 200)  # some arrive twice
    rng.shuffle(sent)
    batches = [sent[start : start + 50] for start in range(0, len(sent), 50)]
    await asyncio.gather(*(town.takes_in(*batch) for batch in batches))
    rows = await town.pool.fetch("SELECT presses, state FROM dispatch.incident")
    assert len(rows) == 300
    assert sum(row["presses"] for row in rows) == 500
    assert {row["state"] for row in rows} == {"open"}
    assert await town.pool.fetchval("SELECT count(*) FROM dispatch.alarm") == 500
    told = topics(await town.told())
    assert told == {"incident.opened": 300, "incident.signalled": 200}


async def test_claims_and_presses_at_the_same_moment_do_not_block_each_other(town: Town) -> None:
    houses = [await town.builds_home(f"Row{n}", "north", 31.24, 121.44) for n in range(12)]
    li = town.seat("Li")
    await town.takes_in(*(house.signal(SignalKind.SOS) for house in houses))

    async def press_in_some_order(seed: int) -> None:
        order = random.Random(seed).sample(houses, len(houses))
        await town.takes_in(*(house.signal(SignalKind.SOS) for house in order))

    await asyncio.gather(
        *(press_in_some_order(seed) for seed in range(6)), *(li.claims(house) for house in houses)
    )
    for house in houses:
        call = await house.incident()
        assert (call.state, call.presses) == ("claimed", 7)


async def test_an_engine_that_was_away_makes_up_for_it_at_once(town: Town) -> None:
    miller, li = town.home("Miller"), town.seat("Li")
    await miller.presses_pendant()
    await town.clock.advance(minutes(10))  # nobody looks at deadlines meanwhile
    assert await li.hears(miller) == 0
    assert await engine.pass_deadlines(town.pool, town.clock.now())
    assert await li.hears(miller) == 3
    assert (await town.told()).count("incident.escalated") == 1
    await town.time_passes(minutes(1))
    assert (await town.told()).count("incident.escalated") == 2


async def test_two_engines_let_a_deadline_pass_once(town: Town) -> None:
    houses = [await town.builds_home(f"Row{n}", "north", 31.24, 121.44) for n in range(60)]
    await town.takes_in(*(house.signal(SignalKind.SOS) for house in houses))
    await town.clock.advance(seconds(20))
    now = town.clock.now()
    await asyncio.gather(*(engine.pass_deadlines(town.pool, now) for _ in range(3)))
    assert (await town.told()).count("incident.escalated") == 60


async def test_the_engine_wakes_by_itself_and_stops_when_told(town: Town) -> None:
    miller, li, stop = town.home("Miller"), town.seat("Li"), asyncio.Event()
    await miller.presses_pendant()
    working = asyncio.create_task(engine.run(town.pool, town.clock, stop))
    level: int | None = 0
    for _ in range(400):
        await town.clock.advance(seconds(0.5))
        await town.pool.fetchval("SELECT pg_sleep(0.005)")
        level = await li.hears(miller)
        if level == 3:
            break
    assert level == 3
    stop.set()
    await asyncio.wait_for(working, 60)


async def test_the_engine_outlives_its_connections(town: Town, database_url: str) -> None:
    miller, li, stop = town.home("Miller"), town.seat("Li"), asyncio.Event()
    await miller.presses_pendant()
    working = asyncio.create_task(engine.run(town.pool, town.clock, stop))
    await town.clock.advance(seconds(0.5))
    saboteur = await connect(database_url)
    await saboteur.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    for _ in range(200):
        await town.clock.advance(seconds(0.5))
        await saboteur.fetchval("SELECT pg_sleep(0.005)")
        if await saboteur.fetchval("SELECT max(level) FROM dispatch.incident") == 3:
            break
    await saboteur.close()
    assert await li.hears(miller) == 3
    assert not working.done()
    stop.set()
    await asyncio.wait_for(working, 60)


async def test_one_broken_case_does_not_keep_the_others_from_ringing(town: Town) -> None:
    miller, chen, li = town.home("Miller"), town.home("Chen"), town.seat("Li")
    await miller.presses_pendant()
    await chen.presses_pendant()
    await town.pool.execute(
        "UPDATE dispatch.incident SET assignment_id = $1 WHERE home_id = $2", uuid4(), miller.id
    )
    await town.clock.advance(seconds(20))
    assert not await engine.pass_deadlines(town.pool, town.clock.now())
    assert (await li.hears(miller), await li.hears(chen)) == (0, 1)


async def test_an_area_has_the_patience_of_the_nearest_area_that_has_its_own(town: Town) -> None:
    miller, baker = town.home("Miller"), town.home("Baker")
    for area, louder_s in (("town", 10), ("south", 5)):
        await town.pool.execute(
            "INSERT INTO dispatch.policy (area, louder_s) VALUES ($1, $2)", area, louder_s
        )
    await miller.presses_pendant()
    await baker.presses_pendant()
    due = [(await home.incident()).step_due_at for home in (miller, baker)]
    assert due == [town.clock.now() + seconds(10), town.clock.now() + seconds(5)]
    await town.pool.execute("UPDATE dispatch.policy SET louder_s = 1, every_seat_s = 2")
    await town.time_passes(seconds(5))
    rung = await baker.incident()
    assert (rung.level, rung.step_due_at) == (1, town.clock.now() + seconds(35))


async def test_a_caregiver_in_need_rings_and_the_job_they_are_on_says_so(town: Town) -> None:
    miller, li, zhou = town.home("Miller"), town.seat("Li"), town.worker("Zhou")
    await miller.presses_pendant()
    await li.claims(miller)
    await li.sends(zhou, miller)
    await zhou.accepts()
    call = Call(id=uuid4(), at=town.clock.now(), by=zhou.account, caregiver_id=zhou.id)
    opened = await call_for_help(town.pool, call)
    assert (opened.kind, opened.priority, opened.area) == ("caregiver_sos", 1, "north")
    assert opened.number > 0
    assert (await call_for_help(town.pool, call)).id == opened.id
    again = Call(id=uuid4(), at=town.clock.now(), by=zhou.account, caregiver_id=zhou.id)
    assert (await call_for_help(town.pool, again)).presses == 2
    assert (await miller.timeline()).count("responder_called_for_help") == 2
    assert [one.kind for one in await li.queue()] == ["caregiver_sos"]


async def test_the_family_follows_each_stage(town: Town) -> None:
    miller, li, zhou = town.home("Miller"), town.seat("Li"), town.worker("Zhou")
    daughter = await town.relative_of(miller)
    assert await daughter.alerts() == []
    await miller.presses_pendant()
    stages = [(await daughter.alerts())[0].stage]
    await li.claims(miller)
    stages.append((await daughter.alerts())[0].stage)
    await li.sends(zhou, miller)
    await zhou.accepts()
    alert = (await daughter.alerts())[0]
    stages.append(alert.stage)
    assert alert.responder_name == "Zhou"
    await zhou.arrives()
    stages.append((await daughter.alerts())[0].stage)
    await li.closes(miller)
    stages.append((await daughter.alerts())[0].stage)
    assert stages == ["received", "answered", "help_coming", "arrived", "safe"]


async def test_a_relative_says_seen_and_going_and_the_desk_reads_it(town: Town) -> None:
    miller = town.home("Miller")
    daughter = await town.relative_of(miller)
    await miller.presses_pendant()
    call = await miller.incident()
    async with town.pool.acquire() as conn:
        incident_id = await views.require_family(conn, call.id, daughter.id)
    for kind in (e.FamilySaw, e.FamilyGoing):
        event = kind(id=uuid4(), at=town.clock.now(), by=daughter.id)
        await handling.apply(town.pool, IncidentId(incident_id), event)
    alert = (await daughter.alerts())[0]
    assert (alert.seen_at, alert.going_at) == (town.clock.now(), town.clock.now())
    assert (await miller.timeline())[1:] == ["family_saw", "family_going"]
    async with town.pool.acquire() as conn:
        detail = await views.detail(conn, call.id, EVERYWHERE)
    assert detail.timeline[1].by is not None
    assert detail.timeline[1].by.name == "Daughter"
