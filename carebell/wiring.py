"""The processes of the alarm path, wired: what `devices` takes in, `dispatch` decides on."""

import asyncio

from devices import beats as beating
from devices import ingest as taking
from devices.ingest import IngestSettings
from devices.mqtt.settings import MqttSettings
from devices.sweep import sweeping as sweep
from dispatch import engine as deadlines
from dispatch.intake import express
from dispatch.intake import handling as intake
from kernel import db
from kernel.clock import Clock
from kernel.settings import Settings

INGEST_CONNECTIONS = 8
BEATS_CONNECTIONS = 3
ENGINE_CONNECTIONS = 4


async def ingest(clock: Clock, stop: asyncio.Event) -> None:
    """Take in the terminals' alarms until `stop`."""
    settings = IngestSettings()
    url = settings.database_url.get_secret_value()
    async with db.pool(url, size=INGEST_CONNECTIONS, options=db.STEADY) as pool:
        await taking.run(settings, pool, clock, intake.handle, stop, express.QUICK)


async def beats(clock: Clock, stop: asyncio.Event) -> None:
    """Take in the terminals' heartbeats and readings until `stop`."""
    settings = MqttSettings()
    url = settings.database_url.get_secret_value()
    async with db.pool(url, size=BEATS_CONNECTIONS, options=db.STEADY) as pool:
        await beating.run(settings, pool, clock, intake.handle, stop)


async def engine(clock: Clock, stop: asyncio.Event) -> None:
    """Let deadlines pass, of incidents and of terminals that should have spoken, until `stop`."""
    url = Settings().database_url.get_secret_value()
    async with (
        db.pool(url, size=ENGINE_CONNECTIONS) as pool,
        asyncio.TaskGroup() as tasks,
    ):
        tasks.create_task(deadlines.run(pool, clock, stop))
        tasks.create_task(sweep.run(pool, clock, intake.handle, stop))
