"""Alarms on their way in: noted in the inbox, and made signals of what is new."""

from collections.abc import Sequence
from typing import Final

import structlog

from devices.events import Signal
from devices.lanes import store
from devices.lanes.reading import Arrival
from devices.messages import Alarm
from kernel import metrics
from kernel.db import Connection

_log = structlog.get_logger()
LANE: Final = "alarms"


def first_of_each(arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Return the alarms among `arrivals`, of repeats the first."""
    first: dict[tuple[str, str], Arrival] = {}
    for arrival in arrivals:
        if isinstance(arrival.message, Alarm):
            first.setdefault((arrival.origin.terminal, arrival.message.id), arrival)
    return list(first.values())


def count_repeats(arrivals: Sequence[Arrival], fresh: int) -> None:
    """Count what has been said before."""
    if len(arrivals) > fresh:
        metrics.MESSAGES.labels(LANE, "repeated").inc(len(arrivals) - fresh)


async def take_alarms(conn: Connection, arrivals: Sequence[Arrival]) -> list[Signal]:
    """Note alarms in the inbox and return the signals of those that are new."""
    given = first_of_each(arrivals)
    if not given:
        return []
    taken = await store.take(conn, given)
    count_repeats(arrivals, sum(fresh for fresh, _ in taken))
    return [
        signal_of(arrival, where)
        for arrival, (fresh, where) in zip(given, taken, strict=True)
        if fresh
    ]


def signal_of(arrival: Arrival, where: store.Whereabouts) -> Signal:
    """Return what an alarm says, with what the registry knows."""
    alarm = arrival.message
    assert isinstance(alarm, Alarm)  # noqa: S101 - the caller has sorted them out
    if where.area is None:
        _log.warning("alarm_of_stranger", terminal=arrival.origin.terminal)
    return Signal(
        terminal=arrival.origin.terminal,
        area=where.area or arrival.origin.area,
        home_id=where.home_id,
        id=alarm.id,
        kind=alarm.kind,
        received_at=arrival.incoming.received_at,
        device_at=alarm.stamp.at,
        clock_suspect=alarm.clock_suspect,
        boot=alarm.stamp.boot,
        seq=alarm.stamp.seq,
        battery=alarm.stamp.battery,
        rssi=alarm.stamp.rssi,
        location=alarm.location,
        test=alarm.test,
        data=alarm.data,
    )
