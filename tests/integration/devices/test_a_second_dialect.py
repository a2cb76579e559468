"""A dialect made up here goes all the way: topics, lanes, database, commands and rights of its own.

Its gateway speaks for several terminals at once, in lines such as `T-1 press a-1` and `T-2 beat`.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Final

import pytest

from devices import beats, ingest, registry
from devices.dialects import carebell_v1
from devices.dialects.dialect import Command, DecodeError, Dialect, Lane, Rights, Subscription
from devices.dialects.known import Dialects
from devices.events import SignalKind, TerminalId
from devices.messages import Alarm, Heartbeat, Message, Origin, Stamp
from devices.registry import Enrolment
from devices.registry.commands.sending import enqueue
from kernel.audit import Process
from kernel.clock import SystemClock
from kernel.errors import InvalidError
from tests.integration.devices.site import AREA, Device, Site, until

CLOCK: Final = SystemClock()
GATEWAY: Final = "G-1"
LINES: Final = "gateway/{}/lines"
ORDERS: Final = "gateway/{}/orders"


def nobody(_: str) -> None:
    """Topics name the gateway, not whom it speaks for."""


def read(topic: str, payload: bytes, _: datetime) -> Sequence[Message]:
    said: list[Message] = []
    for line in payload.decode("utf-8", "replace").splitlines():
        match line.split():
            case [name, "press", alarm]:
                origin = Origin("", TerminalId(name), topic)
                said.append(
                    Alarm(
                        origin=origin,
                        id=alarm,
                        kind=SignalKind.SOS,
                        stamp=Stamp(),
                        clock_suspect=True,
                    )
                )
            case [name, "beat", percent]:
                origin = Origin("", TerminalId(name), topic)
                said.append(Heartbeat(origin, Stamp(battery=int(percent))))
            case ["idle"]:
                pass
            case _:
                raise DecodeError("no-line")
    return said


def write(command: Command) -> tuple[str, bytes]:
    body = json.dumps({"for": command.terminal, "do": command.type, **command.body})
    return ORDERS.format(GATEWAY), body.encode()


def rights(_: str, terminal: TerminalId) -> Rights:
    return Rights(publish=(LINES.format(terminal),), subscribe=(ORDERS.format(terminal),))


LINE_BY_LINE: Final = Dialect(
    name="line-by-line",
    subscriptions=(
        Subscription(LINES.format("+"), 1, Lane.ALARMS),
        Subscription(LINES.format("+"), 1, Lane.BEATS),
    ),
    origin=nobody,
    read=read,
    write=write,
    rights=rights,
)
BOTH: Final = Dialects(carebell_v1.DIALECT, LINE_BY_LINE)


class Gateway(Device):
    """Logs in as a terminal that stands in no home, and speaks for T-8 and T-9."""

    def topic(self, channel: str, area: str = AREA) -> str:  # noqa: ARG002 - it has none
        return (ORDERS if channel == "command" else LINES).format(self.name)

    def orders(self, name: str, to_do: str) -> list[dict[str, str]]:
        return [o for o in list(self.commands) if (o["for"], o["do"]) == (name, to_do)]


@pytest.fixture
async def gateway(site: Site) -> Gateway:
    enrolments = [
        Enrolment(terminal=name, area=AREA, model="x", dialect=LINE_BY_LINE.name)
        for name in (GATEWAY, "T-8", "T-9")
    ]
    async with site.pool.acquire() as conn, conn.transaction():
        secrets = await registry.enrol_many(
            conn, enrolments, CLOCK.now(), by=Process.COMMAND_LINE, dialects=BOTH
        )
        await registry.bind(conn, "T-8", site.homes["T-1"], CLOCK.now(), by=Process.COMMAND_LINE)
    made = Gateway(site.broker, GATEWAY, secrets[TerminalId(GATEWAY)])
    site.devices.append(made)
    return made


@asynccontextmanager
async def hearing(site: Site) -> AsyncIterator[None]:
    """Run both processes with both dialects."""
    processes = (partial(ingest.run, dialects=BOTH), partial(beats.run, dialects=BOTH))
    async with site.runs(*processes) as running:
        await site.hears(running)
        yield


async def test_one_payload_is_an_alarm_of_one_terminal_and_a_heartbeat_of_another(
    site: Site, gateway: Gateway
) -> None:
    async with hearing(site):
        await gateway.ready()
        gateway.send("lines", b"T-8 press a-1\nT-9 press a-1\nT-9 beat 44")
        await until(lambda: gateway.orders("T-8", "alarm_state"))
        await until(lambda: gateway.orders("T-9", "alarm_state"))
        async with asyncio.timeout(10):
            while (await site.state("T-9"))["battery"] != 44:
                await CLOCK.sleep(0.02)
    first, second = sorted(site.handler.signals, key=lambda signal: signal.terminal or "")
    assert (first.terminal, first.id, first.home_id) == ("T-8", "a-1", site.homes["T-1"])
    assert (second.terminal, second.id, second.area) == ("T-9", "a-1", AREA)
    assert gateway.orders("T-8", "alarm_state")[0]["state"] == "received"
    assert (await site.state("T-9"))["hour_beats"] == 1
    assert await site.pool.fetchval("SELECT count(*) FROM devices.quarantine") == 0


async def test_a_command_goes_out_in_the_dialect_of_its_terminal(
    site: Site, gateway: Gateway
) -> None:
    async with hearing(site):
        await gateway.ready()
        ours = await site.device()
        async with site.pool.acquire() as conn, conn.transaction():
            await enqueue(conn, "T-9", "say", {"text": "hello"}, CLOCK.now())
            await enqueue(conn, "T-1", "ask", {}, CLOCK.now())
        await until(lambda: gateway.orders("T-9", "say"))
        await until(lambda: ours.commands)
    assert gateway.orders("T-9", "say")[0]["text"] == "hello"
    assert ours.commands[0]["type"] == "ask"
    assert {order["for"] for order in gateway.commands} == {"T-9"}


async def test_a_payload_that_says_nothing_is_nothing_and_one_nobody_can_read_is_kept(
    site: Site, gateway: Gateway
) -> None:
    async with hearing(site):
        await gateway.ready()
        gateway.send("lines", b"idle")
        gateway.send("lines", b"T-8 sings")
        gateway.send("lines", b"T-8 press a-1")
        await until(lambda: gateway.orders("T-8", "alarm_state"))
        async with asyncio.timeout(10):
            while await site.pool.fetchval("SELECT count(*) FROM devices.quarantine") == 0:
                await CLOCK.sleep(0.02)
    rows = await site.pool.fetch("SELECT raw, error, terminal, topic FROM devices.quarantine")
    assert [tuple(row) for row in rows] == [
        (b"T-8 sings", "no-line", None, LINES.format(GATEWAY)),
    ]
    assert site.handler.kinds() == [SignalKind.SOS]


async def test_nobody_enrols_a_terminal_that_speaks_what_nobody_knows(site: Site) -> None:
    wanted = Enrolment(terminal="T-7", area=AREA, model="x", dialect=LINE_BY_LINE.name)
    async with site.pool.acquire() as conn, conn.transaction():
        with pytest.raises(InvalidError, match="no such dialect"):
            await registry.enrol(conn, wanted, CLOCK.now(), by=Process.COMMAND_LINE)
