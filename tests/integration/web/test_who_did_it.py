"""Whatever somebody does over HTTP leaves a trace that names them, and the table says which."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import httpx
import pytest
from fastapi import FastAPI

from kernel.clock import FakeClock
from kernel.db import Pool
from scheduler.repairing import offering
from scheduler.solve.resident import ResidentSolver
from web.declared import API, endpoints
from web.security import SAFE_METHODS

from .conftest import PASSWORD, Client, LogIn, Town, browser
from .planned import DAY, Day
from .test_day import clock, day  # noqa: F401 - fixtures

# Each counts what names the account $1 as whoever did $2.
AUDIT: Final = "SELECT count(*) FROM kernel.audit WHERE account_id = $1 AND action = $2"
TIMELINE: Final = "SELECT count(*) FROM dispatch.incident_event WHERE by = $1 AND type = $2"
VISIT: Final = """
SELECT count(*) FROM scheduler.visit_report r JOIN dispatch.account a USING (caregiver_id)
WHERE a.id = $1 AND r.kind = $2
"""
MEAL: Final = """
SELECT count(*) FROM scheduler.meal_report r JOIN dispatch.account a USING (caregiver_id)
WHERE a.id = $1 AND r.state = $2
"""
POSITION: Final = """
SELECT count(*) FROM dispatch.caregiver_position p JOIN dispatch.account a USING (caregiver_id)
WHERE a.id = $1 AND $2 = 'position'
"""

EVIDENCE: Final = {"device_at": "2026-03-02T01:05:00Z"}
ROAD: Final = {
    "lat": 31.8,
    "lon": 119.92,
    "radius_m": 150,
    "starts_at": "2026-03-02T01:00:00Z",
    "ends_at": "2026-03-02T05:00:00Z",
}
SPAN: Final = {"number": "N-1", "valid_from": "2026-01-01", "valid_to": None}


@dataclass(slots=True)
class Acting:
    """Who acts on what; `last` is what each endpoint answered last."""

    town: Town
    day: Day
    clock: FakeClock
    incident: str
    planner_process: Callable[[], Awaitable[object]]
    last: dict[str, Any] = field(default_factory=dict)

    def made(self, endpoint: str, name: str = "id") -> str:
        return str(self.last[endpoint][name])


Does = Callable[[Client, Acting], Awaitable[httpx.Response]]


@dataclass(frozen=True, slots=True)
class Act:
    """An endpoint, who calls it how, and the trace that this leaves: one more than before."""

    endpoint: str
    role: str
    does: Does
    where: str
    what: str


def posts(path: str, **body: Any) -> Does:
    """Post to a path in which `{on.incident}` and the like are filled in."""

    async def does(client: Client, on: Acting) -> httpx.Response:
        return await client.write(path.format(on=on), **body)

    return does


def posts_bare(path: str, **body: Any) -> Does:
    """As `posts`, where each call is an event of its own."""

    async def does(client: Client, on: Acting) -> httpx.Response:
        return await client.post(API + path.format(on=on), json=body or None)

    return does


def incident(what: str, kind: str, **body: Any) -> Act:
    path = f"/incidents/{{on.incident}}/{what}"
    return Act(
        f"POST /incidents/{{incident_id}}/{what}", "operator", posts(path, **body), TIMELINE, kind
    )


async def dispatches(client: Client, on: Acting) -> httpx.Response:
    path = f"/incidents/{on.incident}/dispatch"
    return await client.write(path, caregiver_id=str(on.town.caregiver))


async def withdraws(client: Client, on: Acting) -> httpx.Response:
    assignment = on.last["POST /incidents/{incident_id}/dispatch"]["assignment"]["id"]
    return await client.write(f"/incidents/{on.incident}/withdraw", assignment_id=assignment)


async def calls_contact(client: Client, on: Acting) -> httpx.Response:
    path = f"/incidents/{on.incident}/contact-called"
    return await client.write(path, contact_id=str(on.town.contact), outcome="no answer")


def job(step: str, kind: str) -> Act:
    async def does(client: Client, on: Acting) -> httpx.Response:
        assignment = on.last["POST /incidents/{incident_id}/dispatch"]["assignment"]["id"]
        return await client.write(f"/caregiver/jobs/{assignment}/{step}", **EVIDENCE)

    return Act("POST /caregiver/jobs/{assignment_id}/{step}", "caregiver", does, TIMELINE, kind)


async def says_where(client: Client, on: Acting) -> httpx.Response:
    body = {"lat": 31.8, "lon": 119.95, "crs": "wgs84", "at": on.clock.now().isoformat()}
    return await client.post(f"{API}/caregiver/position", json=body)


async def logs_in(client: Client, on: Acting) -> httpx.Response:
    del on
    return await client.log_in("wang")


async def logs_out(client: Client, on: Acting) -> httpx.Response:
    del on
    return await client.delete(f"{API}/session")


async def changes_language(client: Client, on: Acting) -> httpx.Response:
    del on
    return await client.patch(f"{API}/me", json={"locale": "en"})


async def opens_road(client: Client, on: Acting) -> httpx.Response:
    return await client.delete(f"{API}/closures/{on.made('POST /closures')}")


async def changes_rules(client: Client, on: Acting) -> httpx.Response:
    del on
    return await client.put(f"{API}/rules", json={"items": [{"rule": "fairness", "weight": 7}]})


async def adds_certificate(client: Client, on: Acting) -> httpx.Response:
    caregiver = str(on.town.caregiver)
    return await client.write("/certificates", caregiver_id=caregiver, skill="nursing", **SPAN)


async def changes_certificate(client: Client, on: Acting) -> httpx.Response:
    path = f"{API}/certificates/{on.made('POST /certificates')}"
    return await client.put(path, json={**SPAN, "version": 1, "valid_to": "2026-12-31"})


async def reports_absence(client: Client, on: Acting) -> httpx.Response:
    now = on.clock.now()
    absence = {
        "caregiver_id": str(on.town.other_caregiver),
        "starts_at": now.isoformat(),
        "ends_at": (now + timedelta(hours=2)).isoformat(),
    }
    return await client.write("/repairs", cause="absence", absence=absence)


async def publishes(client: Client, on: Acting) -> httpx.Response:
    await on.planner_process()
    repair = on.made("POST /repairs/{repair_id}/again")
    return await client.write(f"/repairs/{repair}/publish", alternative=1)


async def installs(client: Client, on: Acting) -> httpx.Response:
    return await client.write("/terminals/T-9/bind", home_id=str(on.town.north_home))


SESSION: Final = (
    Act("POST /session", "wang", logs_in, AUDIT, "logged_in"),
    Act("PATCH /me", "wang", changes_language, AUDIT, "locale_changed"),
    Act("DELETE /session", "wang", logs_out, AUDIT, "logged_out"),
)
DESK: Final = (
    incident("claim", "claimed"),
    incident("release", "released"),
    incident("claim", "claimed"),
    incident("escalate", "escalated"),
    incident("note", "noted", text="Speaks"),
    Act(
        "POST /incidents/{incident_id}/contact-called",
        "operator",
        calls_contact,
        TIMELINE,
        "contact_called",
    ),
    Act(
        "POST /homes/{home_id}/door-code",
        "operator",
        posts_bare("/homes/{on.town.north_home}/door-code", reason="ambulance"),
        AUDIT,
        "door_code_revealed",
    ),
    Act("POST /incidents/{incident_id}/dispatch", "operator", dispatches, TIMELINE, "dispatched"),
    Act("POST /incidents/{incident_id}/withdraw", "operator", withdraws, TIMELINE, "withdrawn"),
    Act("POST /incidents/{incident_id}/dispatch", "operator", dispatches, TIMELINE, "dispatched"),
)
ON_THE_WAY: Final = (
    Act(
        "POST /family/incidents/{incident_id}/seen",
        "family",
        posts("/family/incidents/{on.incident}/seen"),
        TIMELINE,
        "family_saw",
    ),
    Act(
        "POST /family/incidents/{incident_id}/can-go",
        "family",
        posts("/family/incidents/{on.incident}/can-go"),
        TIMELINE,
        "family_going",
    ),
    job("accept", "accepted"),
    job("en-route", "set_out"),
    job("on-scene", "arrived"),
    job("done", "finished"),
    incident("close", "closed", disposition="real"),
    Act("POST /caregiver/position", "caregiver", says_where, POSITION, "position"),
    Act(
        "POST /caregiver/visits/{visit_id}/check-in",
        "caregiver",
        posts("/caregiver/visits/{on.day.visit}/check-in", method="qr", **EVIDENCE),
        VISIT,
        "check_in",
    ),
    Act(
        "POST /caregiver/visits/{visit_id}/tasks/{task}",
        "caregiver",
        posts("/caregiver/visits/{on.day.visit}/tasks/wash", done=True, **EVIDENCE),
        VISIT,
        "task",
    ),
    Act(
        "POST /caregiver/visits/{visit_id}/check-out",
        "caregiver",
        posts("/caregiver/visits/{on.day.visit}/check-out", **EVIDENCE),
        VISIT,
        "check_out",
    ),
    Act(
        "POST /caregiver/meals/{order_id}/{what}",
        "caregiver",
        posts("/caregiver/meals/{on.day.order}/delivered", **EVIDENCE),
        MEAL,
        "delivered",
    ),
)
OFFICE: Final = (
    Act(
        "POST /plans",
        "planner",
        posts("/plans", day=str(DAY), kind="visits", seconds=5),
        AUDIT,
        "plan_asked",
    ),
    Act(
        "POST /plans/jobs/{job_id}/stop",
        "planner",
        posts("/plans/jobs/{on.last[POST /plans][id]}/stop"),
        AUDIT,
        "planning_stopped",
    ),
    Act("POST /week", "planner", posts("/week", day=str(DAY), seconds=5), AUDIT, "week_asked"),
    Act("POST /repairs", "planner", reports_absence, AUDIT, "absence_reported"),
    Act(
        "POST /repairs/{repair_id}/dismiss",
        "planner",
        posts("/repairs/{on.last[POST /repairs][id]}/dismiss"),
        AUDIT,
        "repair_dismissed",
    ),
    Act(
        "POST /repairs/{repair_id}/again",
        "planner",
        posts("/repairs/{on.last[POST /repairs][id]}/again"),
        AUDIT,
        "repair_asked_again",
    ),
    Act("POST /repairs/{repair_id}/publish", "planner", publishes, AUDIT, "repair_published"),
    Act("POST /closures", "planner", posts("/closures", **ROAD), AUDIT, "road_closed"),
    Act("DELETE /closures/{closure_id}", "planner", opens_road, AUDIT, "road_opened"),
    Act("PUT /rules", "planner", changes_rules, AUDIT, "rules_changed"),
    Act("POST /certificates", "planner", adds_certificate, AUDIT, "certificate_added"),
    Act(
        "PUT /certificates/{certificate_id}",
        "planner",
        changes_certificate,
        AUDIT,
        "certificate_changed",
    ),
)
TERMINALS: Final = (
    Act(
        "POST /terminals",
        "installer",
        posts_bare("/terminals", id="T-9", area="north-1", model="K3"),
        AUDIT,
        "terminal_enrolled",
    ),
    Act(
        "POST /terminals/{terminal_id}/secret",
        "installer",
        posts_bare("/terminals/T-9/secret"),
        AUDIT,
        "terminal_secret_renewed",
    ),
    Act("POST /terminals/{terminal_id}/bind", "installer", installs, AUDIT, "terminal_installed"),
)
STORIES: Final = {
    "session": SESSION,
    "desk and field": DESK + ON_THE_WAY,
    "office": OFFICE,
    "terminals": TERMINALS,
}


@pytest.fixture
async def acting(
    town: Town,
    day: Day,  # noqa: F811
    clock: FakeClock,  # noqa: F811
    pool: Pool,
) -> AsyncIterator[Acting]:
    await pool.execute("UPDATE dispatch.caregiver SET skills = '{nursing}'")
    solver = ResidentSolver()
    pressed = str(await town.press(at=clock.now()))
    yield Acting(town, day, clock, pressed, lambda: offering.answer(pool, clock, solver))
    await solver.close()


def test_every_endpoint_that_writes_is_in_the_table(app: FastAPI) -> None:
    writing = {
        f"{one.method} {one.path.removeprefix(API)}"
        for one in endpoints(app)
        if one.method not in SAFE_METHODS
    }
    assert {act.endpoint for acts in STORIES.values() for act in acts} == writing


@pytest.mark.parametrize("story", STORIES)
async def test_whatever_is_done_names_who_did_it(
    story: str, acting: Acting, app: FastAPI, log_in: LogIn, pool: Pool
) -> None:
    clients: dict[str, Client] = {}
    for act in STORIES[story]:
        if act.role not in clients:
            stranger = act.endpoint == "POST /session"
            clients[act.role] = browser(app) if stranger else await log_in(act.role)
        account = acting.town.accounts[act.role]
        before = await pool.fetchval(act.where, account, act.what)
        answer = await act.does(clients[act.role], acting)
        assert answer.is_success, (act.endpoint, answer.text)
        after = await pool.fetchval(act.where, account, act.what)
        assert after == before + 1, act.endpoint
        acting.last[act.endpoint] = answer.json() if answer.content else {}


async def test_what_is_refused_or_changes_nothing_leaves_no_entry(
    acting: Acting, anybody: Client, log_in: LogIn, pool: Pool
) -> None:
    count = "SELECT count(*) FROM kernel.audit WHERE account_id IS NOT NULL"
    assert (await anybody.log_in("planner", PASSWORD + "?")).status_code == 401
    assert await pool.fetchval(count) == 0
    planner, installer = await log_in("planner"), await log_in("installer")
    before = await pool.fetchval(count)
    rules = {"items": [{"rule": "fairness", "weight": 1, "hard": True}]}
    assert (await planner.put(f"{API}/rules", json=rules)).status_code == 422
    again = {"home_id": str(acting.town.north_home)}
    assert (await installer.write("/terminals/NORTH-1/bind", **again)).status_code == 200
    assert (await planner.patch(f"{API}/me", json={"locale": "zh-CN"})).status_code == 200
    assert await pool.fetchval(count) == before
