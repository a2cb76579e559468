"""What consoles see every two seconds without being told by facts, and whether they still may.

Positions move all the time and terminals come and go by the thousand: facts of them would drown
the stream. They are looked up once for all, only while somebody listens, and sent only when they
differ from what was sent last.

The ping is sent only when the database has answered: a console that hears none knows, by its own
clock, that it may be looking at the past.
"""

import itertools
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

import structlog

from kernel.clock import Clock
from kernel.db import UNAVAILABLE, Connection, Pool
from people import accounts
from web import store
from web.deps import TOUCH_EVERY, idle_since
from web.errors import where
from web.feed.hub import Hub
from web.feed.protocol import PING_EVERY_S, CloseCode, frame
from web.live.socket import ConsoleListener
from web.reading.store import caregivers_now, terminal_counts
from web.settings import WebSettings
from web.wire.map import CaregiverPosition

_log = structlog.get_logger()
#: In ticks: rights change seldom, and asking costs two queries for each account.
_CHECK_RIGHTS_EVERY: Final = 3
_KINDS: Final = ("positions", "terminals")


async def positions(
    conn: Connection, areas: frozenset[str], now: datetime
) -> list[CaregiverPosition]:
    """Return where the caregivers of `areas` are, as consoles see them."""
    return [CaregiverPosition.model_validate(one) for one in await caregivers_now(conn, areas, now)]


class Poller:
    """Looks every two seconds on behalf of all listeners of this process."""

    def __init__(self, hub: Hub, pool: Pool, clock: Clock, settings: WebSettings) -> None:
        self._hub = hub
        self._pool = pool
        self._clock = clock
        self._settings = settings
        self._sent: dict[tuple[ConsoleListener, str], str] = {}

    async def run(self) -> None:
        """Look for ever."""
        for tick in itertools.count():
            await self._clock.sleep(PING_EVERY_S)
            if not self._hub.listeners:
                self._sent.clear()
                continue
            try:
                async with self._pool.acquire() as conn:
                    await self._cut_ended_logins(conn)
                    if tick % _CHECK_RIGHTS_EVERY == 0:
                        await self._cut_changed_rights(conn)
                    await self._tell(conn)
            except UNAVAILABLE as error:
                _log.warning("live_waits_for_database", error=type(error).__name__)
            except Exception as error:  # noqa: BLE001 - the worker's outermost loop
                # Consoles see no ping and fall back to asking.
                _log.error("live_poll_failed", error=type(error).__name__, at=where(error))

    async def _cut_ended_logins(self, conn: Connection) -> None:
        now = self._clock.now()
        asked = self._hub.listeners  # who joins while the database answers was not asked about
        hashes = sorted({listener.token_hash for listener in asked})
        logins = await store.valid_sessions(conn, hashes, now, idle_since(self._settings, now))
        active = await accounts.active(conn, [login.account_id for login in logins])
        valid = {one.token_hash: one.last_seen_at for one in logins if one.account_id in active}
        for listener in asked:
            if listener.token_hash not in valid:
                listener.cut(CloseCode.NOT_LOGGED_IN)
        touched = sorted(one for one, seen_at in valid.items() if now - seen_at > TOUCH_EVERY)
        if touched:
            await store.touch_sessions(conn, touched, now)

    async def _cut_changed_rights(self, conn: Connection) -> None:
        """Let consoles whose account now sees other areas, or has another role, start afresh."""
        consoles = [one for one in self._hub.listeners if isinstance(one, ConsoleListener)]
        for account_id in {one.caller.account_id for one in consoles}:
            account = await accounts.find(conn, account_id)
            areas = await accounts.visible_areas(conn, account_id)
            for one in consoles:
                if one.caller.account_id != account_id:
                    continue
                if account is None or account.role != one.caller.role or areas != one.session.areas:
                    one.cut(CloseCode.RESYNC)

    async def _tell(self, conn: Connection) -> None:
        listeners = self._hub.listeners
        consoles = [one for one in listeners if isinstance(one, ConsoleListener)]
        if consoles:
            await self._tell_consoles(conn, consoles)
        ping = [frame("ping", now=self._clock.now())]
        for listener in listeners:
            listener.put(ping)

    async def _tell_consoles(self, conn: Connection, consoles: Sequence[ConsoleListener]) -> None:
        now = self._clock.now()
        texts = {
            scope: (
                frame("positions", items=await positions(conn, scope, now)),
                frame("terminals", **asdict(await terminal_counts(conn, scope))),
            )
            for scope in {one.session.areas for one in consoles}
        }
        sent = {}
        for one in consoles:
            for kind, text in zip(_KINDS, texts[one.session.areas], strict=True):
                if not one.session.is_live:
                    continue  # its snapshot comes first
                if self._sent.get((one, kind)) != text:
                    one.put([text])
                sent[one, kind] = text
        self._sent = sent
