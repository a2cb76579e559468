"""The lane of alarm, status and reply: whatever has arrived is one transaction, then all are acked.

Alarms go by two statements (`express`) where they can, and by locks (`taking`) where not.

The state of the terminals is not touched here, so that no alarm ever waits for a lock of the
heartbeats; what the messages say about it is handed over as notes once they are committed
(`contacts`).
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

from devices.dialects.dialect import Command
from devices.dialects.known import KNOWN, Dialects
from devices.events import Signal
from devices.handler import Express, SignalHandler
from devices.lanes import express, store
from devices.lanes.holding import Held
from devices.lanes.reading import Arrival, Note, contact_of, read
from devices.lanes.settle import settle
from devices.lanes.taking import LANE, take_alarms
from devices.messages import Alarm, Reply, Status
from devices.mqtt.link import Link
from devices.quarantine.keeping import bury, set_aside
from devices.quarantine.model import Rubbish
from devices.supervision import Contact
from kernel import metrics, outbox
from kernel.clock import Clock
from kernel.db import Connection, Pool
from kernel.ids import new_id

_log = structlog.get_logger()
MOST: Final = 500  # messages in one transaction


@dataclass(frozen=True, slots=True)
class Done:
    """What one committed transaction leaves to be done."""

    received: list[Arrival] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


class AlarmLane:
    """Takes messages from `link` for ever; `note` gets what they say about their terminals."""

    def __init__(
        self,
        link: Link,
        pool: Pool,
        clock: Clock,
        handler: SignalHandler,
        note: Callable[[Sequence[Note]], None],
        quick: Express | None = None,
        dialects: Dialects = KNOWN,
    ) -> None:
        self._link = link
        self._pool = pool
        self._held = Held(pool)
        self._clock = clock
        self._handler = handler
        self._note = note
        self._quick = quick
        self._dialects = dialects

    async def run(self) -> None:
        """Work until cancelled."""
        try:
            await self._work()
        finally:
            await self._held.release()

    async def _work(self) -> None:
        while True:
            await self._link.wait()
            batch = self._link.take(MOST)
            metrics.UNACKED.labels(LANE).set(self._link.unsettled)
            arrivals, rubbish = read(batch, self._dialects)
            if arrivals:
                for done in await settle(arrivals, self._commit, self._bury, self._clock):
                    self._finish(done)
                now = time.perf_counter()
                for arrival in arrivals:
                    metrics.RECEIPT_TO_COMMIT.labels(LANE).observe(now - arrival.incoming.taken)
            if rubbish:  # last, so that a flood of it costs no alarm its time
                await settle(rubbish, self._put_aside, self._bury, self._clock)
            self._link.ack(batch)
            metrics.UNACKED.labels(LANE).set(self._link.unsettled)

    def _finish(self, done: Done) -> None:
        for arrival in done.received:
            dialect = self._dialects.of(arrival.incoming.topic)
            if dialect is not None and isinstance(arrival.message, Alarm):
                self._link.publish(*dialect.write(received(arrival.message)))
        if done.notes:
            self._note(done.notes)

    async def _commit(self, arrivals: Sequence[Arrival]) -> Done:
        done = Done(notes=notes_of(arrivals))
        alarms = [arrival for arrival in arrivals if isinstance(arrival.message, Alarm)]
        replies = [a.message for a in arrivals if isinstance(a.message, Reply)]
        if replies or (alarms and not await self._express(alarms)):
            async with self._held.transaction() as conn:
                signals = await take_alarms(conn, alarms)
                if replies:
                    await store.answered(conn, replies, self._clock.now())
                await self._handle(conn, signals)
        metrics.MESSAGES.labels(LANE, "taken").inc(len(arrivals))
        done.received.extend(alarms)
        return done

    async def _express(self, alarms: Sequence[Arrival]) -> bool:
        if self._quick is None:
            return False
        async with self._held.lent() as conn:
            return await express.take(conn, self._clock.now(), alarms, self._quick)

    async def _put_aside(self, rubbish: Sequence[Rubbish]) -> Done:
        async with self._held.transaction() as conn:
            await self._handle(conn, await set_aside(conn, rubbish))
        metrics.MESSAGES.labels(LANE, "undecodable").inc(len(rubbish))
        return Done()

    async def _handle(self, conn: Connection, signals: Sequence[Signal]) -> None:
        if signals:
            facts = await self._handler(conn, signals)
            await outbox.put(conn, self._clock.now(), facts)

    async def _bury(self, item: Arrival | Rubbish, error: Exception) -> Done:
        await bury(self._pool, self._handler, self._clock, item.incoming, item.origin, error)
        metrics.MESSAGES.labels(LANE, "failed").inc()
        return Done(notes=notes_of([item]) if isinstance(item, Arrival) else [])


def received(alarm: Alarm) -> Command:
    """Return the command that tells a terminal that its alarm is safe with us."""
    return Command(
        id=new_id(),
        area=alarm.origin.area,
        terminal=alarm.origin.terminal,
        type="alarm_state",
        body={"alarm": alarm.id, "state": "received"},
    )


def notes_of(arrivals: Sequence[Arrival]) -> list[Note]:
    """Return what messages of this lane say about their terminals' being there."""
    notes = []
    for arrival in arrivals:
        incoming, message = arrival.incoming, arrival.message
        match message:
            case Alarm():
                contact = contact_of(message.stamp, incoming)
            case Reply():
                contact = Contact(at=incoming.received_at)
            case Status(online=online):
                # Said by the terminal itself, now: a sign of life. The last will is the broker's
                # word, and a retained one is old.
                alive = online and not incoming.retained
                contact = Contact(at=incoming.received_at if alive else None, connected=online)
            case _:
                continue
        notes.append(Note(arrival.origin.terminal, contact))
    return notes
