"""The day over HTTP: plans, the caregiver's phone, the family's page, terminals."""

from datetime import timedelta

import pytest

from kernel.clock import FakeClock
from kernel.db import Pool
from kernel.ids import new_id

from .conftest import Client, LogIn, Town
from .planned import Day, plan_day

NOON = {"device_at": "2026-03-02T01:05:00Z"}


@pytest.fixture
def clock() -> FakeClock:
    """Nine in the morning in Shanghai."""
    return FakeClock()


@pytest.fixture
async def day(town: Town, pool: Pool, clock: FakeClock) -> Day:
    return await plan_day(town, pool, clock.now())


async def test_the_plan_in_force_has_its_people_and_what_it_leaves_out(
    town: Town, day: Day, log_in: LogIn
) -> None:
    client = await log_in("planner")
    shown = await client.read("/plans/current", kind="visits")
    assert shown["plan"]["id"] == str(day.plan)
    assert shown["plan"]["summary"]["placed"] == 1
    (route,) = [one for one in shown["caregivers"] if one["stops"]]
    assert route["name"] == "Sun Li"
    assert route["shifts"] == [{"from": "2026-03-02T00:00:00Z", "to": "2026-03-02T08:00:00Z"}]
    assert route["stops"][0]["service"] == {"id": "bath", "zh": "助浴", "en": "Bathing"}
    assert route["stops"][0]["resident"]["name"] == "Zhao Guiying"
    (left_out,) = shown["unplaced"]
    assert left_out["visit_id"] == str(day.left_out)
    assert left_out["reason"]["code"] == "no_skill"
    assert left_out["reason"]["zh"]
    assert left_out["window"]["from"] == "2026-03-02T01:00:00Z"
    assert [one["version"] for one in (await client.read("/plans"))["items"]] == [1]


async def test_a_plan_of_another_centre_is_not_shown(day: Day, log_in: LogIn) -> None:
    client = await log_in("southern")
    assert (await client.read("/plans/current"))["plan"] is None
    assert (await client.read("/plans"))["items"] == []


async def test_a_plan_is_asked_for_once_however_often_it_is_sent(town: Town, log_in: LogIn) -> None:
    planner, southern = await log_in("planner"), await log_in("southern")
    event = str(new_id())
    body = {"day": "2026-03-03", "kind": "visits", "seconds": 5, "event_id": event}
    first, again = [await planner.write("/plans", **body) for _ in range(2)]
    assert first.status_code == again.status_code == 202
    assert first.json() == again.json()
    job = first.json()
    assert (job["state"], job["progress"], job["plan_id"]) == ("queued", [], None)
    assert (await planner.read(f"/plans/jobs/{job['id']}"))["id"] == job["id"]
    assert (await southern.get(f"/api/v1/plans/jobs/{job['id']}")).status_code == 404
    stopped = await planner.write(f"/plans/jobs/{job['id']}/stop")
    assert stopped.status_code == 200
    assert await town.pool.fetchval("SELECT stop FROM scheduler.job")
    wrong = await planner.write("/plans", day="2026-03-03", kind="visits", seconds=0)
    assert wrong.json()["errors"][0]["field"] == "seconds"


async def test_the_phone_has_the_whole_day(day: Day, log_in: LogIn) -> None:
    today = await (await log_in("caregiver")).read("/caregiver/today")
    assert today["day"] == "2026-03-02"
    assert today["now"] == "2026-03-02T01:00:00Z"
    assert today["caregiver"]["kind"] == "caregiver"
    assert today["plan_version"] == 1
    assert today["job"] is None
    (visit,) = today["visits"]
    assert visit["resident"]["age"] == 85
    assert visit["way_in"] == "second floor"
    assert visit["with"] == []
    assert visit["window"] == {"from": "2026-03-02T01:00:00Z", "to": "2026-03-02T03:00:00Z"}
    assert visit["tasks"] == [
        {"id": "wash", "zh": "洗澡", "en": "Wash", "done": None, "reason": None}
    ]
    (meal,) = today["meals"]
    assert (meal["order_id"], meal["state"]) == (str(day.order), "ordered")
    assert (await (await log_in("colleague")).read("/caregiver/today"))["visits"] == []


