"""What messages said of their terminals' being there, written into the terminals' states.

Both processes that hear terminals write these rows. Neither undoes what the other wrote: the state
that comes next is a pure function of the locked row (`supervision.advance`). Neither blocks the
other for ever: rows are locked in the order of the terminals' names.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import structlog

from devices.events import Signal, SignalKind, TerminalId
from devices.handler import SignalHandler
from devices.lanes import store
from devices.lanes.reading import Note, fold_note
from devices.lanes.settle import settle
from devices.supervision import DEFAULT_POLICY, Contact, Hour, Policy, State, advance
from kernel import metrics, outbox
from kernel.clock import Clock
from kernel.db import Connection, Pool
from kernel.ids import new_id

_log = structlog.get_logger()
GATHER_S: Final = 0.5  # so long contacts are gathered: nobody waits for them
SLICE: Final = 20  # rows written between two turns of the alarms, who share our event loop
LANE: Final = "contacts"

Named = tuple[TerminalId, Contact]


class ContactLane:
    """Writes what the alarm lane learns about its terminals, soon after and never before it."""

    def __init__(
        self, pool: Pool, clock: Clock, handler: SignalHandler, policy: Policy = DEFAULT_POLICY
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._handler = handler
        self._policy = policy
        self._contacts: dict[TerminalId, Contact] = {}
        self._noted = asyncio.Event()

    def note(self, notes: Sequence[Note]) -> None:
        """Take in what messages said; they are committed already."""
        for note in notes:
            contact = self._contacts.get(note.terminal)
            if contact is None:
                self._contacts[note.terminal] = note.contact
            else:
                fold_note(contact, note.contact)
        self._noted.set()

    async def run(self) -> None:
        """Work until cancelled. A bug here costs a sign of life, and must never cost alarms."""
        while True:
            await self._noted.wait()
            await self._clock.sleep(GATHER_S)
            self._noted.clear()
            contacts, self._contacts = self._contacts, {}
            try:
                await settle(list(contacts.items()), self._commit, self._give_up, self._clock)
            except Exception:  # noqa: BLE001 - the worker's outermost loop
                _log.exception("contacts_failed")

    async def _commit(self, contacts: Sequence[Named]) -> None:
        async with self._pool.acquire() as conn, conn.transaction():
            signals, known = await write(
                conn, dict(contacts), self._clock.now(), self._policy, at_once=SLICE
            )
            if signals:
                facts = await self._handler(conn, signals)
                await outbox.put(conn, self._clock.now(), facts)
            else:
                await store.hasty(conn)
        metrics.MESSAGES.labels(LANE, "taken").inc(known)
        metrics.MESSAGES.labels(LANE, "stranger").inc(len(contacts) - known)

    async def _give_up(self, _: Named, __: Exception) -> None:
        metrics.MESSAGES.labels(LANE, "failed").inc()


async def write(
    conn: Connection,
    contacts: Mapping[TerminalId, Contact],
    at: datetime,
    policy: Policy,
    *,
    at_once: int,
) -> tuple[list[Signal], int]:
    """Advance the terminals' states; the locks last as long as the caller's transaction.

    Args:
        conn: the caller's transaction.
        contacts: what was heard, by terminal.
        at: now.
        policy: see `supervision`.
        at_once: so many rows are read or written by one statement.

    Returns:
        What supervision has found out, and how many of the terminals are registered.
    """
    signals: list[Signal] = []
    named, known = sorted(contacts), 0
    for start in range(0, len(named), at_once):
        states: list[State] = []
        hours: dict[TerminalId, Hour] = {}
        for before, where in await store.lock_states(conn, named[start : start + at_once]):
            state, findings, ended = advance(before, contacts[before.terminal], policy)
            states.append(state)
            if ended:
                hours[state.terminal] = ended
            if findings and where.installed:
                signals += [found(kind, state, where, at) for kind in findings]
        if states:
            await store.save_states(conn, states)
        await store.save_hours(conn, hours)
        known += len(states)
    return signals, known


def found(kind: SignalKind, state: State, where: store.Whereabouts, at: datetime) -> Signal:
    """Return the signal of something supervision has found out about one terminal."""
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
        data={"supervision": True},
    )
