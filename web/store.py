"""SQL of log-in sessions and of the stream's name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from kernel.db import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A valid log-in."""

    token_hash: bytes
    account_id: UUID
    last_seen_at: datetime


INSERT_SESSION: Final = """
INSERT INTO web.session (token_hash, account_id, created_at, last_seen_at, expires_at)
VALUES ($1, $2, $3, $3, $4)
"""

FIND_SESSION: Final = """
SELECT token_hash, account_id, last_seen_at FROM web.session
WHERE token_hash = $1 AND expires_at > $2 AND last_seen_at > $3
"""

VALID_SESSIONS: Final = """
SELECT token_hash, account_id, last_seen_at FROM web.session
WHERE token_hash = ANY($1::bytea[]) AND expires_at > $2 AND last_seen_at > $3
"""

TOUCH_SESSIONS: Final = """
UPDATE web.session SET last_seen_at = $2
WHERE token_hash = ANY($1::bytea[]) AND last_seen_at < $2
"""

DELETE_SESSION: Final = "DELETE FROM web.session WHERE token_hash = $1"

DELETE_SESSIONS_OF: Final = "DELETE FROM web.session WHERE account_id = ANY($1::uuid[])"

DELETE_ENDED: Final = "DELETE FROM web.session WHERE expires_at <= $1 OR last_seen_at <= $2"

EPOCH: Final = "SELECT epoch FROM web.stream"

RENEW_EPOCH: Final = "UPDATE web.stream SET epoch = gen_random_uuid() RETURNING epoch"

ALIVE: Final = "SELECT version_num FROM schema_version"


async def insert_session(
    conn: Connection, token_hash: bytes, account_id: UUID, at: datetime, expires_at: datetime
) -> None:
    """Keep a new log-in by the hash of its token."""
    await conn.execute(INSERT_SESSION, token_hash, account_id, at, expires_at)


async def find_session(
    conn: Connection, token_hash: bytes, now: datetime, idle_since: datetime
) -> Login | None:
    """Return the log-in unless it is unknown, expired, or was last seen before `idle_since`."""
    row = await conn.fetchrow(FIND_SESSION, token_hash, now, idle_since)
    return Login(**row) if row else None


async def valid_sessions(
    conn: Connection, token_hashes: Sequence[bytes], now: datetime, idle_since: datetime
) -> list[Login]:
    """Return those of the log-ins that are still valid."""
    rows = await conn.fetch(VALID_SESSIONS, token_hashes, now, idle_since)
    return [Login(**row) for row in rows]


async def touch_sessions(conn: Connection, token_hashes: Sequence[bytes], at: datetime) -> None:
    """Record that these log-ins are in use."""
    await conn.execute(TOUCH_SESSIONS, token_hashes, at)


async def delete_session(conn: Connection, token_hash: bytes) -> None:
    """End one log-in."""
    await conn.execute(DELETE_SESSION, token_hash)


async def delete_sessions_of(conn: Connection, account_ids: Sequence[UUID]) -> None:
    """End all log-ins of these accounts."""
    await conn.execute(DELETE_SESSIONS_OF, account_ids)


async def delete_ended(conn: Connection, now: datetime, idle_since: datetime) -> None:
    """Forget log-ins that can no longer be used."""
    await conn.execute(DELETE_ENDED, now, idle_since)


async def epoch(conn: Connection) -> UUID:
    """Return the name of the outbox's present numbering."""
    found = await conn.fetchval(EPOCH)
    if not isinstance(found, UUID):
        raise TypeError("web.stream is empty: run carebell migrate")
    return found


async def renew_epoch(conn: Connection) -> None:
    """Give the numbering a new name, so that every console takes a snapshot.

    Needed after restoring a backup: numbers that consoles remember may be given out again.
    """
    await conn.execute(RENEW_EPOCH)


async def schema_version(conn: Connection) -> str:
    """Return the revision the database stands at."""
    return str(await conn.fetchval(ALIVE))
