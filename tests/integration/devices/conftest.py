"""The site every test here starts from."""

from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import pytest

from devices import ingest, registry
from devices.registry import Enrolment
from devices.registry.access import BrokerKind
from kernel.audit import Process
from kernel.clock import SystemClock
from kernel.db import Pool
from tests.integration.devices.site import AREA, NAMES, Recorder, Site


@pytest.fixture
def make_settings() -> Callable[[Any, str], ingest.IngestSettings]:
    """Make the settings of an ingest for a broker and a database."""

    def make(broker: Any, database_url: str) -> ingest.IngestSettings:
        return ingest.IngestSettings(
            database_url=database_url,
            mqtt_url=broker.url,
            broker_kind=BrokerKind.NATS if broker.name == "nats" else BrokerKind.MOSQUITTO,
            broker_users_file=broker.users_file,
            broker_pid_file=broker.pid_file,
        )

    return make


@pytest.fixture
async def site(
    any_broker: Any, pool: Pool, database_url: str, make_settings: Any
) -> AsyncIterator[Site]:
    clock = SystemClock()
    async with pool.acquire() as conn, conn.transaction():
        secrets = await registry.enrol_many(
            conn,
            [Enrolment(terminal=name, area=AREA, model="demo-1") for name in NAMES],
            clock.now(),
            by=Process.COMMAND_LINE,
        )
        homes = {"T-1": uuid4(), "T-2": uuid4()}
        for name, home in homes.items():
            await registry.bind(conn, name, home, clock.now(), by=Process.COMMAND_LINE)
    made = Site(
        broker=any_broker,
        pool=pool,
        handler=Recorder(),
        settings=make_settings(any_broker, database_url),
        secrets={str(name): secret for name, secret in secrets.items()},
        homes=homes,
    )
    yield made
    for device in made.devices:
        device.stop()
