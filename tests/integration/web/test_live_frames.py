"""What the sockets say has the shape that the API's description promises."""

import asyncio
import json

from kernel.clock import SystemClock
from kernel.geo import Datum
from people.ids import CaregiverId
from people.staff import caregivers
from web.server import serving
from web.settings import WebSettings
from web.wire.live import ConsoleFrame, PhoneFrame

from .conftest import Town
from .live import opened

CLOCK = SystemClock()
KINDS = {"snapshot", "change", "positions", "terminals", "ping"}


async def test_every_frame_has_the_shape_that_the_api_describes(
    town: Town, settings: WebSettings
) -> None:
    await town.press()
    async with town.pool.acquire() as conn:
        await caregivers.record_position(
            conn,
            CaregiverId(town.caregiver),
            lat=31.2,
            lon=121.4,
            datum=Datum.WGS84,
            accuracy_m=8,
            at=CLOCK.now(),
        )
    async with (
        serving(settings, town.pool, CLOCK) as port,
        opened(port, "operator") as console,
        opened(port, "family", path="/ws/phone") as phone,
    ):
        await console.hello()
        heard = [await console.next()]
        told = [await phone.next("ping")]
        await town.press()
        told.append(await phone.next("changed"))
        async with asyncio.timeout(10):
            while KINDS - {frame["type"] for frame in heard}:
                heard.append(json.loads(await console.ws.recv()))
    for frame in heard:
        ConsoleFrame.model_validate_json(json.dumps(frame))
    for frame in told:
        PhoneFrame.model_validate_json(json.dumps(frame))
