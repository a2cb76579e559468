"""Puts bytes aside: those nobody can read, and those whose transaction failed twice.

Both lanes call it, so that neither a bug nor a mad terminal stops a stream or makes it silent.
"""

from collections.abc import Sequence

import structlog

from devices.events import Signal, SignalKind
from devices.handler import SignalHandler
from devices.messages import Origin
from devices.mqtt.incoming import Incoming
from devices.quarantine import store
from devices.quarantine.model import Rubbish
from kernel import outbox
from kernel.clock import Clock
from kernel.db import Connection, Pool, is_passing

_log = structlog.get_logger()


async def set_aside(conn: Connection, rubbish: Sequence[Rubbish]) -> list[Signal]:
    """Put rubbish into quarantine and return the signals that tell of it."""
    if not rubbish:
        return []
    named = sorted({item.origin.terminal for item in rubbish if item.origin})
    places = await store.find(conn, named)
    signals = []
    for item in rubbish:
        at, origin = item.incoming.received_at, item.origin
        place = places.get(origin.terminal) if origin else None
        area = place.area if place else origin.area if origin else ""
        row, count, tell = await store.put(conn, item, area, at)
        _log.warning("message_quarantined", error=item.error, quarantine=str(row), count=count)
        if tell and origin:  # without one it is nobody's
            signals.append(
                Signal(
                    terminal=origin.terminal,
                    area=area,
                    home_id=place.home_id if place else None,
                    id=f"{row}:{count}",
                    kind=SignalKind.UNDECODABLE,
                    received_at=at,
                    data={
                        "quarantine": str(row),
                        "channel": origin.channel,
                        "error": item.error,
                    },
                )
            )
    return signals


async def bury(
    pool: Pool,
    handler: SignalHandler,
    clock: Clock,
    incoming: Incoming,
    origin: Origin | None,
    error: Exception,
) -> None:
    """Quarantine a message that failed twice and tell of it.

    When telling fails as well, the bytes are kept at least: the log and the metric are loud.
    """
    item = Rubbish(incoming, origin, "failed", f"{type(error).__name__}: {error}")
    async with pool.acquire() as conn, conn.transaction():
        signals = await set_aside(conn, [item])
        if not signals:
            return
        try:
            async with conn.transaction():  # a savepoint: the quarantine outlives the handler
                facts = await handler(conn, signals)
                await outbox.put(conn, clock.now(), facts)
        except Exception as failure:  # the poison rule: no handler may stop the stream
            if is_passing(failure):
                raise
            _log.exception("telling_of_quarantine_failed")
