"""The facts that dispatch tells are what their readers understand."""

import json
from collections import deque
from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID, uuid4

import pytest

from dispatch.assignments.model import JobState
from dispatch.incidents.model import Announcement
from kernel import outbox
from kernel.clock import FakeClock, SystemClock
from kernel.db import Pool
from kernel.outbox import RecordedFact
from scheduler.pull_outs import facts as scheduler
from scheduler.pull_outs.facts import PullOutState
from tests.stories.alarms import Lane, alarm
from tests.stories.town import Town, minutes, seconds
from web.feed.protocol import change_frame
from web.live import views as live
from web.live.concerns import of_caregiver, of_family

INCIDENT = {
    *("incident_id", "number", "home_id", "terminal_id", "category", "kind", "priority"),
    *("state", "level", "presses", "event", "by"),
}
ASSIGNMENT = {
    *("assignment_id", "incident_id", "caregiver_id", "state", "home_id"),
    *("lat", "lon", "eta_at", "at"),
}


async def a_long_day(town: Town) -> None:
    """Make everything happen that dispatch tells of."""
    miller, chen, li = town.home("Miller"), town.home("Chen"), town.seat("Li")
    zhou, wu = town.worker("Zhou"), town.worker("Wu")
    await miller.presses_pendant()
    await miller.presses_pendant()
    await town.time_passes(seconds(20))
    await li.claims(miller)
    await li.releases(miller)
    await li.claims(miller)
    await li.sends(zhou, miller)
    await zhou.declines("far away")
    await li.claims(miller)
    await li.sends(zhou, miller)
    await town.time_passes(seconds(90))
    await li.claims(miller)
    await li.sends(wu, miller)
    await li.calls_back(miller)
    await li.sends(wu, miller)
    await wu.accepts()
    await wu.sets_out()
    await town.time_passes(minutes(5))
    await wu.arrives()
    await wu.finishes()
    await li.closes(miller)
    await chen.falls_silent()
    await li.claims(chen)
    await chen.is_heard_again()


@pytest.fixture
async def told(pool: Pool, clock: FakeClock) -> Sequence[RecordedFact]:
    await a_long_day(await Town.built(pool, clock))
    async with pool.acquire() as conn:
        return await outbox.read(conn, 0)


def of(told: Sequence[RecordedFact], noun: str) -> list[RecordedFact]:
    return [one for one in told if one.fact.topic.startswith(f"{noun}.")]


def test_the_day_has_every_fact_there_is(told: Sequence[RecordedFact]) -> None:
    assert {one.fact.topic for one in told} == {
        *(f"incident.{what}" for what in Announcement),
        *(f"assignment.{state}" for state in JobState),
    }


def test_incidents_say_all_that_the_contract_names(told: Sequence[RecordedFact]) -> None:
    for one in of(told, "incident"):
        payload = one.fact.payload
        assert set(payload) == INCIDENT
        assert one.fact.topic == f"incident.{payload['event']}"
        assert one.fact.subject == payload["incident_id"]
        assert payload["number"] > 0
        assert one.fact.area == "north"


def test_jobs_say_all_that_the_contract_names(told: Sequence[RecordedFact]) -> None:
    for one in of(told, "assignment"):
        assert set(one.fact.payload) == ASSIGNMENT
        assert one.fact.topic == f"assignment.{one.fact.payload['state']}"
        assert one.fact.subject == one.fact.payload["assignment_id"]


def test_the_planner_understands_every_job(told: Sequence[RecordedFact]) -> None:
    understood = [scheduler.parse(one.fact) for one in told]
    assert len([one for one in understood if one]) == len(of(told, "assignment"))
    assert set(JobState) == set(scheduler.MEANING)
    way = [one.means for one in understood if one and one.state in {"accepted", "on_scene"}]
    assert way == [PullOutState.ON_THE_WAY, PullOutState.THERE]
    for one in understood:
        assert one is None or (one.lat is not None and one.eta_at is not None)


async def test_consoles_get_every_fact_with_its_incident(
    pool: Pool, told: Sequence[RecordedFact]
) -> None:
    async with pool.acquire() as conn:
        changes = await live.changes_of(conn, told)
    frames = [json.loads(change_frame(one, one.seq - 1)) for one in changes]
    assert [frame["incident"]["id"] for frame in frames] == [
        one.fact.payload["incident_id"] for one in told
    ]
    assert frames[-1]["incident"]["cleared"]


async def test_a_new_incident_brings_what_a_console_would_read_and_nothing_more(
    pool: Pool, clock: FakeClock
) -> None:
    await Town.built(pool, clock)
    announced: deque[str] = deque()
    async with pool.acquire() as listener:
        hear = lambda *said: announced.append(str(said[-1]))  # noqa: E731 - removed again below
        await listener.add_listener(outbox.CHANNEL, hear)
        lane = Lane(pool, clock.now())
        for terminal in ("T-Miller", "T-Chen", "Nobody-1"):
            fix = {"lat": 31.3, "lon": 121.5, "crs": "wgs84", "acc": 5}
            await lane.takes(alarm(terminal, "a-1", clock.now(), loc=fix))
        while len(announced) < 3:
            await SystemClock().sleep(0.01)
        await listener.remove_listener(outbox.CHANNEL, hear)
    brought = outbox.announced(announced, 0) or []
    forwarded = await live.changes_of(cast("Any", None), brought)  # nothing is read for them
    async with pool.acquire() as conn:
        kept = await outbox.read(conn, 0)
        read = await live.changes_of(conn, kept)
    assert [(one.area, json.loads(change_frame(one, 0))) for one in forwarded] == [
        (one.area, json.loads(change_frame(one, 0))) for one in read
    ]
    frames = [json.loads(change_frame(one, 0)) for one in forwarded]
    assert [bool(frame["incident"]["resident"]) for frame in frames] == [True, True, False]
    for one, frame in zip(brought, frames, strict=True):
        assert set(one.fact.payload) == INCIDENT
        assert set(one.fact.shown or ()) == set(frame["incident"])
        assert "2580#" not in str(one.fact), "a door code goes to nobody who does not ask for it"
        assert scheduler.parse(one.fact) is None
    assert all(one.fact.shown is None for one in kept)


def test_phones_hear_of_their_own_jobs_and_families_of_their_own_homes(
    told: Sequence[RecordedFact],
) -> None:
    jobs = of(told, "assignment")
    for one in jobs:
        caregiver = UUID(one.fact.payload["caregiver_id"])
        assert of_caregiver(caregiver)(one) == "job"
        assert of_caregiver(uuid4())(one) is None
    homes = {UUID(one.fact.payload["home_id"]) for one in told}
    assert len(homes) == 2
    assert all(of_family(set(), homes)(one) == "status" for one in told)
    assert not any(of_family(set(), {uuid4()})(one) for one in told)