async def test_a_visit_from_the_door_to_the_end(day: Day, log_in: LogIn) -> None:
    client = await log_in("caregiver")
    path = f"/caregiver/visits/{day.visit}"
    arrived = await client.write(
        f"{path}/check-in",
        **NOON,
        method="gps",
        location={"lat": 31.8, "lon": 119.95, "acc": 20, "crs": "wgs84"},
    )
    assert arrived.status_code == 200, arrived.text
    assert arrived.json()["state"] == "started"
    assert arrived.json()["checked_in_at"] == "2026-03-02T01:05:00Z"
    ticked = await client.write(f"{path}/tasks/wash", **NOON, done=False, reason="refused")
    assert ticked.json()["tasks"][0]["reason"] == "refused"
    event = str(new_id())
    for _ in range(2):  # the phone did not hear the answer
        left = await client.write(f"{path}/check-out", **NOON, event_id=event)
        assert left.json()["state"] == "done"
    assert (await client.write(f"{path}/tasks/none", **NOON, done=True)).status_code == 404


async def test_a_check_in_by_hand_needs_its_reason(day: Day, log_in: LogIn) -> None:
    client = await log_in("caregiver")
    path = f"/caregiver/visits/{day.visit}/check-in"
    refused = await client.write(path, **NOON, method="manual")
    assert (refused.status_code, refused.json()["field"]) == (422, "reason")


