"""Certificates over HTTP: who may write them, whose they are, what is refused, what is recorded."""

from typing import Any
from uuid import UUID

import pytest

from kernel.db import Pool
from kernel.ids import new_id

from .conftest import Client, LogIn, Town


@pytest.fixture(autouse=True)
async def nursing(pool: Pool, town: Town) -> None:
    """Both caregivers are said to be nurses; no certificate says from when to when."""
    await pool.execute("UPDATE dispatch.caregiver SET skills = '{nursing,bathing}'")


def wanted(town: Town, **other: Any) -> dict[str, Any]:
    return {
        "caregiver_id": str(town.caregiver),
        "skill": "nursing",
        "number": "N-0001",
        "valid_from": "2026-01-01",
        "valid_to": "2026-12-31",
        "event_id": str(new_id()),
    } | other


async def held(client: Client, caregiver: UUID) -> list[dict[str, Any]]:
    items = (await client.read("/certificates"))["items"]
    found: list[dict[str, Any]] = next(
        one["certificates"] for one in items if one["id"] == str(caregiver)
    )
    return found


async def added(client: Client, town: Town, **other: Any) -> dict[str, Any]:
    answer = await client.write("/certificates", **wanted(town, **other))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def changed(client: Client, one: dict[str, Any], **other: Any) -> Any:
    body = {name: one[name] for name in ("version", "number", "valid_from", "valid_to")}
    return await client.put(f"/api/v1/certificates/{one['id']}", json=body | other)


async def test_a_planner_adds_a_certificate_once_and_finds_it(log_in: LogIn, town: Town) -> None:
    planner = await log_in("planner")
    assert await held(planner, town.caregiver) == []
    body = wanted(town)
    first, again = [await planner.write("/certificates", **body) for _ in range(2)]
    assert first.status_code == again.status_code == 201, first.text
    assert first.json() == again.json()
    assert await held(planner, town.caregiver) == [first.json()]
    assert first.json()["version"] == 1
    listed = await planner.read("/certificates")
    assert {"nursing", "bathing"} <= set(listed["skills"])
    holder = next(one for one in listed["items"] if one["id"] == str(town.caregiver))
    assert holder["skills"] == ["bathing", "nursing"]


async def test_days_are_changed_a_certificate_ends_and_another_renews_it(
    log_in: LogIn, town: Town
) -> None:
    planner = await log_in("planner")
    one = await added(planner, town, valid_to=None)
    ended = await changed(planner, one, valid_to="2026-05-31")
    assert (ended.status_code, ended.json()["valid_to"]) == (200, "2026-05-31")
    assert ended.json()["version"] == 2
    renewed = await added(planner, town, valid_from="2026-06-01", valid_to=None, number=None)
    assert await held(planner, town.caregiver) == [ended.json(), renewed]


async def test_who_has_not_seen_the_last_change_is_told_so_and_changes_nothing(
    log_in: LogIn, town: Town
) -> None:
    planner, supervisor = await log_in("planner"), await log_in("supervisor")
    one = await added(planner, town)
    theirs = await changed(supervisor, one, valid_to="2027-12-31")
    assert theirs.status_code == 200
    late = await changed(planner, one, valid_to="2026-06-30")
    assert (late.status_code, late.json()["code"]) == (409, "certificate-changed")
    assert await held(planner, town.caregiver) == [theirs.json()]
    # An answer that was lost on its way: the same change again is no change.
    again = await changed(supervisor, one, valid_to="2027-12-31")
    assert (again.status_code, again.json()) == (200, theirs.json())


async def test_two_certificates_of_a_skill_cannot_begin_on_one_day(
    log_in: LogIn, town: Town
) -> None:
    planner = await log_in("planner")
    await added(planner, town)
    second = await planner.write("/certificates", **wanted(town))
    assert (second.status_code, second.json()["code"]) == (409, "certificate-there")
    other = await added(planner, town, valid_from="2027-01-01", valid_to=None)
    moved = await changed(planner, other, valid_from="2026-01-01")
    assert (moved.status_code, moved.json()["code"]) == (409, "certificate-there")
    assert len(await held(planner, town.caregiver)) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"valid_to": "2025-12-31"},
        {"valid_from": "soon"},
        {"skill": "flying"},
        {"skill": ""},
        {"number": "9" * 61},
        {"note": "a photo is in the file"},
    ],
)
async def test_what_is_no_certificate_is_refused(
    log_in: LogIn, town: Town, wrong: dict[str, Any]
) -> None:
    planner = await log_in("planner")
    answer = await planner.write("/certificates", **wanted(town, **wrong))
    assert answer.status_code == 422, answer.text
    assert await held(planner, town.caregiver) == []


async def test_one_that_ends_before_it_begins_cannot_be_made_so_later(
    log_in: LogIn, town: Town
) -> None:
    planner = await log_in("planner")
    answer = await changed(planner, await added(planner, town), valid_to="2025-12-31")
    assert (answer.status_code, answer.json()["field"]) == (422, "valid_to")


async def test_what_is_of_another_district_is_not_there(
    log_in: LogIn, town: Town, pool: Pool
) -> None:
    planner = await log_in("planner")
    one = await added(planner, town)
    await pool.execute("UPDATE dispatch.caregiver SET area = 'south' WHERE id = $1", town.caregiver)
    listed = await planner.read("/certificates")
    assert str(town.caregiver) not in {holder["id"] for holder in listed["items"]}
    assert (await changed(planner, one, valid_to=None)).status_code == 404
    again = await planner.write("/certificates", **wanted(town, skill="bathing"))
    assert again.status_code == 404
    assert await pool.fetchval("SELECT count(*) FROM dispatch.certificate") == 1


@pytest.mark.parametrize("role", ["operator", "caregiver", "family", "installer"])
async def test_whoever_does_not_plan_sees_and_writes_no_certificate(
    log_in: LogIn, town: Town, pool: Pool, role: str
) -> None:
    client = await log_in(role)
    assert (await client.get("/api/v1/certificates")).status_code == 403
    assert (await client.write("/certificates", **wanted(town))).status_code == 403
    nothing = {"id": new_id(), "version": 1, "number": None}
    answer = await changed(client, nothing | {"valid_from": "2026-01-01", "valid_to": None})
    assert answer.status_code == 403
    assert await pool.fetchval("SELECT count(*) FROM dispatch.certificate") == 0


@pytest.mark.parametrize("role", ["planner", "supervisor", "admin"])
async def test_whoever_plans_may_and_it_is_written_down(
    log_in: LogIn, town: Town, pool: Pool, role: str
) -> None:
    client = await log_in(role)
    one = await added(client, town)
    assert (await changed(client, one, valid_to=None)).status_code == 200
    rows = await pool.fetch(
        "SELECT account_id, action, area, subject, reason FROM kernel.audit"
        " WHERE subject LIKE 'certificate:%' ORDER BY at, action"
    )
    assert [tuple(row) for row in rows] == [
        (town.accounts[role], action, "north", f"certificate:{one['id']}", reason)
        for action, reason in (
            ("certificate_added", "nursing 2026-01-01/2026-12-31"),
            ("certificate_changed", "nursing 2026-01-01/"),
        )
    ]
