"""The same platform over MQTT 5, which Mosquitto speaks."""

from typing import Any

import pytest

from devices.ingest import IngestSettings
from tests.integration.devices.site import Site, until

pytestmark = pytest.mark.mosquitto


@pytest.fixture
def any_broker(mosquitto: Any) -> Any:
    return mosquitto


async def test_alarms_come_in_and_wait_for_us_over_mqtt_5(site: Site) -> None:
    site.version5 = True
    url = site.broker.url + "?version=5"
    site.settings = IngestSettings(**{**site.settings.model_dump(), "mqtt_url": url})
    async with site.ingesting():
        device = await site.device()
        device.press("a-1")
        await until(lambda: device.told("a-1"))
    device.press("a-2")
    async with site.ingesting():
        await until(lambda: device.told("a-2"))
    assert site.handler.ids() == ["a-1", "a-2"]
