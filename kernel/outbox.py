"""Facts in commit order.

A `bigserial` is not commit-ordered: a reader that remembers the last id loses rows that commit
late. Here `put` takes the next `seq` from one locked row, so the numbers are gapless and in commit
order, and a reader may resume from any of them. The lock is held until the commit: **`put` is the
last statement of its transaction**, and a batch is one `put`.

Each fact is also announced by a NOTIFY of its own, with all that it says where that fits. Whoever
follows takes it from there as long as the numbers have no gap, and reads the table otherwise: an
announcement is a hint, and everybody polls too.
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import structlog

from kernel.clock import Clock, pause
from kernel.columns import filled
from kernel.db import STEADY, UNAVAILABLE, Connection, Pool, RawConnection, connect

CHANNEL: Final = "carebell_outbox"
_MOST: Final = 500  # facts read at once
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that is now true, told to whoever follows.

    Attributes:
        topic: a past participle after its noun, `incident.opened`.
        area: id of the area the subject belongs to; decides who may be told.
        subject: id of the thing, as text.
        payload: JSON object; a promise to its consumers, checked by contract tests.
        shown: the thing as it stands with this fact, for screens, so that they need not read it.
            Announced where it fits, and not kept: None when the fact was read from the table.
    """

    topic: str
    area: str
    subject: str
    payload: dict[str, Any] = field(default_factory=dict)
    shown: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedFact:
    """A fact as read back: numbered in commit order."""

    seq: int
    at: datetime
    fact: Fact


# $1 … $6 are the time and the columns of the facts. `after` and `payload` are for a statement that
# does more than tell: what must be done before the head is locked, and what else a fact then says.
# An announcement of 8,000 bytes or more is refused by the server.
TELL: Final = """
head AS (
    UPDATE kernel.outbox_head SET seq = seq + cardinality($2::text[]){after} RETURNING seq
), told AS (
    INSERT INTO kernel.outbox (seq, at, topic, area, subject, payload)
    SELECT head.seq - cardinality($2::text[]) + f.n, $1, f.topic, f.area, f.subject, {payload}
    FROM head, unnest($2::text[], $3::text[], $4::text[], $5::text[])
         WITH ORDINALITY AS f (topic, area, subject, payload, n)
    RETURNING seq, at, topic, area, subject, payload
)
SELECT seq, pg_notify('carebell_outbox',
                      CASE WHEN octet_length(text) < 8000 THEN text ELSE seq::text END)
FROM (
    SELECT told.seq, told.seq || ' ' || jsonb_build_array(
        at, topic, area, subject, payload,
        ($6::text[])[told.seq - head.seq + cardinality($2::text[])]::jsonb) AS text
    FROM told, head ORDER BY told.seq
) AS announced
"""

PUT: Final = "WITH" + filled(TELL, after="", payload="f.payload::jsonb")

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
    rows = await conn.fetch(PUT, *columns(at, facts))
    return int(rows[-1]["seq"])


def columns(at: datetime, facts: Sequence[Fact]) -> list[Any]:
    """Return `facts` as `TELL` takes them: its first six arguments."""
    return [
        at,
        [f.topic for f in facts],
        [f.area for f in facts],
        [f.subject for f in facts],
        [_json(f.payload) for f in facts],
        [None if f.shown is None else _json(f.shown) for f in facts],
    ]


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


async def head(conn: Connection) -> int:
    """Return the newest committed `seq`; 0 before the first fact."""
    return int(await conn.fetchval(HEAD))


async def oldest(conn: Connection) -> int:
    """Return the oldest `seq` still kept; a reader behind it needs a snapshot."""
    return int(await conn.fetchval(OLDEST))


