"""The ingest process: message → decode → `handler(conn, signals)` → commit → ack → "received".

Two connections, so that no flood of heartbeats ever delays an alarm: each with its own queue and
its own transactions. A second ingest for the same broker would share nothing but trouble: run one,
or split by area.
"""

import asyncio
import gc
import hashlib
from pathlib import Path
from typing import Final

import structlog
from pydantic import Field, SecretStr

from devices.handler import SignalHandler
from devices.lanes.alarms import AlarmLane
from devices.lanes.beats import PULSE, BeatLane
from devices.mqtt.address import Address
from devices.mqtt.broker_auth import ServiceAccount
from devices.mqtt.link import Link
from devices.registry import access
from devices.registry.access import BrokerKind, UsersFile
from devices.registry.commands import Sender
from devices.topics import Channel, every
from kernel.clock import Clock
from kernel.db import Pool
from kernel.settings import Settings

__all__ = ["IngestSettings", "SignalHandler", "run"]

_log = structlog.get_logger()
ALARM_CHANNELS: Final = ((Channel.ALARM, 1), (Channel.STATUS, 1), (Channel.REPLY, 1))
BEAT_CHANNELS: Final = ((Channel.HEARTBEAT, 0), (Channel.MEASURE, 1))


class IngestSettings(Settings):
    """What the ingest process needs to know."""

    mqtt_url: SecretStr = Field(
        SecretStr(""),
        description="Broker, mqtt://user:password@host:port or mqtts://, ?version=5 for MQTT 5, "
        "?ca=FILE for its authority; empty: the embedded one",
    )
    broker_kind: BrokerKind = Field(
        BrokerKind.NATS, description="nats or mosquitto: in whose format the users file is written"
    )
    broker_users_file: Path | None = Field(
        None,
        description="The broker's users file, which ingest then keeps in step with the registry "
        "(Mosquitto: its password_file, with acl_file `acl` beside it); empty: it is not ours",
    )
    broker_pid_file: Path | None = Field(
        None, description="The broker's pid file: it is sent SIGHUP when its users have changed"
    )

    def users_file(self) -> UsersFile | None:
        """Return the users file to keep, with our own account in it."""
        if self.broker_users_file is None:
            return None
        address = Address.parse(self.mqtt_url.get_secret_value())
        username, password = address.username or "", address.password or ""
        return UsersFile(
            kind=self.broker_kind,
            path=self.broker_users_file,
            pid_file=self.broker_pid_file,
            services=[ServiceAccount(username=username, password=password)],
        )


def client_id(address: Address, lane: str) -> str:
    """Return the id of a lane's session: stable, and unguessable for whoever lacks the password.

    Whoever connects with a session's id takes it over, and a broker need not ask who it was.
    """
    secret = hashlib.sha256(f"{address.username}:{address.password}:{lane}".encode())
    return f"carebell-{lane}-{secret.hexdigest()[:24]}"


def _calm_collector() -> None:
    """Let the garbage collector leave alone what lives for ever, and look more rarely.

    A full collection of a loaded process stops it for tens of milliseconds; an alarm would wait.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


async def run(
    settings: IngestSettings,
    pool: Pool,
    clock: Clock,
    handler: SignalHandler,
    stop: asyncio.Event,
) -> None:
    """Take in messages until `stop` is set.

    Args:
        settings: where the broker is.
        pool: room for five connections at least.
        clock: the time that is stamped on what arrives.
        handler: makes alarms of signals, in the transaction that takes them.
        stop: ends the process in order: what is not acknowledged comes again.
    """
    address = Address.parse(settings.mqtt_url.get_secret_value())
    _calm_collector()
    async with (
        Link(
            address,
            client_id=client_id(address, "alarms"),
            subscriptions=[(every(channel), qos) for channel, qos in ALARM_CHANNELS],
            clock=clock,
        ) as alarms,
        Link(
            address,
            client_id=client_id(address, "beats"),
            subscriptions=[*((every(channel), qos) for channel, qos in BEAT_CHANNELS), (PULSE, 0)],
            clock=clock,
        ) as beats,
    ):
        slow = BeatLane(beats, pool, clock, handler)
        fast = AlarmLane(alarms, pool, clock, handler, slow.note)
        sender = Sender(pool, clock, alarms.publish)
        users = settings.users_file()
        async with asyncio.TaskGroup() as tasks:
            parts = (fast.run(), slow.run(), sender.run(), alarms.watch(), beats.watch())
            running = [tasks.create_task(part) for part in parts]
            if users:
                running.append(tasks.create_task(access.keep(pool, clock, users)))
            _log.info("ingest_started")
            await stop.wait()
            for task in running:
                task.cancel()
    _log.info("ingest_stopped")
