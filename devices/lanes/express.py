"""An alarm in two round trips: one read that locks nothing, one statement that writes everything.

Between the two somebody else may have changed what was read. Then the statement fails as a whole,
and the batch goes the way that locks, in a transaction of its own, with the same result.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final

import asyncpg
import structlog

from devices.handler import Express
from devices.lanes import store
from devices.lanes.reading import Arrival
from devices.lanes.taking import count_repeats, first_of_each, signal_of
from devices.messages import Alarm
from kernel import outbox
from kernel.columns import filled
from kernel.db import Connection, is_passing

_log = structlog.get_logger()

_ARRIVED: Final = """
WITH arrived AS (
    SELECT g.n, g.terminal, coalesce(t.area, g.area) AS area, t.home_id,
           t.state = 'installed' AS installed, t.id IS NULL AS stranger,
           EXISTS (SELECT FROM devices.inbox AS i WHERE i.terminal = g.terminal AND i.id = g.id)
               AS repeated
    FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS g (terminal, id, area, n)
    LEFT JOIN devices.terminal AS t ON t.id = g.terminal
)
"""

# In one order, as `store.TAKE`. An id that has come meanwhile ends the statement.
_INBOX: Final = """
WITH inbox AS (
    INSERT INTO devices.inbox (terminal, id, kind, received_at, device_at, boot, seq, raw)
    SELECT * FROM unnest($8::text[], $9::text[], $10::text[], $11::timestamptz[],
                         $12::timestamptz[], $13::text[], $14::bigint[], $15::bytea[])
        AS g (terminal, id, kind, received_at, device_at, boot, seq, raw)
    ORDER BY terminal, id
    RETURNING id
),"""

#: Somebody else was faster: the id, the open incident or the incident's version is taken.
_MEANWHILE: Final = (asyncpg.UniqueViolationError, asyncpg.NotNullViolationError)


@lru_cache
def statements(quick: Express) -> tuple[str, str]:
    """Return what is read and what is written; the handler's and the outbox's parts are in it."""
    tell = filled(
        outbox.TELL,
        after=" FROM (SELECT count(*) FROM done) AS before",
        payload="f.payload::jsonb || coalesce((SELECT more FROM done WHERE done.n = f.n), '{}')",
    )
    return _ARRIVED + quick.ask, _INBOX + quick.record + "," + tell


async def take(conn: Connection, at: datetime, arrivals: Sequence[Arrival], quick: Express) -> bool:
    """Take in alarms and all that follows from them; False: nothing is done, they need locks."""
    read, write = statements(quick)
    given = first_of_each(arrivals)
    rows = await conn.fetch(
        read,
        [a.origin.terminal for a in given],
        [a.message.id for a in given if isinstance(a.message, Alarm)],
        [a.origin.area for a in given],
    )
    fresh = [(a, row) for a, row in zip(given, rows, strict=True) if not row["repeated"]]
    if fresh:
        try:
            deed = quick.decide(
                [signal_of(a, store.whereabouts(row)) for a, row in fresh],
                [row for _, row in fresh],
            )
            await conn.fetch(
                write,
                *outbox.columns(at, deed.facts),
                deed.rows,
                *store.inbox_columns([a for a, _ in fresh]),
            )
        except _MEANWHILE:
            _log.info("alarm_met_another", size=len(fresh))
            return False
        except Exception as error:
            if is_passing(error):
                raise
            # Whatever it is, the way that locks finds out, and the message ends where it belongs.
            _log.exception("express_failed", size=len(fresh))
            return False
    count_repeats(arrivals, len(fresh))
    return True
