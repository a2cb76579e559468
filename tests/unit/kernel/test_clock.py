import asyncio
from datetime import timedelta

from kernel.clock import FakeClock, SystemClock, pause


async def test_a_sleeper_wakes_when_its_time_has_come_and_not_before() -> None:
    clock = FakeClock()
    woken = asyncio.ensure_future(clock.sleep(60))
    await clock.advance(timedelta(seconds=59))
    assert not woken.done()
    await clock.advance(timedelta(seconds=1))
    assert woken.done()


async def test_sleepers_wake_in_the_order_of_their_times_and_see_their_own_time() -> None:
    clock = FakeClock()
    start = clock.now()
    seen: list[float] = []

    async def sleeper(seconds: float) -> None:
        await clock.sleep(seconds)
        seen.append((clock.now() - start).total_seconds())

    tasks = [asyncio.ensure_future(sleeper(s)) for s in (30, 10, 20)]
    await clock.advance(timedelta(minutes=1))
    await asyncio.gather(*tasks)
    assert seen == [10, 20, 30]


def test_the_system_clock_is_aware_and_in_utc() -> None:
    offset = SystemClock().now().utcoffset()
    assert offset == timedelta(0)


async def test_a_pause_ends_with_its_time_or_with_what_it_waits_for() -> None:
    clock, event = FakeClock(), asyncio.Event()
    slept = asyncio.ensure_future(pause(clock, 60, event))
    await clock.advance(timedelta(seconds=60))
    assert await slept is False
    woken = asyncio.ensure_future(pause(clock, 60, event))
    await clock.advance(timedelta(seconds=1))
    event.set()
    assert await woken is True
    assert await pause(clock, 60, event) is True
