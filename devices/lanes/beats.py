"""The lane of heartbeats and readings: coalesced, a transaction a second.

A terminal is written once however often it beat; a heartbeat is not worth a row, nor waiting for
the disk.
"""

import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import structlog

from devices.dialects.known import KNOWN, Dialects
from devices.events import TerminalId
from devices.handler import SignalHandler
from devices.lanes import contacts as states
from devices.lanes import store
from devices.lanes.reading import Arrival, fold, fold_beat, read
from devices.lanes.settle import settle
from devices.messages import Heartbeat, Measure
from devices.mqtt.incoming import Incoming
from devices.mqtt.link import Link
from devices.quantities import Reading
from devices.quarantine.keeping import bury, set_aside
from devices.quarantine.model import Rubbish
from devices.supervision import DEFAULT_POLICY, Contact, Policy
from kernel import metrics, outbox
from kernel.clock import Clock
from kernel.db import Pool

_log = structlog.get_logger()
MOST: Final = 20_000  # messages in one transaction
SLICE: Final = 1000  # messages decoded without a pause
SLICE_S: Final = 0.05
ROWS: Final = 500  # written by one statement
GATHER_S: Final = 1.0  # so long a batch is gathered: nobody waits for a heartbeat
TICK_S: Final = 1.0  # so often we say that we hear
PATIENCE_S: Final = 10.0  # a longer gap between two ticks is deafness
LANE: Final = "beats"
#: Our own message to ourselves, through the broker: what proves that heartbeats can reach us. No
#: terminal may publish it.
PULSE: Final = "carebell/pulse"

Item = Arrival | Rubbish
MeasuredAt = tuple[TerminalId, Reading, datetime, datetime]


class BeatLane:
    """Takes messages from `link` for ever."""

    def __init__(
        self,
        link: Link,
        pool: Pool,
        clock: Clock,
        handler: SignalHandler,
        policy: Policy = DEFAULT_POLICY,
        dialects: Dialects = KNOWN,
    ) -> None:
        self._link = link
        self._pool = pool
        self._clock = clock
        self._handler = handler
        self._policy = policy
        self._dialects = dialects
        self._heard = (-1, 0)  # generation and dropped messages at the last tick
        self._ticked = 0.0
        self._has_pulse = False

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            try:
                await self._work()
            except Exception:  # noqa: BLE001 - the worker's outermost loop
                _log.exception("beats_failed")
                await self._clock.sleep(TICK_S)

    async def _work(self) -> None:
        await self._link.connected()
        self._link.publish(PULSE, b"", qos=0)
        while True:
            batch, items = await self._gather()
            if items:
                await settle(items, self._commit, self._bury, self._clock)
                metrics.UNACKED.labels(LANE).set(self._link.unsettled)
            self._link.ack(batch)
            now = time.perf_counter()
            if now - self._ticked < TICK_S:
                continue
            self._ticked = now
            if self._has_pulse:  # sent after the last tick, and back: the broker reaches us
                self._has_pulse = False
                await settle([now], self._tick, self._tick_failed, self._clock)
            self._link.publish(PULSE, b"", qos=0)

    async def _gather(self) -> tuple[list[Incoming], list[Item]]:
        """Decode what arrives, a slice at a time, until it is time to write."""
        until = time.perf_counter() + GATHER_S
        batch: list[Incoming] = []
        items: list[Item] = []
        while len(batch) < MOST:
            taken = self._link.take(SLICE)
            arrivals, rubbish = read(
                [one for one in taken if not self._is_pulse(one)], self._dialects
            )
            batch += taken
            items += arrivals
            items += rubbish
            now = time.perf_counter()
            left_s = until - now
            if left_s <= 0 or (self._has_pulse and now - self._ticked >= TICK_S):
                break
            await self._clock.sleep(0 if len(taken) == SLICE else min(left_s, SLICE_S))
        return batch, items

    def _is_pulse(self, incoming: Incoming) -> bool:
        if incoming.topic != PULSE:
            return False
        self._has_pulse = True
        return True

    async def _tick(self, _: Sequence[float]) -> None:
        heard = (self._link.generation, self._link.dropped)
        async with self._pool.acquire() as conn, conn.transaction():
            await store.heard(
                conn, self._clock.now(), interrupted=heard != self._heard, patience_s=PATIENCE_S
            )
        if heard[1] > self._heard[1]:
            metrics.MESSAGES.labels(LANE, "dropped").inc(heard[1] - self._heard[1])
        self._heard = heard

    async def _tick_failed(self, _: float, error: Exception) -> None:
        raise error

    async def _commit(self, items: Sequence[Item]) -> None:
        contacts: dict[TerminalId, Contact] = defaultdict(Contact)
        readings: list[MeasuredAt] = []
        rubbish: list[Rubbish] = []
        for item in items:
            if isinstance(item, Rubbish):
                rubbish.append(item)
            else:
                message = item.message
                terminal = message.origin.terminal
                at = item.incoming.received_at
                if isinstance(message, Heartbeat):
                    fold_beat(contacts[terminal], message, at)
                elif isinstance(message, Measure):
                    fold(contacts[terminal], message.stamp, at)
                    measured_at = message.stamp.at or at
                    readings += [(terminal, one, measured_at, at) for one in message.readings]
        await self._write(contacts, readings, rubbish)
        metrics.MESSAGES.labels(LANE, "taken").inc(len(items) - len(rubbish))
        metrics.MESSAGES.labels(LANE, "undecodable").inc(len(rubbish))

    async def _write(
        self,
        contacts: dict[TerminalId, Contact],
        readings: Sequence[MeasuredAt],
        rubbish: Sequence[Rubbish],
    ) -> None:
        now = self._clock.now()
        async with self._pool.acquire() as conn, conn.transaction():
            signals = await set_aside(conn, rubbish)
            found, known = await states.write(conn, contacts, now, self._policy, at_once=ROWS)
            signals += found
            await store.save_readings(conn, readings)
            if signals:
                facts = await self._handler(conn, signals)
                await outbox.put(conn, self._clock.now(), facts)
            else:
                await store.hasty(conn)
        if known < len(contacts):
            metrics.MESSAGES.labels(LANE, "stranger").inc(len(contacts) - known)

    async def _bury(self, item: Item, error: Exception) -> None:
        await bury(self._pool, self._handler, self._clock, item.incoming, item.origin, error)
        metrics.MESSAGES.labels(LANE, "failed").inc()
