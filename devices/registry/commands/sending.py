"""What is to be sent to terminals: durable, sent again until answered or expired.

`enqueue` runs in the caller's transaction; `Sender` in the ingest process, which holds the
connection to the broker.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog

from devices.dialects.known import KNOWN, Dialects
from devices.registry.commands import store
from devices.waking import Waker
from kernel.clock import Clock
from kernel.db import UNAVAILABLE, Connection, Pool
from kernel.errors import InvalidError, NotFoundError
from kernel.ids import new_id

_log = structlog.get_logger()
CHANNEL: Final = "carebell_command"
POLL_S: Final = 1.0
BATCH: Final = 200
TYPES: Final = frozenset({"alarm_state", "set", "ask", "locate", "say", "test"})
#: How long a command is worth sending: what it is about passes.
EXPIRES: Final = timedelta(minutes=15)


def retry_after(attempts: int) -> timedelta:
    """Return how long to wait for the answer to attempt number `attempts`, from 1."""
    return timedelta(seconds=min(5 * 2 ** (attempts - 1), 60))


async def enqueue(
    conn: Connection,
    terminal: str,
    type: str,  # noqa: A002 - the protocol's word
    body: Mapping[str, Any],
    at: datetime,
    *,
    expires: timedelta = EXPIRES,
) -> UUID:
    """Have a command sent to `terminal` once the caller's transaction commits.

    Args:
        conn: the caller's transaction.
        terminal: to whom.
        type: one of the protocol's commands.
        body: its further fields, as the protocol names them.
        at: now.
        expires: after so long it is not sent any more.

    Raises:
        InvalidError: the protocol has no such command.
        NotFoundError: there is no such terminal, or it is retired.
    """
    if type not in TYPES:
        raise InvalidError("There is no such command.", field="type")
    command = new_id()
    if not await store.put(conn, command, terminal, type, body, at, at + expires):
        raise NotFoundError("There is no such terminal.", terminal=terminal)
    return command


class Sender:
    """Sends what is due through `publish`, which says whether the broker connection took it."""

    def __init__(
        self,
        pool: Pool,
        clock: Clock,
        publish: Callable[[str, bytes], bool],
        dialects: Dialects = KNOWN,
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._publish = publish
        self._dialects = dialects

    async def run(self) -> None:
        """Work until cancelled."""
        async with Waker(self._pool, self._clock, CHANNEL, poll_s=POLL_S) as waker:
            while True:
                try:
                    while await self.send_due():
                        pass
                except UNAVAILABLE as error:
                    _log.warning("database_away", error=type(error).__name__)
                await waker.wait()

    async def send_due(self) -> bool:
        """Send one batch; True when there may be more.

        The attempt is noted first: a crash in between costs one wait, never a flood.
        """
        now = self._clock.now()
        async with self._pool.acquire() as conn, conn.transaction():
            rows = await store.due(conn, now, BATCH)
            await store.sent(
                conn,
                [row.command.id for row in rows],
                [now + retry_after(row.attempts + 1) for row in rows],
                now,
            )
        for row in rows:
            self._send(row)
        return len(rows) == BATCH

    def _send(self, row: store.Row) -> None:
        dialect = self._dialects.named(row.dialect)
        if dialect is None:
            _log.error("dialect_unknown", dialect=row.dialect, terminal=row.command.terminal)
        elif not self._publish(*dialect.write(row.command)):
            _log.warning("command_not_sent")
