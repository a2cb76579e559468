"""Accounts, search, positions, door codes, consent."""

from uuid import uuid4

import pytest

from kernel.errors import InvalidError, NotFoundError
from kernel.geo import Datum
from people import accounts
from people.areas import store as maps
from people.consents import store as consents
from people.consents.store import Consent
from people.door_codes.revealing import reveal
from people.door_codes.store import Reveal
from people.ids import ContactId, HomeId, ResidentId
from people.residents import store as residents
from people.staff import caregivers
from tests.stories.town import CITY, EVERYWHERE, NORTH, SOUTH, Town, minutes

NORTHERN = frozenset({NORTH})


async def with_password(town: Town, name: str, password: str) -> None:
    hashed = accounts.hash_password(password)
    await town.pool.execute(
        "UPDATE dispatch.account SET password_hash = $1 WHERE username = $2", hashed, name
    )


async def test_only_the_right_password_of_an_active_account_opens(town: Town) -> None:
    await with_password(town, "li", "correct horse")
    found = await accounts.verify(town.pool, "Li", "correct horse")
    assert found is not None
    assert (found.id, found.role, found.caregiver_id) == (town.seat("Li").id, "operator", None)
    assert await accounts.verify(town.pool, "li", "wrong horse") is None
    assert await accounts.verify(town.pool, "nobody", "correct horse") is None
    await town.pool.execute("UPDATE dispatch.account SET active = false")
    assert await accounts.verify(town.pool, "li", "correct horse") is None


async def test_a_stored_hash_that_is_none_opens_for_nobody(town: Town) -> None:
    assert await accounts.verify(town.pool, "li", "none") is None


async def test_an_account_sees_what_it_was_given_and_all_below(town: Town) -> None:
    async with town.pool.acquire() as conn:
        assert await accounts.visible_areas(conn, town.seat("Boss").id) == EVERYWHERE
        assert await accounts.visible_areas(conn, town.seat("Li").id) == NORTHERN
        assert await accounts.visible_areas(conn, uuid4()) == frozenset()
        boss = await accounts.find(conn, town.seat("Boss").id)
        assert boss is not None
        assert [(area.id, area.level) for area in boss.areas] == [(CITY, "city")]


async def test_an_account_keeps_its_language_and_tells_when_it_is_off(town: Town) -> None:
    li = town.seat("Li").id
    async with town.pool.acquire() as conn:
        found = await accounts.find(conn, li)
        assert found is not None
        for _ in range(2):
            await accounts.set_locale(conn, found, "en", town.clock.now())
        written = await conn.fetch("SELECT reason FROM kernel.audit WHERE account_id = $1", li)
        assert [row["reason"] for row in written] == ["en"]
        found = await accounts.find(conn, li)
        assert found is not None
        assert found.locale == "en"
        assert await accounts.active(conn, [li, uuid4()]) == {li}


async def test_search_finds_names_numbers_and_terminals_of_ones_own_areas(town: Town) -> None:
    await town.pool.execute(
        "UPDATE dispatch.resident SET phone = '+862161234567' WHERE name = 'Miller'"
    )
    async with town.pool.acquire() as conn:

        async def names(text: str) -> list[str]:
            return [one.name for one in await residents.search(conn, NORTHERN, text)]

        assert await names("mill") == ["Miller"]
        assert await names("61234567") == ["Miller"]
        assert await names("t-chen") == ["Chen"]
        assert await names("Baker") == []
        assert await names("%") == []
        assert await names("_") == []
        assert await names("  ") == []


async def test_a_fix_from_a_chinese_map_is_kept_on_wgs84_and_only_the_newest(town: Town) -> None:
    zhou, now = town.worker("Zhou").id, town.clock.now()
    async with town.pool.acquire() as conn:
        for lat, datum, at in (
            (31.238, Datum.GCJ02, now),
            (31.000, Datum.WGS84, now - minutes(1)),
        ):
            await caregivers.record_position(
                conn, zhou, lat=lat, lon=121.4445, datum=datum, accuracy_m=15, at=at
            )
        kept = await caregivers.find(conn, zhou)
        assert kept.fix_at == now
        assert 31.2395 < kept.lat < 31.2405
        assert 121.4395 < kept.lon < 121.4405
        with pytest.raises(InvalidError):
            await caregivers.record_position(
                conn, zhou, lat=91, lon=0, datum=Datum.WGS84, accuracy_m=None, at=now
            )


async def test_a_door_code_is_shown_once_it_is_written_down_who_asked_and_why(
    town: Town,
) -> None:
    asked = Reveal(
        at=town.clock.now(),
        by=town.seat("Li").id,
        home_id=town.home("Miller").id,
        reason="She does not open.",
    )
    assert await reveal(town.pool, asked, NORTHERN) == "2580#"
    row = await town.pool.fetchrow(
        "SELECT account_id, subject, reason, area FROM kernel.audit WHERE subject LIKE 'home:%'"
    )
    assert row is not None
    assert dict(row) == {
        "account_id": asked.by,
        "subject": f"home:{asked.home_id}",
        "reason": "She does not open.",
        "area": NORTH,
    }


@pytest.mark.parametrize(("reason", "area"), [("  ", NORTH), ("Locked out.", SOUTH)])
async def test_a_door_code_is_not_shown_without_a_reason_or_beyond_ones_areas(
    town: Town, reason: str, area: str
) -> None:
    asked = Reveal(
        at=town.clock.now(),
        by=town.seat("Li").id,
        home_id=HomeId(town.home("Miller").id),
        reason=reason,
    )
    with pytest.raises((InvalidError, NotFoundError)):
        await reveal(town.pool, asked, frozenset({area}))
    assert (
        await town.pool.fetchval("SELECT count(*) FROM kernel.audit WHERE subject LIKE 'home:%'")
        == 0
    )


async def test_withdrawn_consent_takes_the_family_page_away_and_is_remembered(
    town: Town,
) -> None:
    daughter = await town.relative_of(town.home("Miller"))
    async with town.pool.acquire() as conn:
        known = await residents.of_family(conn, daughter.id)
        assert [one.name for one in known] == ["Miller"]
        resident, contact = ResidentId(known[0].id), ContactId(daughter.contact_id)
        await town.clock.advance(minutes(1))
        await consents.withdraw(conn, resident, "alerts", contact, town.clock.now(), by=daughter.id)
        assert await residents.of_family(conn, daughter.id) == []
        again = Consent(
            id=uuid4(),
            resident_id=resident,
            contact_id=contact,
            purpose="alerts",
            text_version="2",
            giver="resident",
            scope="incidents",
            given_at=town.clock.now(),
        )
        await consents.give(conn, again, by=daughter.id)
        await consents.give(conn, again, by=daughter.id)
        assert len(await residents.of_family(conn, daughter.id)) == 1
        all_of_them = await consents.of_resident(conn, resident)
        assert [one.withdrawn_at is None for one in all_of_them] == [False, True]
        written = await conn.fetch(
            "SELECT action, area FROM kernel.audit WHERE account_id = $1 ORDER BY id", daughter.id
        )
    assert [tuple(row) for row in written] == [
        ("consent_withdrawn", NORTH),
        ("consent_given", NORTH),
    ]


async def test_the_map_is_the_same_for_everybody(town: Town) -> None:
    await town.pool.execute(
        "INSERT INTO dispatch.map_feature (layer, name, geometry) VALUES ('station', 'North', $1)",
        {"type": "Point", "coordinates": [121.44, 31.24]},
    )
    async with town.pool.acquire() as conn:
        assert [(one.layer, one.geometry["type"]) for one in await maps.features(conn)] == [
            ("station", "Point")
        ]