async def test_anothers_visit_and_meal_do_not_exist(day: Day, log_in: LogIn) -> None:
    client = await log_in("colleague")
    answers = [
        await client.write(f"/caregiver/visits/{day.visit}/check-in", **NOON, method="qr"),
        await client.write(f"/caregiver/visits/{day.visit}/check-out", **NOON),
        await client.write(f"/caregiver/visits/{day.visit}/tasks/wash", **NOON, done=True),
        await client.write(f"/caregiver/meals/{day.order}/delivered", **NOON),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4


@pytest.mark.parametrize(
    ("what", "state"),
    [
        ("loaded", "loaded"),
        ("delivered", "delivered"),
        ("refused", "refused"),
        ("no-answer", "no_answer"),
    ],
)
async def test_a_meal_is_reported(what: str, state: str, day: Day, log_in: LogIn) -> None:
    client = await log_in("caregiver")
    answer = await client.write(f"/caregiver/meals/{day.order}/{what}", **NOON)
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == state


async def test_a_position_is_converted_from_the_phones_datum(
    town: Town, pool: Pool, log_in: LogIn, clock: FakeClock
) -> None:
    client = await log_in("caregiver")
    future = (clock.now() + timedelta(hours=1)).isoformat()
    body = {"lat": 31.8, "lon": 119.95, "acc": 10, "crs": "gcj02", "at": future}
    assert (await client.post("/api/v1/caregiver/position", json=body)).status_code == 204
    (shown,) = (await (await log_in("operator")).read("/caregivers/positions"))["items"]
    assert shown["caregiver_id"] == str(town.caregiver)
    assert 100 < abs(shown["lat"] - 31.8) * 111_000 < 500  # metres
    assert shown["at"] == "2026-03-02T01:00:00Z"


async def test_responders_come_with_what_their_leaving_delays(
    town: Town, day: Day, log_in: LogIn, clock: FakeClock, pool: Pool
) -> None:
    incident = await town.press(at=clock.now())
    client = await log_in("operator")
    (one,) = (await client.read(f"/incidents/{incident}/responders"))["items"]
    assert one["caregiver"] == {
        "id": str(town.caregiver),
        "name": "Sun Li",
        "phone": "13900000001",
    }
    assert 50 < one["distance_m"] < 200
    assert one["fix_age_s"] is None
    assert one["on_shift_until"] == "2026-03-02T08:00:00Z"
    (delay,) = one["delays"]
    assert delay["visit_id"] == str(day.visit)
    assert delay["service"] == "助浴"
    assert delay["delay_s"] > 0
    assert one["delay_total_s"] == delay["delay_s"]


async def test_the_family_follows_an_alert_like_a_parcel(
    town: Town, day: Day, log_in: LogIn, clock: FakeClock
) -> None:
    family, operator = await log_in("family"), await log_in("operator")

    async def card(client: Client = family) -> dict[str, object]:
        (one,) = (await client.read("/family/status"))["residents"]
        shown: dict[str, object] = one
        return shown

    quiet = await card()
    assert (quiet["status"], quiet["incident"]) == ("green", None)
    assert quiet["meal"] == {"state": "ordered", "eta_at": "2026-03-02T03:00:00Z", "at": None}
    visits = quiet["visits"]
    assert isinstance(visits, list)
    assert len(visits) == 2
    assert "address" not in str(quiet)

    incident = await town.press(at=clock.now())
    red = await card()
    assert (red["status"], red["reason"]) == (
        "red",
        {"code": "alarm", "data": {"kind": "sos", "stage": "received"}},
    )
    await operator.write(f"/incidents/{incident}/claim")
    seen = await family.write(f"/family/incidents/{incident}/seen")
    alert = seen.json()["residents"][0]["incident"]
    assert alert["stage"] == "answered"
    assert alert["seen_at"] == "2026-03-02T01:00:00Z"
    going = await family.write(f"/family/incidents/{incident}/can-go")
    assert going.json()["residents"][0]["incident"]["going_at"] is not None
    types = [line["type"] for line in (await operator.read(f"/incidents/{incident}"))["timeline"]]
    assert types == ["signalled", "claimed", "family_saw", "family_going"]


async def test_a_family_knows_nothing_of_others_and_nothing_without_consent(
    town: Town, log_in: LogIn, clock: FakeClock
) -> None:
    family = await log_in("family")
    others = await town.press("SOUTH-1", at=clock.now())
    assert (await family.write(f"/family/incidents/{others}/seen")).status_code == 404
    await town.pool.execute("UPDATE dispatch.consent SET withdrawn_at = $1", clock.now())
    mine = await town.press(at=clock.now())
    assert (await family.read("/family/status"))["residents"] == []
    assert (await family.write(f"/family/incidents/{mine}/seen")).status_code == 404


async def test_an_installer_enrols_and_binds_a_terminal(town: Town, log_in: LogIn) -> None:
    client = await log_in("installer")
    wanted = {"id": "NEW-1", "area": "north-1", "model": "bell"}
    enrolled = await client.post("/api/v1/terminals", json=wanted)
    assert enrolled.status_code == 201
    assert len(enrolled.json()["secret"]) >= 24
    assert (await client.post("/api/v1/terminals", json=wanted)).status_code == 409
    for _ in range(2):
        bound = await client.write("/terminals/NEW-1/bind", home_id=str(town.north_home))
        assert bound.json()["resident_name"] == "Zhao Guiying"
    elsewhere = {**wanted, "id": "NEW-2", "area": "south"}
    assert (await client.post("/api/v1/terminals", json=elsewhere)).status_code == 404
    south = await client.write("/terminals/NEW-1/bind", home_id=str(town.south_home))
    assert south.status_code == 404
    theirs = await client.write("/terminals/SOUTH-1/bind", home_id=str(town.north_home))
    assert theirs.status_code == 404
    shown = await client.read("/terminals", q="new-")
    assert [one["id"] for one in shown["items"]] == ["NEW-1"]
    assert shown["counts"]["total"] == 2
    assert (await client.read("/terminals", q="%"))["items"] == []


async def test_people_are_found_by_name_phone_and_terminal(town: Town, log_in: LogIn) -> None:
    client = await log_in("operator")
    for words in ("Zhao", "0519-8888", "NORTH-1"):
        (found,) = (await client.read("/search", q=words))["items"]
        assert found["resident_id"] == str(town.resident)


async def test_the_map_shows_homes_by_how_they_are(
    town: Town, log_in: LogIn, pool: Pool, clock: FakeClock
) -> None:
    await pool.execute(
        "INSERT INTO dispatch.map_feature (layer, name, geometry) VALUES ('road', 'Main', $1)",
        {"type": "LineString", "coordinates": [[119.9, 31.8], [120.0, 31.8]]},
    )
    client = await log_in("operator")
    ground = await client.read("/map")
    assert ground["features"][0]["properties"] == {"layer": "road", "name": "Main"}

    async def status() -> str:
        (dot,) = (await client.read("/homes/dots"))["items"]
        return str(dot["status"])

    assert await status() == "ok"
    await pool.execute("UPDATE devices.terminal_state SET condition = 'silent'")
    assert await status() == "silent"
    await town.press(at=clock.now())
    assert await status() == "incident"


async def test_what_could_not_be_read_is_listed_without_its_bytes(
    town: Town, log_in: LogIn, pool: Pool, clock: FakeClock
) -> None:
    for area in ("north-1", "south"):
        await pool.execute(
            "INSERT INTO devices.quarantine (id, terminal, area, topic, raw, digest, error, detail,"
            " first_at, last_at, told_at) VALUES ($1, 'T', $2, $2, 'rubbish', '\\x00', 'bad-json',"
            " 'line 1', $3, $3, $3)",
            new_id(),
            area,
            clock.now(),
        )
    (shown,) = (await (await log_in("supervisor")).read("/quarantine"))["items"]
    assert (shown["area"], shown["error"], shown["size_bytes"]) == ("north-1", "bad-json", 7)
    assert "rubbish" not in str(shown)
