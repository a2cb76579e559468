"""The lane of heartbeats and readings: coalesced, a few transactions a second.

It alone writes the terminals' states in this process. A batch is one UPDATE however many messages
it held; a heartbeat is not worth a row, nor waiting for the disk.
"""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import structlog

from devices.events import Signal, SignalKind, TerminalId
from devices.handler import SignalHandler
from devices.lanes import store
from devices.lanes.alarms import bury, set_aside
from devices.lanes.reading import Note, Rubbish, contact_of, merge, read
from devices.lanes.settle import settle
from devices.messages import Heartbeat, Measure
from devices.mqtt.incoming import Incoming
from devices.mqtt.link import Link
from devices.quantities import Reading
from devices.supervision import DEFAULT_POLICY, Contact, Hour, Policy, State, advance
from devices.topics import parse
from kernel import metrics, outbox
from kernel.clock import Clock
from kernel.db import Pool
from kernel.ids import new_id

_log = structlog.get_logger()
MOST: Final = 1000  # items in one transaction
GATHER_S: Final = 0.1  # so long a batch is gathered
TICK_S: Final = 1.0  # so often we say that we hear
PATIENCE_S: Final = 10.0  # a longer gap between two ticks is deafness
LANE: Final = "beats"

Item = Incoming | Note
MeasuredAt = tuple[TerminalId, Reading, datetime, datetime]


class BeatLane:
    """Takes messages from `link`, and notes from the alarm lane, for ever."""

    def __init__(
        self,
        link: Link,
        pool: Pool,
        clock: Clock,
        handler: SignalHandler,
        policy: Policy = DEFAULT_POLICY,
    ) -> None:
        self._link = link
        self._pool = pool
        self._clock = clock
        self._handler = handler
        self._policy = policy
        self._notes: list[Note] = []
        self._heard = (-1, 0)  # generation and dropped messages at the last tick
        self._ticked = 0.0

    def note(self, notes: Sequence[Note]) -> None:
        """Take in what another lane has learnt about terminals."""
        self._notes += notes

    async def run(self) -> None:
        """Work until cancelled. A bug here costs heartbeats, and must never cost alarms."""
        while True:
            try:
                await self._work()
            except Exception:  # noqa: BLE001 - the worker's outermost loop
                _log.exception("beats_failed")
                await self._clock.sleep(TICK_S)

    async def _work(self) -> None:
        while True:
            began = time.perf_counter()
            batch = self._link.take(MOST)
            notes, self._notes = self._notes, []
            items: list[Item] = [*notes, *batch]
            if items:
                await settle(items, self._commit, self._bury, self._clock)
                self._link.ack(batch)
                metrics.UNACKED.labels(LANE).set(self._link.unsettled)
            if began - self._ticked >= TICK_S and self._link.is_connected:
                await settle([began], self._tick, self._tick_failed, self._clock)
                self._ticked = began
            if len(batch) < MOST:
                spent = time.perf_counter() - began
                await self._clock.sleep(max(0.0, GATHER_S - spent))

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
        arrivals, rubbish = read([item for item in items if isinstance(item, Incoming)])
        contacts: dict[TerminalId, Contact] = {}
        readings: list[MeasuredAt] = []

        def add(terminal: TerminalId, contact: Contact) -> None:
            earlier = contacts.get(terminal)
            contacts[terminal] = contact if earlier is None else merge(earlier, contact)

        for item in items:
            if isinstance(item, Note):
                add(item.terminal, merge(Contact(), item.contact))  # a copy: we may come again
        for arrival in arrivals:
            incoming, message = arrival.incoming, arrival.message
            if isinstance(message, Heartbeat):
                contact = contact_of(message.stamp, incoming, beats=1)
                contact.mains, contact.fw = message.mains, message.fw
                contact.next_s = message.next_s
                add(arrival.topic.terminal, contact)
            elif isinstance(message, Measure):
                add(arrival.topic.terminal, contact_of(message.stamp, incoming))
                at = message.stamp.at or incoming.received_at
                readings += [
                    (arrival.topic.terminal, reading, at, incoming.received_at)
                    for reading in message.readings
                ]
        await self._write(contacts, readings, rubbish)
        for outcome, count in (("taken", len(arrivals)), ("undecodable", len(rubbish))):
            metrics.MESSAGES.labels(LANE, outcome).inc(count)

    async def _write(
        self,
        contacts: dict[TerminalId, Contact],
        readings: Sequence[MeasuredAt],
        rubbish: Sequence[Rubbish],
    ) -> None:
        async with self._pool.acquire() as conn, conn.transaction():
            signals = await set_aside(conn, rubbish)
            states: list[State] = []
            hours: dict[TerminalId, Hour] = {}
            for state, where in await store.lock_states(conn, list(contacts)):
                result = advance(state, contacts[state.terminal], self._policy)
                states.append(result.state)
                if result.ended:
                    hours[state.terminal] = result.ended
                if where.installed and result.findings:
                    signals += [
                        found(kind, result.state, where, self._clock.now())
                        for kind in result.findings
                    ]
            if states:
                await store.save_states(conn, states)
            await store.save_hours(conn, hours)
            await store.save_readings(conn, readings)
            if signals:
                facts = await self._handler(conn, signals)
                await outbox.put(conn, self._clock.now(), facts)
            else:
                await store.hasty(conn)
        if len(states) < len(contacts):
            metrics.MESSAGES.labels(LANE, "stranger").inc(len(contacts) - len(states))

    async def _bury(self, item: Item, error: Exception) -> None:
        if isinstance(item, Incoming):
            where = parse(item.topic)
            await bury(self._pool, self._handler, self._clock, item, where, error)
        metrics.MESSAGES.labels(LANE, "failed").inc()


def found(kind: SignalKind, state: State, where: store.Whereabouts, at: datetime) -> Signal:
    """Return the signal of something supervision has found out about one terminal."""
    data: dict[str, Any] = {"supervision": True}
    if kind is SignalKind.WENT_SILENT:
        seen = state.last_seen_at
        data["last_seen_at"] = seen.isoformat() if seen else None
    return Signal(
        terminal=state.terminal,
        area=where.area or "",
        home_id=where.home_id,
        id=str(new_id()),
        kind=kind,
        received_at=at,
        device_at=None,
        battery=state.battery,
        rssi=state.rssi,
        data=data,
    )
