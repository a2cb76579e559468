"""What screens read: only what the asker may see, and all that helps to act."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from devices.events import SignalKind
from dispatch.assignments import candidates
from dispatch.assignments.model import CaregiverBusyError
from dispatch.incidents import events as e
from dispatch.incidents.views import reading as views
from dispatch.incidents.views.reading import Tab
from kernel.errors import ConflictError, InvalidError, NotFoundError
from kernel.geo import Datum
from people.ids import AccountId
from people.staff import caregivers
from tests.stories.town import EVERYWHERE, NORTH, SOUTH, Town, minutes, seconds

NORTHERN = frozenset({NORTH})
SOUTHERN = frozenset({SOUTH})


async def test_a_row_of_the_queue_says_who_where_and_since_when(town: Town) -> None:
    miller = town.home("Miller")
    await miller.presses_pendant()
    row = await miller.incident()
    assert row.resident is not None
    assert (row.resident.name, row.resident.age) == ("Miller", 85)
    assert (row.place, row.address) == (("Town", "North"), "Miller Lane 1")
    assert (row.lat, row.lon, row.terminal_id) == (31.240, 121.440, "T-Miller")
    assert row.waiting_since == row.opened_at == town.clock.now()


async def test_what_lies_outside_ones_areas_does_not_exist(town: Town) -> None:
    miller = town.home("Miller")
    await miller.presses_pendant()
    incident = (await miller.incident()).id
    async with town.pool.acquire() as conn:
        assert await views.require(conn, incident, NORTHERN) == incident
        for unseen in (SOUTHERN, frozenset[str]()):
            with pytest.raises(NotFoundError):
                await views.require(conn, incident, unseen)
            with pytest.raises(NotFoundError):
                await views.detail(conn, incident, unseen)
            with pytest.raises(NotFoundError):
                await candidates.nearest(conn, incident, unseen, town.clock.now())
            for tab in Tab:
                assert await views.listed(conn, tab, unseen, town.seat("Li").id) == []
            assert await views.snapshot(conn, unseen, town.clock.now()) == []


async def test_the_screen_pop_has_all_that_helps_to_act_but_the_door_code(town: Town) -> None:
    miller, li = town.home("Miller"), town.seat("Li")
    await town.relative_of(miller)
    await miller.presses_pendant()
    await miller.presses_pendant()
    await li.claims(miller)
    async with town.pool.acquire() as conn:
        pop = await views.detail(conn, (await miller.incident()).id, EVERYWHERE)
    assert [one.name for one in pop.residents] == ["Miller"]
    assert [(one.name, one.has_key, one.consents) for one in pop.contacts] == [
        ("Daughter", True, ("alerts",))
    ]
    assert (pop.way_in, pop.has_door_code) == ("Ring twice.", True)
    assert [line.type for line in pop.timeline] == ["signalled", "signalled", "claimed"]
    assert pop.timeline[-1].by is not None
    assert pop.timeline[-1].by.name == "Li"
    assert len(pop.alarms) == 2
    assert pop.terminal is not None
    assert pop.terminal.id == "T-Miller"
    assert "2580#" not in repr(pop)


async def test_a_case_from_before_the_terminal_was_bound_is_shown_beside(town: Town) -> None:
    miller = town.home("Miller")
    unbound = miller.signal(SignalKind.TEST)
    await town.takes_in(
        type(unbound)(
            terminal=miller.terminal,
            area=miller.area,
            home_id=None,
            id="before",
            kind=SignalKind.TEST,
            received_at=town.clock.now(),
        )
    )
    await miller.presses_pendant()
    async with town.pool.acquire() as conn:
        pop = await views.detail(conn, (await miller.incident()).id, NORTHERN)
    assert [(one.kind, one.test) for one in pop.other] == [("test", True)]


async def test_pages_of_the_queue_follow_each_other_without_gap_or_repeat(town: Town) -> None:
    li = town.seat("Li")
    houses = [await town.builds_home(f"Row{n}", NORTH, 31.24, 121.44) for n in range(7)]
    for house in houses:
        await house.presses_pendant()
        await town.time_passes(seconds(1))
    for house in houses[:6]:
        await li.claims(house)
        if house in houses[:5]:
            await town.time_passes(seconds(1))
            await li.closes(house)
    async with town.pool.acquire() as conn:
        seen: list[int] = []
        before = None
        while page := await views.listed(conn, Tab.CLOSED, NORTHERN, li.id, before=before, limit=2):
            seen += [one.number for one in page]
            before = page[-1].number
        assert seen == sorted(seen, reverse=True)
        assert len(seen) == 5
        opened = await views.listed(conn, Tab.OPEN, NORTHERN, li.id, limit=1)
        rest = await views.listed(conn, Tab.OPEN, NORTHERN, li.id, before=opened[0].number, limit=5)
        assert len({one.id for one in [*opened, *rest]}) == 2
        assert len(await views.snapshot(conn, NORTHERN, town.clock.now() - minutes(5), 3)) == 5


async def test_the_nearest_able_caregiver_comes_first(town: Town) -> None:
    miller, li, zhou, wu = (
        *(town.home("Miller"), town.seat("Li")),
        *(town.worker("Zhou"), town.worker("Wu")),
    )
    await miller.presses_pendant()
    incident = (await miller.incident()).id
    now = town.clock.now()
    async with town.pool.acquire() as conn:

        async def names() -> list[str]:
            return [one.name for one in await candidates.nearest(conn, incident, EVERYWHERE, now)]

        assert await names() == ["Zhou", "Qian", "Wu"]
        assert [one.name for one in await candidates.nearest(conn, incident, NORTHERN, now)] == [
            "Zhou",
            "Wu",
        ]
        await caregivers.record_position(
            conn,
            wu.id,
            lat=31.2401,
            lon=121.4401,
            datum=Datum.WGS84,
            accuracy_m=10,
            at=now,
        )
        first = (await candidates.nearest(conn, incident, EVERYWHERE, now))[0]
        assert (first.name, first.fix_at) == ("Wu", now)
        assert 10 < first.distance_m < 20
        await li.claims(miller)
        await li.sends(wu, miller)
        assert await names() == ["Zhou", "Qian"]
        await conn.execute("DELETE FROM scheduler.shift WHERE caregiver_id = $1", zhou.id)
        assert await names() == ["Qian"]
        assert await candidates.nearest(conn, incident, EVERYWHERE, now + minutes(600)) == []


async def test_a_busy_or_unknown_caregiver_cannot_be_sent(town: Town) -> None:
    miller, chen, li = town.home("Miller"), town.home("Chen"), town.seat("Li")
    zhou = town.worker("Zhou")
    for home in (miller, chen):
        await home.presses_pendant()
        await li.claims(home)
    await li.sends(zhou, miller)
    with pytest.raises(CaregiverBusyError):
        await li.sends(zhou, chen)
    assert (await chen.incident()).state == "claimed"
    await town.pool.execute("UPDATE dispatch.caregiver SET active = false WHERE name = 'Wu'")
    with pytest.raises(InvalidError):
        await li.sends(town.worker("Wu"), chen)


async def test_the_phone_shows_its_own_job_only(town: Town) -> None:
    miller, li, zhou, wu = (
        *(town.home("Miller"), town.seat("Li")),
        *(town.worker("Zhou"), town.worker("Wu")),
    )
    await miller.presses_pendant()
    await li.claims(miller)
    await li.sends(zhou, miller)
    job = await zhou.job()
    assert job is not None
    assert job.distance_m is not None
    assert 200 < job.distance_m < 400
    assert job.resident is not None
    assert (job.resident.name, job.way_in, job.incident.kind) == ("Miller", "Ring twice.", "sos")
    async with town.pool.acquire() as conn:
        assert await views.job(conn, wu.id, job.id) is None  # type: ignore[arg-type]
        assert await views.job(conn, zhou.id, job.id) is not None  # type: ignore[arg-type]


async def test_an_event_id_of_another_case_is_refused(town: Town) -> None:
    miller, chen, li, click = town.home("Miller"), town.home("Chen"), town.seat("Li"), uuid4()
    await miller.presses_pendant()
    await chen.presses_pendant()
    await li.claims(miller, click)
    with pytest.raises(ConflictError):
        await li.claims(chen, click)
    assert (await chen.incident()).state == "open"


async def test_a_refused_event_leaves_no_trace(town: Town) -> None:
    miller, li = town.home("Miller"), town.seat("Li")
    await miller.presses_pendant()
    with pytest.raises(ConflictError):
        await li.does(miller, e.Released(id=uuid4(), at=town.clock.now(), by=li.id))
    assert await miller.timeline() == ["signalled"]
    assert await town.told() == ["incident.opened"]


async def test_strangers_are_not_family(town: Town) -> None:
    miller = town.home("Miller")
    await miller.presses_pendant()
    async with town.pool.acquire() as conn:
        with pytest.raises(NotFoundError):
            await views.require_family(conn, (await miller.incident()).id, AccountId(uuid4()))


DAY = date(2026, 3, 2)
ONE = timedelta(days=1)


async def skills_of(town: Town, name: str, now: datetime) -> tuple[str, ...]:
    miller = town.home("Miller")
    await miller.presses_pendant()
    incident = (await miller.incident()).id
    async with town.pool.acquire() as conn:
        nearest = await candidates.nearest(conn, incident, EVERYWHERE, now)
    return next(one.skills for one in nearest if one.name == name)


async def certify(town: Town, name: str, skill: str, spans: list[tuple[date, date | None]]) -> None:
    for valid_from, valid_to in spans:
        await town.pool.execute(
            "INSERT INTO dispatch.certificate (id, caregiver_id, skill, valid_from, valid_to)"
            " VALUES ($1, $2, $3, $4, $5)",
            uuid4(),
            town.worker(name).id,
            skill,
            valid_from,
            valid_to,
        )


@pytest.mark.parametrize(
    ("spans", "counts"),
    [
        ([], True),
        ([(DAY - 365 * ONE, DAY)], True),
        ([(DAY, None)], True),
        ([(DAY - 365 * ONE, DAY - ONE)], False),
        ([(DAY + ONE, None)], False),
        ([(DAY - 365 * ONE, DAY - ONE), (DAY, DAY)], True),
    ],
    ids=[
        "no certificate dates it",
        "last day",
        "first day",
        "expired yesterday",
        "not yet valid",
        "renewed",
    ],
)
async def test_a_skill_counts_for_an_alarm_on_the_days_its_certificate_is_valid(
    town: Town, spans: list[tuple[date, date | None]], *, counts: bool
) -> None:
    zhou = town.worker("Zhou")
    await town.pool.execute(
        "UPDATE dispatch.caregiver SET skills = '{first_aid,nursing}' WHERE id = $1", zhou.id
    )
    await certify(town, "Zhou", "nursing", spans)
    # Eight in the evening in UTC: in Shanghai it is the next day.
    at = datetime(2026, 3, 1, 20, tzinfo=UTC)
    await town.pool.execute("UPDATE scheduler.shift SET starts_at = $1, ends_at = $2", at, at + ONE)
    found = await skills_of(town, "Zhou", at)
    assert found == (("first_aid", "nursing") if counts else ("first_aid",))


async def test_the_day_of_a_certificate_ends_by_the_clock_of_the_centre(town: Town) -> None:
    await certify(town, "Zhou", "nursing", [(DAY, DAY)])
    await town.pool.execute(
        "INSERT INTO scheduler.centre (area, zone, lat, lon)"
        " VALUES ($1, 'Asia/Urumqi', 43.8, 87.6)",
        NORTH,
    )
    await town.pool.execute("INSERT INTO scheduler.centre_area VALUES ($1, $1)", NORTH)
    at = datetime(2026, 3, 2, 17, tzinfo=UTC)  # one o'clock at night in Shanghai, not in Ürümqi
    await town.pool.execute("UPDATE scheduler.shift SET starts_at = $1, ends_at = $2", at, at + ONE)
    assert await skills_of(town, "Zhou", at) == ("nursing",)
    assert await skills_of(town, "Zhou", at + timedelta(hours=1)) == ()
