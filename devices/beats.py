"""The process of heartbeats and readings: what tells that a terminal is there, and how well.

A process of its own, with its own link and its own connections: it writes once a second, in one
burst, and an alarm in the same event loop would wait for that. Dead or hung it costs no alarm
anything; nobody is called silent while it does not hear (`devices.sweep`).
"""

import asyncio

import structlog

from devices.dialects.dialect import Lane
from devices.dialects.known import KNOWN, Dialects
from devices.handler import SignalHandler
from devices.lanes.beats import PULSE, BeatLane
from devices.mqtt.link import Link
from devices.mqtt.settings import MqttSettings
from kernel import collecting
from kernel.clock import Clock
from kernel.db import Pool

_log = structlog.get_logger()


async def run(
    settings: MqttSettings,
    pool: Pool,
    clock: Clock,
    handler: SignalHandler,
    stop: asyncio.Event,
    dialects: Dialects = KNOWN,
) -> None:
    """Take in heartbeats and readings until `stop` is set.

    Args:
        settings: where the broker is.
        pool: room for two connections at least.
        clock: the time that is stamped on what arrives.
        handler: makes alarms of what supervision finds, in the transaction that writes it.
        stop: ends the process in order.
        dialects: what the terminals speak.
    """
    address = settings.broker()
    collecting.calm()
    async with Link(
        address,
        client_id=address.session("beats"),
        subscriptions=[*dialects.heard(Lane.BEATS), (PULSE, 0)],
        clock=clock,
    ) as link:
        lane = BeatLane(link, pool, clock, handler, dialects=dialects)
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(part) for part in (lane.run(), link.watch())]
            _log.info("beats_started")
            await stop.wait()
            for task in running:
                task.cancel()
    _log.info("beats_stopped")
