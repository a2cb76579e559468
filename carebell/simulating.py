"""The simulator process, wired: homes over MQTT and caregivers over HTTP, of the demo town.

The terminals and the caregiver that `demo.json` hands out are left to whoever tries them.
"""

import asyncio
import json
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from carebell.demo.rows import HEARTBEAT_S
from carebell.demo.secrets import Keys
from carebell.settings import SimulatorSettings
from devices.mqtt.address import Address
from devices.simulator.caregivers import run_caregivers
from devices.simulator.fleet import Plan, run_fleet
from devices.simulator.phone import Account
from devices.simulator.wire import Login
from kernel import db
from kernel.clock import Clock
from kernel.geo import Position

INSTALLED: Final = """
SELECT terminal_id, area FROM devices.terminal_v1 WHERE home_id IS NOT NULL ORDER BY terminal_id
"""

PHONES: Final = """
SELECT a.username, coalesce(p.lat, c.base_lat) AS lat, coalesce(p.lon, c.base_lon) AS lon
FROM dispatch.account a
JOIN dispatch.caregiver_v1 c ON c.caregiver_id = a.caregiver_id
LEFT JOIN dispatch.position_v1 p ON p.caregiver_id = c.caregiver_id
WHERE a.active AND c.active ORDER BY a.username
"""


async def simulator(clock: Clock, stop: asyncio.Event) -> None:
    """Let the town live until `stop`."""
    settings = SimulatorSettings()
    handed_out = read_demo(settings.data_dir)
    left = {terminal["terminal"] for terminal in handed_out.get("terminals", [])}
    logins = [
        login
        for login in await town_logins(settings.database_url.get_secret_value(), settings.data_dir)
        if login.terminal not in left
    ]
    now = clock.now().astimezone(ZoneInfo(settings.zone))
    homes = run_fleet(
        logins,
        Address.parse(settings.mqtt_url.get_secret_value()),
        clock,
        stop,
        plan=Plan(
            seed=settings.simulator_seed,
            speed=settings.simulator_speed,
            heartbeat_s=HEARTBEAT_S,
            start_hour=now.hour + now.minute / 60,
        ),
    )
    if not settings.simulator_url:
        await homes
        return
    held = {login["username"] for login in handed_out.get("logins", [])}
    phones = [one for one in await town_phones(settings) if one.username not in held]
    caregivers = run_caregivers(
        phones,
        settings.simulator_url,
        clock,
        stop,
        seed=settings.simulator_seed,
        speed=settings.simulator_speed,
    )
    await asyncio.gather(homes, caregivers)


async def town_phones(settings: SimulatorSettings) -> list[Account]:
    """Return how every caregiver and courier of the demo town logs in."""
    connection = await db.connect(settings.database_url.get_secret_value())
    try:
        rows = await connection.fetch(PHONES)
    finally:
        await connection.close()
    word = Keys(settings.data_dir).password("caregiver")
    return [
        Account(username=row["username"], password=word, base=Position(row["lat"], row["lon"]))
        for row in rows
    ]


async def town_logins(database_url: str, data_dir: Path) -> list[Login]:
    """Return how every installed terminal of the demo town logs in."""
    connection = await db.connect(database_url)
    try:
        rows = await connection.fetch(INSTALLED)
    finally:
        await connection.close()
    keys = Keys(data_dir)
    return [
        Login(
            terminal=row["terminal_id"],
            area=row["area"],
            secret=keys.terminal(row["terminal_id"]),
        )
        for row in rows
    ]


def read_demo(data_dir: Path) -> dict[str, Any]:
    """Return what `demo.json` says; empty without one."""
    path = data_dir / "demo.json"
    if not path.is_file():
        return {}
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
