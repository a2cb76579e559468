import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from random import Random
from typing import Any

import httpx
import pytest

from devices.simulator.caregivers import Carer
from devices.simulator.caring import Pace
from devices.simulator.listening import (
    FIRST_RETRY_S,
    SLOWEST_RETRY_S,
    Return,
    after_close,
    must_ask,
    must_show,
    retry_delay_s,
)
from devices.simulator.phone import Account, Phone
from kernel.clock import FakeClock
from kernel.geo import Position

BASE = Position(31.80, 119.95)
TLS = httpx.create_ssl_context(verify=False)


def test_a_phone_that_listens_asks_once_a_minute() -> None:
    assert not must_ask(59, has_news=False, is_listening=True)
    assert must_ask(60, has_news=False, is_listening=True)


def test_a_phone_that_does_not_hear_asks_as_often_as_before_there_were_sockets() -> None:
    assert not must_ask(5, has_news=False, is_listening=False)
    assert must_ask(6, has_news=False, is_listening=False)


def test_a_phone_asks_at_once_for_news_and_for_what_it_does_not_know() -> None:
    assert must_ask(0, has_news=True, is_listening=True)
    assert must_ask(None, has_news=False, is_listening=True)


def test_who_is_under_way_is_shown_every_ten_seconds_and_who_stands_still_every_five_minutes() -> (
    None
):
    assert must_show(None, 0)
    assert must_show(10, 40)
    assert not must_show(9, 40)
    assert not must_show(10, 0)
    assert must_show(300, 0)


def test_the_close_code_says_how_to_come_back() -> None:
    assert after_close(4401) is Return.LOG_IN
    assert after_close(4403) is Return.NEVER
    assert {after_close(code) for code in (None, 1006, 1012, 1013, 4408, 4410)} == {Return.AGAIN}


@pytest.mark.parametrize("seed", range(20))
def test_pauses_before_the_next_attempt_grow_to_ten_seconds_and_differ(seed: int) -> None:
    random = Random(seed)
    delays = [retry_delay_s(attempt, random) for attempt in range(50)]
    assert all(FIRST_RETRY_S <= delay <= SLOWEST_RETRY_S for delay in delays)
    assert delays[0] <= 2 * FIRST_RETRY_S
    assert max(delays[10:]) > SLOWEST_RETRY_S / 2
    assert len(set(delays)) == len(delays)


AFTER = {
    "accept": ("accepted", "accepted_at"),
    "en-route": ("en_route", "en_route_at"),
    "on-scene": ("on_scene", "on_scene_at"),
}


class Kept(Phone):
    """A phone whose centre is in here."""

    def __init__(self, clock: FakeClock) -> None:
        account = Account(username="care", password="")
        super().__init__(
            account, "http://centre.test", clock, Random(1), tls=TLS, door=asyncio.Lock()
        )
        self.clock = clock
        self.asked = 0
        self.told: list[str] = []
        self.fails: httpx.HTTPError | None = None
        self.job: dict[str, Any] | None = None
        self.is_listening = True

    async def listen(self) -> None:
        await asyncio.Event().wait()

    async def today(self) -> dict[str, Any]:
        self.asked += 1
        if self.fails is not None:
            raise self.fails
        return {"job": self.job, "visits": [], "meals": []}

    async def tell(self, path: str, body: Mapping[str, Any]) -> None:
        del body
        self.told.append(path)
        if path.startswith("jobs/"):
            state, stamp = AFTER[path.rpartition("/")[2]]
            self.job = {**(self.job or {}), "state": state, stamp: self.clock.now().isoformat()}

    def offer(self) -> None:
        stamps = {"offered_at": self.clock.now().isoformat(), "accepted_at": None}
        self.job = {"id": "j", "state": "offered", "lat": None, "lon": None, **stamps}


@asynccontextmanager
async def at_work(clock: FakeClock) -> AsyncIterator[Kept]:
    phone = Kept(clock)
    carer = Carer(phone, BASE, clock, Pace(), Random(1), Counter())
    working = asyncio.create_task(carer.work())
    try:
        yield phone
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def pass_by(clock: FakeClock, seconds: float) -> None:
    """Let time pass in steps so small that nobody oversleeps."""
    for _ in range(round(seconds / 0.5)):
        await clock.advance(timedelta(seconds=0.5))


async def test_an_idle_caregiver_asks_some_ten_times_in_ten_minutes_and_shows_itself_twice() -> (
    None
):
    clock = FakeClock()
    async with at_work(clock) as phone:
        await pass_by(clock, 600)
        assert 9 <= phone.asked <= 11
        assert phone.told == ["position"] * 2


async def test_a_caregiver_whose_phone_is_deaf_asks_every_few_seconds() -> None:
    clock = FakeClock()
    async with at_work(clock) as phone:
        phone.is_listening = False
        await pass_by(clock, 60)
        assert 5 <= phone.asked <= 14


async def test_an_offer_the_phone_is_told_of_is_accepted_within_eight_seconds() -> None:
    clock = FakeClock()
    async with at_work(clock) as phone:
        await pass_by(clock, 20)
        asked = phone.asked
        phone.offer()
        await pass_by(clock, 1)
        assert phone.asked == asked, "nothing was said of it yet"
        phone.news.set()
        await pass_by(clock, 5)
        assert phone.asked == asked + 1
        assert "jobs/j/accept" not in phone.told, "people need a moment"
        await pass_by(clock, 4)
        assert "jobs/j/accept" in phone.told


async def test_a_caregiver_asks_once_for_each_thing_it_told_and_else_knows() -> None:
    clock = FakeClock()
    async with at_work(clock) as phone:
        phone.offer()
        await pass_by(clock, 50)
        assert phone.told == ["position", *(f"jobs/j/{deed}" for deed in AFTER)]
        assert phone.asked == 1 + len(AFTER)


async def test_a_caregiver_the_centre_does_not_answer_tries_again_after_a_pause() -> None:
    clock = FakeClock()
    async with at_work(clock) as phone:
        await pass_by(clock, 20)
        phone.fails = httpx.ConnectError("gone")
        phone.news.set()
        await pass_by(clock, 1)
        asked, phone.fails = phone.asked, None
        await pass_by(clock, 1)
        assert phone.asked == asked
        await pass_by(clock, 15)
        assert phone.asked == asked + 1
