"""SQL of the quarantine. Every function runs inside the caller's transaction."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from devices.quarantine.model import Rubbish
from kernel.db import Connection
from kernel.ids import new_id


class Place(NamedTuple):
    """Where a terminal is registered."""

    area: str
    home_id: UUID | None


FIND: Final = "SELECT id, area, home_id FROM devices.terminal WHERE id = ANY ($1::text[])"

# The same bytes on the same topic are one row. A signal goes out for a new one, unless its
# terminal has had one within a minute: a mad terminal shall not flood the desk.
PUT: Final = """
INSERT INTO devices.quarantine AS q
    (id, terminal, area, topic, raw, digest, error, detail, first_at, last_at, told_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9,
    CASE WHEN EXISTS (
        SELECT FROM devices.quarantine o
        WHERE o.terminal = $2 AND o.told_at > $9::timestamptz - interval '1 minute'
    ) THEN NULL ELSE $9 END)
ON CONFLICT (topic, digest) DO UPDATE SET
    count = q.count + 1, last_at = excluded.last_at, error = excluded.error,
    detail = excluded.detail,
    told_at = CASE WHEN q.told_at > excluded.last_at - interval '10 minutes' THEN q.told_at
                   ELSE coalesce(excluded.told_at, q.told_at) END
RETURNING id, count, told_at = $9::timestamptz AS tell
"""


async def find(conn: Connection, terminals: Sequence[str]) -> dict[str, Place]:
    """Return where terminals are registered, leaving out strangers."""
    rows = await conn.fetch(FIND, terminals)
    return {row["id"]: Place(row["area"], row["home_id"]) for row in rows}


async def put(
    conn: Connection, rubbish: Rubbish, area: str, at: datetime
) -> tuple[UUID, int, bool]:
    """Put bytes aside; return the row's id, how often they came, and whether to tell anybody."""
    incoming, origin = rubbish.incoming, rubbish.origin
    row = await conn.fetchrow(
        PUT,
        new_id(),
        origin.terminal if origin else None,
        area,
        _storable(incoming.topic),
        incoming.payload,
        hashlib.sha256(incoming.payload).digest(),
        rubbish.error,
        _storable(rubbish.detail)[:500],
        at,
    )
    assert row is not None  # noqa: S101 - an upsert returns its row
    return row["id"], row["count"], bool(row["tell"])


def _storable(text: str) -> str:
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
