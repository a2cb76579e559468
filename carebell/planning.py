"""The planner process, wired."""

import asyncio

from kernel import db
from kernel.clock import Clock
from scheduler import planner as working
from scheduler.settings import PlannerSettings

CONNECTIONS = 4


async def planner(clock: Clock, stop: asyncio.Event) -> None:
    """Plan and repair days until `stop`."""
    settings = PlannerSettings()
    url = settings.database_url.get_secret_value()
    async with db.pool(url, size=CONNECTIONS) as pool:
        await working.run(settings, pool, url, clock, stop)