async def read(conn: Connection, after: int, limit: int = _MOST) -> list[RecordedFact]:
    """Return up to `limit` facts with `seq > after`, in order."""
    return [
        RecordedFact(
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
) -> AsyncIterator[list[RecordedFact]]:
    """Yield facts after `after` in batches, for ever: at once on NOTIFY, else every `poll_s`.

    Survives a lost database: it goes on where it stood once the server is back.
    """
    async with aclosing(listen(url, clock, after=after, poll_s=poll_s)) as heard:
        async for _, batch in heard:
            yield batch


async def listen(
    url: str, clock: Clock, *, after: int, poll_s: float = 1.0
) -> AsyncGenerator[tuple[RawConnection, list[RecordedFact]]]:
    """Do as `follow`, and lend the connection that listens until the next batch is asked for."""
    woken = asyncio.Event()
    heard: deque[str] = deque()
    conn: RawConnection | None = None

    def hear(_conn: object, _pid: object, _channel: object, payload: object) -> None:
        heard.append(str(payload))
        woken.set()

    look = True  # in the table: at first, after trouble, and every `poll_s`
    try:
        while True:
            woken.clear()
            try:
                if conn is None or conn.is_closed():
                    conn, look = await connect(url, STEADY), True
                    await conn.add_listener(CHANNEL, hear)
                batch = None if look else announced(heard, after)
                if batch is None:
                    heard.clear()  # what was committed before we read is read
                    batch = await read(conn, after, _MOST)
                    look = len(batch) == _MOST
            except UNAVAILABLE as error:
                _log.warning("outbox_unavailable", error=type(error).__name__)
                await clock.sleep(0.2)
                look = True
                continue
            if batch:
                after = batch[-1].seq
                yield conn, batch
            elif not look:
                look = not await pause(clock, poll_s, woken)
    finally:
        if conn is not None:
            conn.terminate()


def announced(heard: deque[str], after: int) -> list[RecordedFact] | None:
    """Take what was heard and return what follows `after`; None: it must be looked up."""
    found: list[RecordedFact] = []
    while heard:
        number, _, text = heard.popleft().partition(" ")
        if not number.isdecimal():
            return None
        seq, expected = int(number), after + len(found) + 1
        if seq > expected or (seq == expected and not text):
            return None
        if seq == expected:
            at, topic, area, subject, payload, shown = json.loads(text)
            fact = Fact(topic=topic, area=area, subject=subject, payload=payload, shown=shown)
            found.append(RecordedFact(seq=seq, at=datetime.fromisoformat(at), fact=fact))
    return found


Handle = Callable[[Connection, Sequence[RecordedFact]], Awaitable[None]]
Afterwards = Callable[[Sequence[RecordedFact]], Awaitable[None]]


async def consume(
    pool: Pool,
    url: str,
    clock: Clock,
    name: str,
    handle: Handle,
    *,
    afterwards: Afterwards | None = None,
    again_s: float = 1.0,
) -> None:
    """Have every fact handled once, for ever, in order, from where `name` stands.

    A batch is handled in the transaction that moves the cursor: both happen or neither. If the
    database goes away, it begins again at the cursor once the server is back.

    Args:
        pool: of connections, for the cursor and for `handle`.
        url: of the same database, to listen.
        clock: for waiting.
        name: of the consumer, whose cursor it is.
        handle: writes what follows from a batch; what it cannot read it notes itself and leaves
            out, since anything but an unavailable database ends this function.
        afterwards: told of each batch once it is committed; not of one committed in a crash.
        again_s: to wait before beginning again.
    """
    while True:
        try:
            async with pool.acquire() as conn:
                after = await cursor(conn, name)
            async with aclosing(listen(url, clock, after=after)) as heard:
                async for _, batch in heard:
                    async with pool.acquire() as conn, conn.transaction():
                        await handle(conn, batch)
                        await move_cursor(conn, name, batch[-1].seq)
                    if afterwards is not None:
                        await afterwards(batch)
        except UNAVAILABLE as error:
            _log.warning("consumer_unavailable", consumer=name, error=type(error).__name__)
            await clock.sleep(again_s)
