"""What an installer asks: which terminal is where, which home, has it been heard."""

from devices import registry
from kernel.clock import FakeClock
from kernel.db import Pool

from .conftest import LogIn, Town


async def test_a_terminal_tells_the_installer_what_it_was_last_heard_saying(
    town: Town, log_in: LogIn, pool: Pool, clock: FakeClock
) -> None:
    client = await log_in("installer")
    before = await client.read("/terminals/NORTH-1")
    assert (before["alarms"], before["rssi"]) == ([], None)
    assert before["resident_name"] == "Zhao Guiying"
    await pool.execute(
        "INSERT INTO devices.inbox (terminal, id, kind, received_at, raw)"
        " VALUES ('NORTH-1', 'a', 'sos', $1, ''),"
        " ('NORTH-1', 'b', 'test', $1 + interval '1 s', '')",
        clock.now(),
    )
    await pool.execute(
        "UPDATE devices.terminal_state SET battery = 88, rssi = -67 WHERE terminal = 'NORTH-1'"
    )
    after = await client.read("/terminals/NORTH-1")
    assert (after["battery"], after["rssi"]) == (88, -67)
    assert [one["kind"] for one in after["alarms"]] == ["test", "sos"]
    assert (await client.get("/api/v1/terminals/SOUTH-1")).status_code == 404
    assert (await client.get("/api/v1/terminals/NOBODY")).status_code == 404


async def test_terminals_that_stand_in_no_home_yet_can_be_asked_for(
    town: Town, log_in: LogIn
) -> None:
    client = await log_in("installer")
    wanted = {"id": "NEW-1", "area": "north-1", "model": "bell"}
    assert (await client.post("/api/v1/terminals", json=wanted)).status_code == 201

    async def ids(**asked: str) -> list[str]:
        return [one["id"] for one in (await client.read("/terminals", **asked))["items"]]

    assert await ids(installed="false") == ["NEW-1"]
    assert await ids(installed="true") == ["NORTH-1"]
    assert await ids() == ["NEW-1", "NORTH-1"]


async def test_a_lost_secret_is_replaced_by_a_new_one(
    town: Town, log_in: LogIn, pool: Pool
) -> None:
    client = await log_in("installer")
    kept = "SELECT bcrypt_hash FROM devices.terminal WHERE id = 'NORTH-1'"
    before = await pool.fetchval(kept)
    renewed = await client.post("/api/v1/terminals/NORTH-1/secret")
    assert renewed.status_code == 200
    assert len(renewed.json()["secret"]) >= 24
    assert await pool.fetchval(kept) != before
    assert (await client.post("/api/v1/terminals/SOUTH-1/secret")).status_code == 404
    async with pool.acquire() as conn, conn.transaction():
        found = await registry.find(conn, "NORTH-1")
    assert found.home_id == town.north_home


async def test_homes_are_found_by_resident_phone_and_address_within_the_areas(
    town: Town, log_in: LogIn
) -> None:
    client = await log_in("installer")
    for words in ("guiying", "0519-8888", "north-1 ROAD"):
        (found,) = (await client.read("/homes", q=words))["items"]
        assert found == {
            "home_id": str(town.north_home),
            "area": "north-1",
            "address": "1 north-1 road",
            "residents": ["Zhao Guiying"],
            "terminals": ["NORTH-1"],
        }
    for words in ("Qian", "south", "%", "_"):
        assert (await client.read("/homes", q=words))["items"] == []


async def test_the_areas_to_enrol_in_are_named_from_the_top(town: Town, log_in: LogIn) -> None:
    found = (await (await log_in("installer")).read("/areas"))["items"]
    assert found == [
        {"id": "north", "place": ["City", "North"]},
        {"id": "north-1", "place": ["City", "North", "North-1"]},
    ]
