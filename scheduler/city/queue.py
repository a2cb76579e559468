"""PgQueuer, as it carries a city's pieces: names, a pool of its own, and what is put in.

An entry is only a name for a row of `scheduler.city_piece`. Who works one off looks into the row
first, so an entry that comes twice, or comes back after its worker died, changes nothing.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, cast
from uuid import UUID

import asyncpg
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver, AsyncpgPoolDriver
from pgqueuer.adapters.persistence.qb import (
    QueryBuilderEnvironment,
    QueryQueueBuilder,
    QuerySchedulerBuilder,
)
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.models import Job
from pgqueuer.domain.settings import DBSettings
from pgqueuer.ports.driver import Driver

from kernel import db
from kernel.db import Connection, Pool

PIECE: Final = "city_piece"
ROUND: Final = "city_round"
NAMES: Final = DBSettings(db_schema="queue")
"""What migration 0006 made; nothing but its schema differs from PgQueuer's own names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A piece to solve, or a round to close (then `number` is 0)."""

    run: UUID
    round: int
    number: int = 0

    def payload(self) -> bytes:
        """Return it as PgQueuer keeps it."""
        return f"{self.run} {self.round} {self.number}".encode()


def entry(job: Job) -> Entry:
    """Return what an entry of the queue is about."""
    run, number_of_round, number = (job.payload or b"").decode().split(" ")
    return Entry(run=UUID(run), round=int(number_of_round), number=int(number))


def pool(url: str, *, size: int = 5) -> AbstractAsyncContextManager[Pool]:
    """Open a pool for the queue: PgQueuer encodes its JSON itself."""
    return db.pool(url, size=size, codecs=False)


def queries(driver: Driver) -> Queries:
    """Return PgQueuer's statements, for our schema."""
    return Queries(
        driver,
        qbe=QueryBuilderEnvironment(NAMES),
        qbq=QueryQueueBuilder(NAMES),
        qbs=QuerySchedulerBuilder(NAMES),
    )


async def put(conn: Connection, name: str, entries: Sequence[Entry]) -> None:
    """Queue entries in the caller's transaction; what is queued or worked on already stays so."""
    if not entries:
        return
    raw = cast("asyncpg.Connection[asyncpg.Record]", conn)
    payloads: list[bytes | None] = [each.payload() for each in entries]
    keys: list[str | None] = [f"{name} {each.payload().decode()}" for each in entries]
    await queries(AsyncpgDriver(raw)).enqueue(
        [name] * len(entries),
        payloads,
        [-each.number for each in entries],
        dedupe_key=keys,
        on_conflict="skip",
    )


@dataclass
class Manager(QueueManager):
    """PgQueuer's manager, taking no more entries than there are hands.

    Its own limit on tasks cannot be 1, and an entry taken before its time is one that no idle
    machine can have.
    """

    hands: int = field(default=1, kw_only=True)

    async def fetch_jobs(
        self,
        batch_size: int,
        global_concurrency_limit: int | None,
        heartbeat_timeout: timedelta,
    ) -> AsyncGenerator[Job, None]:
        """Yield entries while a hand is free."""
        del global_concurrency_limit
        async for job in super().fetch_jobs(batch_size, self.hands, heartbeat_timeout):
            yield job


def manager(pool: Pool, hands: int) -> Manager:
    """Return a manager that works through `pool`, which must have a connection for LISTEN, too."""
    made = Manager(queries(AsyncpgPoolDriver(pool)), channel=NAMES.channel, hands=hands)
    made.min_dequeue_poll_interval = timedelta(seconds=1)  # while all hands are full
    return made
