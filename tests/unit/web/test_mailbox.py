"""The queue in front of one socket: never waits, and gives up on who does not read."""

import asyncio

import pytest

from web.live.mailbox import Mailbox

SLOW = 4408


async def test_frames_are_delivered_in_order() -> None:
    box = Mailbox(limit=10, deadline_s=1)
    got: list[str] = []
    done = asyncio.Event()

    async def send(frame: str) -> None:
        got.append(frame)
        if len(got) == 4:
            done.set()

    delivering = asyncio.ensure_future(box.deliver(send, too_slow=SLOW))
    box.put(["1", "2"], too_slow=SLOW)
    await asyncio.wait_for(box_empty(got, 2), 1)
    box.put(["3", "4"], too_slow=SLOW)
    await asyncio.wait_for(done.wait(), 1)
    delivering.cancel()
    assert got == ["1", "2", "3", "4"]


async def box_empty(got: list[str], count: int) -> None:
    event = asyncio.Event()
    while len(got) < count:
        asyncio.get_running_loop().call_soon(event.set)
        await event.wait()
        event.clear()


async def test_a_reader_that_takes_nothing_is_cut_off_at_the_deadline() -> None:
    box = Mailbox(limit=10, deadline_s=0.02)

    async def send(_: str) -> None:
        await asyncio.Event().wait()

    box.put(["1"], too_slow=SLOW)
    await asyncio.wait_for(box.deliver(send, too_slow=SLOW), 1)
    assert await box.until_cut() == SLOW


async def test_a_full_queue_is_cut_off_without_waiting() -> None:
    box = Mailbox(limit=2, deadline_s=10)
    box.put(["1", "2"], too_slow=SLOW)
    waiting = asyncio.ensure_future(box.until_cut())
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(waiting), 0.01)
    box.put(["3"], too_slow=SLOW)
    assert await waiting == SLOW


async def test_the_first_cut_counts_and_nothing_is_queued_after_it() -> None:
    box = Mailbox(limit=2, deadline_s=10)
    box.cut(4401)
    box.cut(SLOW)
    box.put(["1", "2", "3"], too_slow=SLOW)
    assert await box.until_cut() == 4401
