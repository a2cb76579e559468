"""Who is looked up every two seconds, and who is not."""

import asyncio
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from kernel.clock import FakeClock
from kernel.db import Pool
from kernel.ids import new_id
from web.feed.hub import Hub
from web.feed.protocol import CloseCode
from web.live.polling import Poller
from web.settings import WebSettings

from .test_hub import Seat

MINE, LATE = b"mine", b"late"
ACCOUNT = new_id()


class Answers:
    """A database where one log-in is valid; somebody joins while it answers."""

    def __init__(self) -> None:
        self.hub: Hub | None = None
        self.late = Seat(LATE)

    @asynccontextmanager
    async def acquire(self) -> Any:
        yield self

    async def fetch(self, _: str, asked: list[Any], *rest: datetime) -> list[dict[str, Any]]:
        if asked and isinstance(asked[0], UUID):
            return [{"id": ACCOUNT}]
        assert self.hub is not None
        self.hub._listeners.add(self.late)
        return [
            {"token_hash": one, "account_id": ACCOUNT, "last_seen_at": rest[0]}
            for one in asked
            if one == MINE
        ]

    async def execute(self, *_: object) -> None: ...


async def test_who_joins_while_log_ins_are_looked_up_is_not_taken_for_logged_out() -> None:
    answers, clock = Answers(), FakeClock()
    pool = cast("Pool", answers)
    answers.hub = hub = Hub(pool, "", clock, cast("Any", None))
    poller = Poller(hub, pool, clock, WebSettings(ui_dir=Path()))
    valid, ended = Seat(MINE), Seat(b"ended")
    with hub.joined(valid), hub.joined(ended):
        await poller._cut_ended_logins(cast("Any", answers))
    assert ended.code is CloseCode.NOT_LOGGED_IN
    assert valid.code is None
    assert answers.late.code is None


async def test_nothing_is_looked_up_while_nobody_listens() -> None:
    class Forbidden:
        def acquire(self) -> Any:
            raise AssertionError

    clock = FakeClock()
    pool = cast("Pool", Forbidden())
    poller = Poller(Hub(pool, "", clock, cast("Any", None)), pool, clock, WebSettings())
    running = asyncio.ensure_future(poller.run())
    await clock.advance(timedelta(seconds=10))
    assert not running.done()
    running.cancel()
