"""The site every test here starts from."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from devices import ingest, registry
from devices.registry import Enrolment
from devices.registry.access import BrokerKind
from kernel.clock import SystemClock
from kernel.db import Pool
from tests.integration.devices.site import AREA, NAMES, Recorder, Site


@pytest.fixture
async def site(any_broker: Any, pool: Pool) -> AsyncIterator[Site]:
    clock = SystemClock()
    async with pool.acquire() as conn, conn.transaction():
        secrets = await registry.enrol_many(
            conn,
            [Enrolment(terminal=name, area=AREA, model="demo-1") for name in NAMES],
            clock.now(),
        )
        homes = {"T-1": uuid4(), "T-2": uuid4()}
        for name, home in homes.items():
            await registry.bind(conn, name, home, clock.now())
    kind = BrokerKind.NATS if any_broker.name == "nats" else BrokerKind.MOSQUITTO
    settings = ingest.IngestSettings(
        mqtt_url=any_broker.url,
        broker_kind=kind,
        broker_users_file=any_broker.users_file,
        broker_pid_file=any_broker.pid_file,
    )
    made = Site(
        broker=any_broker,
        pool=pool,
        handler=Recorder(),
        settings=settings,
        secrets={str(name): secret for name, secret in secrets.items()},
        homes=homes,
    )
    yield made
    for device in made.devices:
        device.stop()
