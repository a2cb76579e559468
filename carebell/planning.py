"""The planner process and the workers of a city's plan, wired."""

import asyncio

from kernel import db
from kernel.clock import Clock
from scheduler import planner as working
from scheduler.city import queue
from scheduler.city.working import Work, work
from scheduler.settings import PlannerSettings, WorkerSettings
from scheduler.travel.settings import TravelSettings, travel

CONNECTIONS = 4


async def planner(clock: Clock, stop: asyncio.Event) -> None:
    """Plan and repair days until `stop`."""
    settings = PlannerSettings()
    url = settings.database_url.get_secret_value()
    async with db.pool(url, size=CONNECTIONS) as pool:
        await working.run(settings, pool, url, clock, stop, travel(TravelSettings()))


async def worker(clock: Clock, stop: asyncio.Event) -> None:
    """Solve pieces of cities' plans until `stop`."""
    settings = WorkerSettings()
    pieces = max(1, settings.worker_pieces)
    url = settings.database_url.get_secret_value()
    async with queue.pool(url, size=3 + pieces) as pool:
        having = Work(
            pool=pool,
            clock=clock,
            travel=travel(TravelSettings()).builtin.times,
            pieces=pieces,
            threads=settings.worker_threads,
            silence=settings.worker_silence,
        )
        await work(having, stop)
