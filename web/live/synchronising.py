"""Brings a console up to date: replays what it missed, or shows everything as it stands."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from dispatch.incidents.views import reading as views
from kernel import outbox
from kernel.clock import Clock
from kernel.db import Connection, Pool
from kernel.outbox import RecordedFact
from web import store
from web.feed.protocol import Hello, frame
from web.live.polling import positions
from web.live.session import (
    ConsoleSession,
    Missed,
    Replay,
    Shown,
    Snapshot,
    Stream,
    how_to_sync,
)
from web.live.views import changes_of
from web.reading.store import patience, terminal_counts
from web.settings import WebSettings
from web.showing import incident_shown

_CHUNK: Final = 500


class Synchroniser:
    """Reads the database on behalf of consoles that said hello."""

    def __init__(
        self, pool: Pool, clock: Clock, settings: WebSettings, granted: Sequence[str]
    ) -> None:
        """Read for an account that was `granted` these areas, the topmost first."""
        self._pool = pool
        self._clock = clock
        self._settings = settings
        self._granted = granted

    async def __call__(self, session: ConsoleSession, hello: Hello) -> Missed | Shown:
        """Return what brings the console up to date.

        All is read in one snapshot of the database, so the numbers and the things agree.
        """
        async with (
            self._pool.acquire() as conn,
            conn.transaction(isolation="repeatable_read", readonly=True),
        ):
            stream = Stream(
                epoch=await store.epoch(conn),
                oldest=await outbox.oldest(conn),
                head=await outbox.head(conn),
                limit=self._settings.live_replay,
            )
            match how_to_sync(hello.resume, stream):
                case Replay(after):
                    missed = await self._missed(conn, after, stream.head)
                    changes = await changes_of(conn, missed)
                    return Missed(after=after, changes=changes, upto=stream.head)
                case Snapshot():
                    frame = await self._snapshot(conn, session.areas, stream)
                    return Shown(frame=frame, seq=stream.head)

    @staticmethod
    async def _missed(conn: Connection, after: int, head: int) -> Sequence[RecordedFact]:
        missed: list[RecordedFact] = []
        while (missed[-1].seq if missed else after) < head:
            chunk = await outbox.read(conn, missed[-1].seq if missed else after, _CHUNK)
            if not chunk:
                break
            missed += chunk
        return missed

    def _today(self, now: datetime) -> datetime:
        """Return when the centre's present day began."""
        here = now.astimezone(ZoneInfo(self._settings.zone))
        return here.replace(hour=0, minute=0, second=0, microsecond=0)

    async def _snapshot(self, conn: Connection, areas: frozenset[str], stream: Stream) -> str:
        now = self._clock.now()
        members: dict[str, Any] = {
            "epoch": stream.epoch,
            "seq": stream.head,
            "now": now,
            "incidents": [
                incident_shown(one) for one in await views.snapshot(conn, areas, self._today(now))
            ],
            "caregivers": await positions(conn, areas, now),
            "terminals": asdict(await terminal_counts(conn, areas)),
            "settings": asdict(await patience(conn, self._granted)),
        }
        return frame("snapshot", **members)
