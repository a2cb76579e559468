"""Simulated homes over real MQTT, each with its own log-in, into a real ingest."""

import asyncio

from devices.events import SignalKind
from devices.mqtt.address import Address
from devices.simulator.fleet import Plan, run_fleet
from devices.simulator.household import Rates
from devices.simulator.wire import Login
from kernel.clock import SystemClock
from tests.integration.devices.site import AREA, Site

BUSY = Rates(emergencies_per_hour=2000, accidents_per_hour=500)


def logins(site: Site) -> list[Login]:
    return [Login(terminal=name, area=AREA, secret=secret) for name, secret in site.secrets.items()]


async def test_every_alarm_of_the_fleet_is_confirmed_and_is_one_signal(site: Site) -> None:
    address = Address.parse(site.broker.url)
    async with site.ingesting():
        (await site.device()).stop()  # the broker has read its users
        report = await run_fleet(
            logins(site),
            address,
            SystemClock(),
            asyncio.Event(),
            plan=Plan(seed=7, speed=20, heartbeat_s=20, rates=BUSY),
            duration_s=5,
        )
    assert (report.connected, report.refused) == (3, 0)
    assert report.alarms > 10
    assert report.unconfirmed == 0
    real = [s for s in site.handler.signals if not s.data.get("supervision")]
    assert len(real) == report.alarms == len({(s.terminal, s.id) for s in real})
    assert SignalKind.SOS in site.handler.kinds()
    assert (await site.state("T-1"))["condition"] == "online"


async def test_a_terminal_with_a_wrong_secret_stays_outside(site: Site) -> None:
    address = Address.parse(site.broker.url)
    wrong = [Login(terminal="T-1", area=AREA, secret="guessed")]
    async with site.ingesting():
        report = await run_fleet(
            wrong, address, SystemClock(), asyncio.Event(), plan=Plan(), duration_s=2
        )
    assert report.connected == 0
    assert report.refused >= 1
