"""The process of alarms: message → decode → `handler(conn, signals)` → commit → ack → "received".

It takes alarm, status and reply, sends commands and keeps the broker's users. Heartbeats have a
process of their own (`devices.beats`), so that no flood of them ever delays an alarm. A second
ingest for the same broker would share nothing but trouble: run one, or split by area.
"""

import asyncio
from pathlib import Path

import structlog
from pydantic import Field

from devices.dialects.dialect import Lane
from devices.dialects.known import KNOWN, Dialects
from devices.handler import Express, SignalHandler
from devices.lanes.alarms import AlarmLane
from devices.lanes.contacts import ContactLane
from devices.mqtt.broker_auth import ServiceAccount
from devices.mqtt.link import Link
from devices.mqtt.settings import MqttSettings
from devices.registry import access
from devices.registry.access import BrokerKind, UsersFile
from devices.registry.commands.sending import Sender
from kernel import collecting
from kernel.clock import Clock
from kernel.db import Pool

__all__ = ["IngestSettings", "SignalHandler", "run"]

_log = structlog.get_logger()


class IngestSettings(MqttSettings):
    """What the ingest process needs to know."""

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

    def users_file(self, dialects: Dialects) -> UsersFile | None:
        """Return the users file to keep, with our own account in it."""
        if self.broker_users_file is None:
            return None
        address = self.broker()
        username, password = address.username or "", address.password or ""
        return UsersFile(
            kind=self.broker_kind,
            path=self.broker_users_file,
            pid_file=self.broker_pid_file,
            services=[ServiceAccount(username=username, password=password)],
            dialects=dialects,
        )


async def run(
    settings: IngestSettings,
    pool: Pool,
    clock: Clock,
    handler: SignalHandler,
    stop: asyncio.Event,
    quick: Express | None = None,
    dialects: Dialects = KNOWN,
) -> None:
    """Take in alarms, statuses and replies until `stop` is set.

    Args:
        settings: where the broker is.
        pool: room for six connections at least.
        clock: the time that is stamped on what arrives.
        handler: makes alarms of signals, in the transaction that takes them.
        stop: ends the process in order: what is not acknowledged comes again.
        quick: the handler's short way; None: there is only the one that locks.
        dialects: what the terminals speak.
    """
    address = settings.broker()
    collecting.calm()
    async with Link(
        address,
        client_id=address.session("alarms"),
        subscriptions=dialects.heard(Lane.ALARMS),
        clock=clock,
    ) as link:
        contacts = ContactLane(pool, clock, handler)
        lane = AlarmLane(link, pool, clock, handler, contacts.note, quick, dialects)
        sender = Sender(pool, clock, link.publish, dialects)
        users = settings.users_file(dialects)
        async with asyncio.TaskGroup() as tasks:
            parts = (lane.run(), contacts.run(), sender.run(), link.watch())
            running = [tasks.create_task(part) for part in parts]
            if users:
                running.append(tasks.create_task(access.keep(pool, clock, users)))
            _log.info("ingest_started")
            await stop.wait()
            for task in running:
                task.cancel()
    _log.info("ingest_stopped")
