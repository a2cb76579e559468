"""From the terminal's socket to the database and back, on both brokers."""

import asyncio

from devices.events import SignalKind
from kernel import outbox
from kernel.clock import SystemClock
from tests.integration.devices.site import AREA, Site, until


async def test_a_press_becomes_a_signal_of_its_home_and_is_confirmed(site: Site) -> None:
    async with site.ingesting():
        device = await site.device()
        device.press("a-1", battery=80, data={"button": 1})
        await until(lambda: device.told("a-1"))
    [signal] = site.handler.signals
    assert (signal.terminal, signal.area, signal.home_id) == ("T-1", AREA, site.homes["T-1"])
    assert (signal.kind, signal.id, signal.battery) == (SignalKind.SOS, "a-1", 80)
    assert signal.data["button"] == 1
    assert signal.clock_suspect


async def test_what_the_handler_says_is_in_the_outbox_when_the_terminal_is_told(
    site: Site,
) -> None:
    async with site.ingesting():
        device = await site.device()
        device.press("a-1")
        await until(lambda: device.told("a-1"))
        async with site.pool.acquire() as conn:
            assert [t.fact.subject for t in await outbox.read(conn, 0)] == ["a-1"]


async def test_the_same_id_sent_five_times_is_one_alarm_and_is_confirmed_each_time(
    site: Site,
) -> None:
    async with site.ingesting():
        device = await site.device()
        for _ in range(5):
            device.press("a-1")
        await until(lambda: device.told("a-1") == 5)
        device.press("a-2", seq=2)
        await until(lambda: device.told("a-2"))
    assert site.handler.ids() == ["a-1", "a-2"]


async def test_the_same_id_of_two_terminals_is_two_alarms(site: Site) -> None:
    async with site.ingesting():
        one, two = await site.device("T-1"), await site.device("T-2")
        one.press("a-1")
        two.press("a-1")
        await until(lambda: one.told("a-1") and two.told("a-1"))
    assert sorted(s.terminal or "" for s in site.handler.signals) == ["T-1", "T-2"]


async def test_a_terminal_in_no_home_is_heard_all_the_same(site: Site) -> None:
    async with site.ingesting():
        device = await site.device("T-3")
        device.press("a-1")
        await until(lambda: device.told("a-1"))
    assert site.handler.signals[0].home_id is None


async def test_an_unknown_kind_is_told_of_and_confirmed(site: Site) -> None:
    async with site.ingesting():
        device = await site.device()
        device.press("a-1", kind="meteorite")
        await until(lambda: device.told("a-1"))
    assert site.handler.kinds() == [SignalKind.UNKNOWN]
    assert site.handler.signals[0].data["kind"] == "meteorite"


async def test_rubbish_goes_to_quarantine_and_its_home_is_told(site: Site) -> None:
    async with site.ingesting():
        device = await site.device()
        device.send("alarm", b"\xff\x00rubbish")
        await until(lambda: site.handler.signals)
        device.press("a-1")  # and the lane goes on
        await until(lambda: device.told("a-1"))
    signal = site.handler.signals[0]
    assert (signal.kind, signal.home_id) == (SignalKind.UNDECODABLE, site.homes["T-1"])
    row = await site.pool.fetchrow("SELECT raw, error, terminal FROM devices.quarantine")
    assert tuple(row or ()) == (b"\xff\x00rubbish", "not-json", "T-1")


async def test_the_same_rubbish_again_is_counted_and_not_told_again(site: Site) -> None:
    async with site.ingesting():
        device = await site.device()
        for _ in range(3):
            device.send("alarm", b"rubbish")
        device.press("a-1")
        await until(lambda: device.told("a-1"))
        async with asyncio.timeout(10):  # alarms come first, rubbish in its own time
            while await site.pool.fetchval("SELECT max(count) FROM devices.quarantine") != 3:
                await SystemClock().sleep(0.02)
    assert sorted(site.handler.kinds()) == [SignalKind.SOS, SignalKind.UNDECODABLE]


async def test_an_alarm_the_handler_cannot_bear_is_kept_told_of_and_stops_nobody(
    site: Site,
) -> None:
    site.handler.poison = "bad"
    async with site.ingesting():
        device = await site.device()
        device.press("bad")
        device.press("good", seq=2)
        await until(lambda: device.told("good"))
        await until(lambda: SignalKind.UNDECODABLE in site.handler.kinds())
    assert device.told("bad") == 0  # it is no alarm yet: the terminal goes on asking
    assert site.handler.failures >= 2
    row = await site.pool.fetchrow("SELECT error, detail FROM devices.quarantine")
    assert tuple(row or ()) == ("failed", "RuntimeError: a bug")


async def test_a_handler_that_recovers_makes_an_alarm_of_the_next_repeat(site: Site) -> None:
    site.handler.poison = "a-1"
    async with site.ingesting():
        device = await site.device()
        device.press("a-1")
        await until(lambda: SignalKind.UNDECODABLE in site.handler.kinds())
        site.handler.poison = None
        device.press("a-1")
        await until(lambda: device.told("a-1"))
    assert site.handler.ids() == ["a-1"]
