"""Incidents over HTTP: the queue, the screen pop, the race for a claim, areas."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from kernel.clock import SystemClock
from kernel.ids import new_id

from .conftest import LogIn, Town

NOW = SystemClock().now().isoformat()


async def test_a_press_is_in_the_queue_with_who_and_where(town: Town, log_in: LogIn) -> None:
    incident = await town.press()
    await town.press()
    await town.press("SOUTH-1")
    client = await log_in("operator")
    page = await client.read("/incidents")
    (shown,) = page["items"]
    assert page["next"] is None
    assert shown["id"] == str(incident)
    assert shown["presses"] == 2
    assert shown["state"] == "open"
    assert shown["place"] == ["City", "North", "North-1"]
    assert shown["address"] == "1 north-1 road"
    assert shown["resident"]["name"] == "Zhao Guiying"
    assert shown["resident"]["age"] >= 85
    assert shown["claimed_by"] is None
    assert shown["opened_at"].endswith("Z")


async def test_the_screen_pop_has_all_that_helps_and_no_door_code(
    town: Town, log_in: LogIn
) -> None:
    incident = await town.press()
    client = await log_in("operator")
    shown = await client.read(f"/incidents/{incident}")
    assert [one["name"] for one in shown["residents"]] == ["Zhao Guiying"]
    assert shown["contacts"][0] | {"id": ""} == {
        "id": "",
        "name": "Zhao Min",
        "relation": "daughter",
        "phone": "13800000001",
        "has_key": False,
        "position": 1,
        "consents": ["alerts"],
    }
    assert shown["way_in"] == "second floor"
    assert shown["has_door_code"] is True
    assert "hush-hush" not in str(shown)
    assert [line["type"] for line in shown["timeline"]] == ["signalled"]
    assert shown["alarms"][0]["kind"] == "sos"
    assert shown["terminal"]["id"] == "NORTH-1"
    assert shown["last_visit"] is None


async def test_of_two_who_claim_at_once_one_owns_it_and_the_other_learns_who_and_when(
    town: Town, log_in: LogIn
) -> None:
    incident = await town.press()
    li, wang = await log_in("operator"), await log_in("wang")
    answers = await asyncio.gather(
        li.write(f"/incidents/{incident}/claim"), wang.write(f"/incidents/{incident}/claim")
    )
    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    assert (won.status_code, lost.status_code) == (200, 409)
    assert won.json()["state"] == "claimed"
    problem = lost.json()
    assert lost.headers["content-type"] == "application/problem+json"
    assert problem["code"] == "incident-already-claimed"
    assert problem["claimed_by"] == won.json()["claimed_by"]
    assert problem["claimed_at"] == won.json()["claimed_at"]
    assert problem["claimed_by"]["name"] in problem["detail"]


async def test_a_claim_sent_again_with_its_event_id_answers_the_same(
    town: Town, log_in: LogIn
) -> None:
    incident = await town.press()
    client = await log_in("operator")
    event = str(new_id())
    first = await client.write(f"/incidents/{incident}/claim", event_id=event)
    again = await client.write(f"/incidents/{incident}/claim", event_id=event)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    timeline = (await client.read(f"/incidents/{incident}"))["timeline"]
    assert [line["type"] for line in timeline] == ["signalled", "claimed"]


async def test_an_incident_from_the_press_to_its_end(town: Town, log_in: LogIn) -> None:
    incident = await town.press()
    operator, caregiver = await log_in("operator"), await log_in("caregiver")
    path = f"/incidents/{incident}"

    async def does(what: str, **body: Any) -> dict[str, Any]:
        response = await operator.write(f"{path}/{what}", **body)
        assert response.status_code == 200, response.text
        shown: dict[str, Any] = response.json()
        return shown

    await does("claim")
    await does("note", text="Speaks, has fallen")
    await does("contact-called", contact_id=str(town.contact), outcome="no answer")
    sent = await does("dispatch", caregiver_id=str(town.caregiver))
    assert sent["state"] == "assigned"
    assert sent["assignment"]["caregiver"]["name"] == "Sun Li"

    today = await caregiver.read("/caregiver/today")
    job = today["job"]
    assert job["state"] == "offered"
    assert job["way_in"] == "second floor"
    assert job["incident"]["id"] == str(incident)
    for step, state in (
        ("accept", "accepted"),
        ("en-route", "en_route"),
        ("on-scene", "on_scene"),
        ("done", "done"),
    ):
        answer = await caregiver.write(f"/caregiver/jobs/{job['id']}/{step}", device_at=NOW)
        assert answer.status_code == 200, answer.text
        assert answer.json()["state"] == state
    closed = await does("close", disposition="real", note="Helped up")
    assert closed["state"] == "closed"
    assert closed["disposition"] == "real"
    timeline = (await operator.read(path))["timeline"]
    assert [line["type"] for line in timeline] == [
        "signalled",
        "claimed",
        "noted",
        "contact_called",
        "dispatched",
        "accepted",
        "set_out",
        "arrived",
        "finished",
        "closed",
    ]
    assert (await operator.read("/incidents", tab="closed"))["items"][0]["id"] == str(incident)


async def test_another_caregivers_job_does_not_exist(town: Town, log_in: LogIn) -> None:
    incident = await town.press()
    operator, colleague = await log_in("operator"), await log_in("colleague")
    await operator.write(f"/incidents/{incident}/claim")
    sent = await operator.write(f"/incidents/{incident}/dispatch", caregiver_id=str(town.caregiver))
    answer = await colleague.write(
        f"/caregiver/jobs/{sent.json()['assignment']['id']}/accept",
        device_at=NOW,
    )
    assert answer.status_code == 404


async def test_no_answer_needs_a_word_about_what_was_tried(town: Town, log_in: LogIn) -> None:
    incident = await town.press()
    client = await log_in("operator")
    await client.write(f"/incidents/{incident}/claim")
    refused = await client.write(f"/incidents/{incident}/close", disposition="no_answer")
    assert refused.status_code == 422
    assert refused.json()["field"] == "note"


WRITES: list[tuple[str, dict[str, Any]]] = [
    ("claim", {}),
    ("release", {}),
    ("escalate", {}),
    ("note", {"text": "x"}),
    ("close", {"disposition": "real"}),
    ("dispatch", {"caregiver_id": "caregiver"}),
    ("withdraw", {"assignment_id": "any"}),
    ("contact-called", {"contact_id": "contact", "outcome": "x"}),
]


@pytest.mark.parametrize(("what", "body"), WRITES)
async def test_an_incident_of_another_area_does_not_exist(
    what: str, body: dict[str, Any], town: Town, log_in: LogIn
) -> None:
    incident = await town.press()
    ids = {"caregiver": town.caregiver, "contact": town.contact, "any": new_id()}
    filled = {name: str(ids.get(value, value)) for name, value in body.items()}
    client = await log_in("southern")
    answer = await client.write(f"/incidents/{incident}/{what}", **filled)
    assert answer.status_code == 404
    assert answer.json()["code"] == "not-found"
    nowhere = await client.write(f"/incidents/{new_id()}/{what}", **filled)
    assert nowhere.json()["detail"] == answer.json()["detail"]


async def test_nothing_of_another_area_is_shown(town: Town, log_in: LogIn) -> None:
    incident = await town.press()
    client = await log_in("southern")
    for path in (
        f"/incidents/{incident}",
        f"/incidents/{incident}/responders",
    ):
        assert (await client.get(f"/api/v1{path}")).status_code == 404
    for tab in ("waiting", "mine", "open", "closed"):
        assert (await client.read("/incidents", tab=tab))["items"] == []
    dots = (await client.read("/homes/dots"))["items"]
    assert [dot["home_id"] for dot in dots] == [str(town.south_home)]
    assert [one["id"] for one in (await client.read("/terminals"))["items"]] == ["SOUTH-1"]
    assert (await client.read("/caregivers/positions"))["items"] == []
    assert (await client.read("/search", q="Zhao"))["items"] == []
    answer = await client.post(
        f"/api/v1/homes/{town.north_home}/door-code", json={"reason": "curious"}
    )
    assert answer.status_code == 404
    assert (
        await town.pool.fetchval("SELECT count(*) FROM kernel.audit WHERE subject LIKE 'home:%'")
        == 0
    )


async def test_a_caregiver_of_another_area_cannot_be_sent(town: Town, log_in: LogIn) -> None:
    incident = await town.press("SOUTH-1")
    client = await log_in("southern")
    await client.write(f"/incidents/{incident}/claim")
    answer = await client.write(f"/incidents/{incident}/dispatch", caregiver_id=str(town.caregiver))
    assert answer.status_code == 404


async def test_a_door_code_is_shown_for_a_reason_that_is_written_down(
    town: Town, log_in: LogIn
) -> None:
    client = await log_in("operator")
    path = f"/api/v1/homes/{town.north_home}/door-code"
    assert (await client.post(path, json={"reason": " "})).status_code == 422
    answer = await client.post(path, json={"reason": "ambulance at the door"})
    assert answer.json() == {"door_code": "hush-hush"}
    written = await town.pool.fetchrow(
        "SELECT account_id, action, reason FROM kernel.audit WHERE subject LIKE 'home:%'"
    )
    assert written is not None
    assert dict(written) == {
        "account_id": town.accounts["operator"],
        "action": "door_code_revealed",
        "reason": "ambulance at the door",
    }


async def test_the_queue_is_read_page_by_page(town: Town, log_in: LogIn) -> None:
    ids: list[UUID] = []
    for _ in range(5):
        incident = await town.press()
        ids.append(incident)
        client = await log_in("operator")
        await client.write(f"/incidents/{incident}/claim")
        await client.write(f"/incidents/{incident}/close", disposition="accidental")
    client = await log_in("operator")
    first = await client.read("/incidents", tab="closed", limit=2)
    second = await client.read("/incidents", tab="closed", limit=2, before=first["next"])
    third = await client.read("/incidents", tab="closed", limit=2, before=second["next"])
    seen = [one["id"] for page in (first, second, third) for one in page["items"]]
    assert seen == [str(one) for one in reversed(ids)]
    assert third["next"] is None
