"""Alarms as ingest takes them in, without a broker: by two statements, or by locks."""

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, cast

from devices.dialects.known import KNOWN
from devices.handler import Express
from devices.lanes.alarms import AlarmLane
from devices.lanes.reading import Arrival, read
from devices.mqtt.incoming import Incoming
from dispatch.intake import express
from dispatch.intake import handling as intake
from kernel.clock import FakeClock
from kernel.db import Connection, Pool


def alarm(terminal: str, signal: str, at: datetime, kind: str = "sos", **more: Any) -> Arrival:
    """Return an alarm of a terminal of the northern district."""
    body = {"id": signal, "kind": kind, "seq": 1, "boot": "b1", **more}
    incoming = Incoming(
        topic=f"carebell/v1/north/{terminal}/alarm",
        payload=json.dumps(body).encode(),
        received_at=at,
        taken=0.0,
        mid=1,
        qos=1,
        retained=False,
        generation=1,
    )
    (arrival,), _ = read([incoming], KNOWN)
    return arrival


class Lane:
    """A lane without a link, which borrows a connection for each batch."""

    def __init__(self, pool: Pool, at: datetime, quick: Express | None = express.QUICK) -> None:
        self._lane = AlarmLane(
            cast("Any", None), pool, FakeClock(at), intake.handle, lambda _: None, quick
        )

    async def takes(self, *alarms: Arrival) -> None:
        """Take them in as one batch."""
        try:
            await self._lane._commit(alarms)
        finally:
            await self._lane._held.release()


class Between:
    """A connection that lets something else happen between the read and the write."""

    def __init__(self, conn: Connection, meanwhile: Callable[[], Awaitable[Any]]) -> None:
        self._conn = conn
        self._meanwhile = meanwhile
        self._asked = 0

    async def fetch(self, statement: str, *values: Any) -> Sequence[Any]:
        """Pass a statement on; before the second the other thing happens."""
        self._asked += 1
        if self._asked == 2:
            await self._meanwhile()
        return await self._conn.fetch(statement, *values)
