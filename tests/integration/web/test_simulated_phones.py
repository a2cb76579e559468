"""Simulated caregivers at the real socket: told of changes, they need not ask for them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random
from uuid import UUID

import httpx
import pytest

from devices.simulator.caregivers import Carer
from devices.simulator.caring import Pace
from devices.simulator.listening import ASK_EVERY_S
from devices.simulator.phone import Account, Phone
from kernel.clock import SystemClock
from kernel.db import Pool
from kernel.ids import new_id
from web.server import serving
from web.settings import WebSettings

from .conftest import PASSWORD, Town
from .live import cookie

CLOCK = SystemClock()
TLS = httpx.create_ssl_context()
CAREGIVER = Account(username="caregiver", password=PASSWORD)
STATE = "SELECT state FROM dispatch.assignment WHERE caregiver_id = $1"


@pytest.fixture
async def port(town: Town, settings: WebSettings, pool: Pool) -> AsyncIterator[int]:
    async with serving(settings, pool, CLOCK) as taken:
        yield taken


async def offer(town: Town, port: int) -> UUID:
    """Send the caregiver to an alarm, as an operator would."""
    incident = await town.press()
    origin = f"http://127.0.0.1:{port}"
    headers = {"Cookie": await cookie(port, "operator"), "Origin": origin}
    async with httpx.AsyncClient(
        base_url=f"{origin}/api/v1/incidents/{incident}", headers=headers
    ) as desk:
        for what, more in (("claim", {}), ("dispatch", {"caregiver_id": str(town.caregiver)})):
            body = {"event_id": str(new_id()), **more}
            (await desk.post(f"/{what}", json=body)).raise_for_status()
    return incident


def phone_at(port: int, door: asyncio.Lock | None = None) -> Phone:
    url = f"http://127.0.0.1:{port}"
    return Phone(CAREGIVER, url, CLOCK, Random(1), tls=TLS, door=door or asyncio.Lock())


@asynccontextmanager
async def listening(port: int) -> AsyncIterator[Phone]:
    """A phone in nobody's hand: it listens, and asks for nothing by itself."""
    async with phone_at(port) as phone:
        await phone.today()
        ears = asyncio.create_task(phone.listen())
        try:
            await rings(phone)
            yield phone
        finally:
            ears.cancel()
            await asyncio.gather(ears, return_exceptions=True)


async def rings(phone: Phone, within_s: float = 30) -> None:
    async with asyncio.timeout(within_s):
        await phone.news.wait()
    phone.news.clear()


async def until_it_listens(phone: Phone, within_s: float = 30) -> None:
    async with asyncio.timeout(within_s):
        while not phone.is_listening or phone.news.is_set():
            await CLOCK.sleep(0.02)


async def test_a_job_offered_is_accepted_while_no_look_is_due(
    town: Town, port: int, pool: Pool
) -> None:
    done: Counter[str] = Counter()
    phone = phone_at(port)
    carer = Carer(phone, None, CLOCK, Pace().hurried(20), Random(1), done)
    working = asyncio.create_task(carer.work())
    try:
        await until_it_listens(phone)
        await offer(town, port)
        async with asyncio.timeout(ASK_EVERY_S / 2):
            while await pool.fetchval(STATE, town.caregiver) == "offered":
                await CLOCK.sleep(0.05)
        assert done["accept"] == 1
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def test_a_phone_hears_of_a_job_and_finds_it(town: Town, port: int) -> None:
    async with listening(port) as phone:
        assert (await phone.today())["job"] is None
        await offer(town, port)
        await rings(phone)
        assert (await phone.today())["job"]["state"] == "offered"


async def test_a_phone_comes_back_after_the_server_and_asks_what_it_missed(
    town: Town, settings: WebSettings, pool: Pool
) -> None:
    async with AsyncExitStack() as stack:
        async with serving(settings, pool, CLOCK) as port:
            phone = await stack.enter_async_context(listening(port))
        async with serving(settings.model_copy(update={"port": port}), pool, CLOCK):
            await rings(phone)
            assert phone.is_listening


async def test_a_phone_whose_log_in_has_ended_logs_in_again(
    town: Town, port: int, pool: Pool
) -> None:
    async with listening(port) as phone:
        await pool.execute("DELETE FROM web.session")
        await rings(phone)
        assert not phone.is_listening
        await phone.today()
        await rings(phone)
        assert phone.is_listening


async def test_phones_log_in_one_after_the_other(town: Town, port: int) -> None:
    door = asyncio.Lock()
    async with phone_at(port, door) as phone:
        await door.acquire()
        asking = asyncio.create_task(phone.today())
        await CLOCK.sleep(0.1)
        assert not asking.done(), "somebody else is at the door"
        door.release()
        assert (await asking)["job"] is None
