"""Facts in commit order.

A `bigserial` is not commit-ordered: a reader that remembers the last id loses rows that commit
late. Here `put` takes the next `seq` from one locked row, so the numbers are gapless and in commit
order, and a reader may resume from any of them. The lock is held until the commit: **`put` is the
last statement of its transaction**, and a batch is one `put`.

NOTIFY carries only the newest `seq` and is a hint; whoever follows polls too.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import asyncpg
import structlog

from kernel.clock import Clock
from kernel.db import UNAVAILABLE, Connection, connect

CHANNEL: Final = "carebell_outbox"
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that is now true, told to whoever follows.

    Attributes:
        topic: a past participle after its noun, `incident.opened`.
        area: id of the area the subject belongs to; decides who may be told.
        subject: id of the thing, as text.
        payload: JSON object; a promise to its consumers, checked by contract tests.
    """

    topic: str
    area: str
    subject: str
    payload: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A fact as read back: numbered in commit order."""

    seq: int
    at: datetime
    fact: Fact


PUT: Final = """
WITH head AS (
    UPDATE kernel.outbox_head SET seq = seq + cardinality($2::text[]) RETURNING seq
), told AS (
    INSERT INTO kernel.outbox (seq, at, topic, area, subject, payload)
    SELECT head.seq - cardinality($2::text[]) + f.n, $1, f.topic, f.area, f.subject,
           f.payload::jsonb
    FROM head, unnest($2::text[], $3::text[], $4::text[], $5::text[])
         WITH ORDINALITY AS f (topic, area, subject, payload, n)
    RETURNING seq
)
SELECT pg_notify('carebell_outbox', (SELECT seq::text FROM head)), (SELECT seq FROM head) AS seq
"""

READ: Final = """
SELECT seq, at, topic, area, subject, payload FROM kernel.outbox
WHERE seq > $1 ORDER BY seq LIMIT $2
"""

HEAD: Final = "SELECT seq FROM kernel.outbox_head"

OLDEST: Final = "SELECT coalesce(min(seq), 0) FROM kernel.outbox"

# Before the first consumer has a cursor nothing is deleted: it would begin with the first fact.
PRUNE: Final = """
DELETE FROM kernel.outbox
WHERE at < $1 AND seq <= (SELECT min(seq) FROM kernel.outbox_cursor)
"""

CURSOR: Final = """
INSERT INTO kernel.outbox_cursor (consumer, seq) VALUES ($1, $2)
ON CONFLICT (consumer) DO UPDATE SET consumer = excluded.consumer RETURNING seq
"""

MOVE_CURSOR: Final = "UPDATE kernel.outbox_cursor SET seq = $2 WHERE consumer = $1 AND seq < $2"


async def put(conn: Connection, at: datetime, facts: Sequence[Fact]) -> int:
    """Append `facts` in order and return the last `seq`; 0 when there are none.

    Must be the last statement of the caller's transaction (see the module's text).
    """
    if not facts:
        return 0
    row = await conn.fetchrow(
        PUT,
        at,
        [f.topic for f in facts],
        [f.area for f in facts],
        [f.subject for f in facts],
        [json.dumps(f.payload, ensure_ascii=False, default=str) for f in facts],
    )
    return int(row["seq"]) if row else 0


async def head(conn: Connection) -> int:
    """Return the newest committed `seq`; 0 before the first fact."""
    return int(await conn.fetchval(HEAD))


async def oldest(conn: Connection) -> int:
    """Return the oldest `seq` still kept; a reader behind it needs a snapshot."""
    return int(await conn.fetchval(OLDEST))


async def read(conn: Connection, after: int, limit: int = 500) -> list[Told]:
    """Return up to `limit` facts with `seq > after`, in order."""
    return [
        Told(
            seq=row["seq"],
            at=row["at"],
            fact=Fact(
                topic=row["topic"],
                area=row["area"],
                subject=row["subject"],
                payload=row["payload"],
            ),
        )
        for row in await conn.fetch(READ, after, limit)
    ]


async def cursor(conn: Connection, consumer: str, *, start: int = 0) -> int:
    """Return where `consumer` stands, creating it at `start` when it is new."""
    return int(await conn.fetchval(CURSOR, consumer, start))


async def move_cursor(conn: Connection, consumer: str, seq: int) -> None:
    """Record that `consumer` has handled everything up to `seq`; do it in its own transaction."""
    await conn.execute(MOVE_CURSOR, consumer, seq)


async def prune(conn: Connection, before: datetime) -> None:
    """Delete facts older than `before` that every consumer has handled.

    Consoles further behind get a snapshot.
    """
    await conn.execute(PRUNE, before)


async def follow(
    url: str, clock: Clock, *, after: int, poll_s: float = 1.0
) -> AsyncIterator[list[Told]]:
    """Yield facts after `after` in batches, for ever: at once on NOTIFY, else every `poll_s`.

    Has a connection of its own, which listens and reads: a pooled one would cost a round trip more.
    Survives a lost database: it goes on where it stood once the server is back.
    """
    woken = asyncio.Event()
    listener: asyncpg.Connection[asyncpg.Record] | None = None

    def wake(*_: object) -> None:
        woken.set()

    try:
        while True:
            woken.clear()
            try:
                if listener is None or listener.is_closed():
                    listener = await connect(url)
                    await listener.add_listener(CHANNEL, wake)
                batch = await read(listener, after)
            except UNAVAILABLE as error:
                _log.warning("outbox_unavailable", error=type(error).__name__)
                await clock.sleep(0.2)
                continue
            if batch:
                after = batch[-1].seq
                yield batch
                continue
            timer = asyncio.ensure_future(clock.sleep(poll_s))
            waiter = asyncio.ensure_future(woken.wait())
            await asyncio.wait({timer, waiter}, return_when=asyncio.FIRST_COMPLETED)
            timer.cancel()
            waiter.cancel()
    finally:
        if listener is not None:
            listener.terminate()
