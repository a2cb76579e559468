"""The planner process: works off jobs, keeps days planned, repairs plans when alarms change them.

Nothing here is remembered between facts: an alarm is noted as a row, and a plan in force that does
not fit the rows is repaired, by whichever comes first, a fact or the next look.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from pydantic import ValidationError

from kernel import outbox
from kernel.clock import Clock
from kernel.db import Connection, Pool
from kernel.outbox import RecordedFact
from scheduler.care import missing
from scheduler.centre import store as centres
from scheduler.centre.localtime import day_of, instant
from scheduler.centre.model import Kind
from scheduler.city import planning as cities
from scheduler.city import queue
from scheduler.city.planning import Cities, CityProgress, CityRequest
from scheduler.city.working import Work
from scheduler.city.working import work as work_pieces
from scheduler.day.loading import derive_visits
from scheduler.jobs import store as jobs
from scheduler.jobs.asking import event_of, hour_of
from scheduler.jobs.attempting import attempt
from scheduler.jobs.model import Job, Line
from scheduler.jobs.working import Curve, work
from scheduler.plans import publishing, store
from scheduler.plans.basis import BUILTIN
from scheduler.plans.issuing import PUBLISHED
from scheduler.plans.publishing import SolveOptions
from scheduler.pull_outs import facts
from scheduler.pull_outs.noting import note
from scheduler.repairing.facts import ASKED
from scheduler.repairing.watching import Repairer
from scheduler.settings import PlannerSettings, WorkerSettings
from scheduler.solve.progress import Progress
from scheduler.travel.closing import CLOSED
from scheduler.travel.measuring import Travel
from scheduler.week import planning as weeks
from scheduler.week.working import work as choose_weeks

CONSUMER: Final = "planner"
LOOK_EVERY_S: Final = 20.0

_log = structlog.get_logger()


async def run(
    settings: PlannerSettings,
    pool: Pool,
    url: str,
    clock: Clock,
    stop: asyncio.Event,
    travel: Travel = BUILTIN,
) -> None:
    """Plan until `stop`.

    Args:
        settings: of this process.
        pool: at least four connections.
        url: of the same database, for LISTEN.
        clock: says what day it is.
        stop: ends the process in order; a job under way is taken up again by the next.
        travel: where travel times come from.
    """
    async with queue.pool(url) as pieces:
        repairer = Repairer(settings, pool, clock, travel)
        cities = Cities(queue=pieces, travel=travel)
        planner = Planner(settings, pool, clock, cities)
        await _run(settings, pool, url, clock, stop, repairer, planner)


async def _run(
    settings: PlannerSettings,
    pool: Pool,
    url: str,
    clock: Clock,
    stop: asyncio.Event,
    repairer: Repairer,
    planner: "Planner",
) -> None:
    repairer.prepare()
    published = asyncio.Event()
    tasks = [
        asyncio.create_task(work(pool, clock, planner, stop)),
        asyncio.create_task(choose_weeks(pool, clock, settings.plan_threads, stop)),
        asyncio.create_task(_follow(pool, url, clock, repairer, published)),
        asyncio.create_task(_hold(repairer, published)),
        asyncio.create_task(_look(settings, pool, clock, repairer)),
        asyncio.create_task(_help(planner.large, clock, stop)),
    ]
    stopping = asyncio.create_task(stop.wait())
    try:
        done, _ = await asyncio.wait({stopping, *tasks}, return_when=asyncio.FIRST_COMPLETED)
        for task in done - {stopping}:
            task.result()
    finally:
        for task in (stopping, *tasks):
            task.cancel()
        await asyncio.gather(stopping, *tasks, return_exceptions=True)
        await repairer.close()


async def _help(large: Cities, clock: Clock, stop: asyncio.Event) -> None:
    """Solve pieces of large centres' plans, too, so that one machine is enough."""
    settings = WorkerSettings()
    if settings.worker_pieces == 0:
        await stop.wait()
        return
    having = Work(
        pool=large.queue,
        clock=clock,
        travel=large.travel.builtin.times,
        pieces=settings.worker_pieces,
        threads=settings.worker_threads,
        silence=settings.worker_silence,
    )
    await work_pieces(having, stop)


class Planner:
    """Does what a job asks for."""

    def __init__(self, settings: PlannerSettings, pool: Pool, clock: Clock, large: Cities) -> None:
        self._settings = settings
        self._pool = pool
        self._clock = clock
        self.large = large

    async def __call__(self, job: Job, curve: Curve, stop: asyncio.Event) -> UUID | None:
        """Plan the job's day; a daily plan that is there already is left as it is."""
        if job.cause == "daily":
            async with self._pool.acquire() as conn:
                there = await store.current(conn, job.area, job.day, job.kind)
            if there is not None:
                return there.id
        if job.kind == Kind.VISITS:
            await weeks.chosen_first(
                self._pool,
                self._clock,
                job.area,
                job.day,
                seconds=self._settings.week_seconds,
                stop=stop,
            )
            await derive_visits(self._pool, job.area, job.day)
            if await cities.is_city(self._pool, job.area, job.day, self.large.above):
                return await self._in_parts(job, curve, stop)
        published = await publishing.plan_day(
            self._pool,
            self._clock,
            job.area,
            job.day,
            job.kind,
            cause=job.cause,
            options=SolveOptions(
                seconds=job.seconds,
                threads=self._settings.plan_threads,
                travel=self.large.travel,
            ),
            derive=False,
            on_progress=lambda line: curve.add(_line(line)),
            stop=stop,
        )
        return published.plan_id if published.state == "published" else None

    async def _in_parts(self, job: Job, curve: Curve, stop: asyncio.Event) -> UUID | None:
        published = await cities.plan_city(
            self._pool,
            self._clock,
            CityRequest(
                event_id=job.id, area=job.area, day=job.day, cause=job.cause, seconds=job.seconds
            ),
            self.large,
            on_progress=lambda reached: curve.add(_line_of_parts(reached)),
            stop=stop,
        )
        return published.plan_id if published.state == "published" else None


def _line_of_parts(reached: CityProgress) -> Line:
    return Line(
        seconds=reached.seconds,
        cost=reached.cost,
        unplaced=reached.unplaced,
        parts=reached.done,
        of=reached.total,
    )


def _line(progress: Progress) -> Line:
    return Line(seconds=round(progress.seconds, 1), cost=progress.cost, unplaced=progress.unplaced)


async def _follow(
    pool: Pool, url: str, clock: Clock, repairer: Repairer, published: asyncio.Event
) -> None:
    async def act(batch: Sequence[RecordedFact]) -> None:
        topics = {told.fact.topic for told in batch}
        if CLOSED in topics or any(topic.startswith(facts.TOPIC) for topic in topics):
            await attempt(repairer.repair)
        if ASKED in topics:
            await attempt(repairer.offer)
            await attempt(repairer.look_ahead)
        if PUBLISHED in topics:
            published.set()

    await outbox.consume(pool, url, clock, CONSUMER, _note, afterwards=act)


async def _hold(repairer: Repairer, published: asyncio.Event) -> None:
    """Hold plans while facts are followed: laying out a large day takes seconds."""
    while True:
        await published.wait()
        published.clear()
        await attempt(repairer.hold)


async def _note(conn: Connection, batch: Sequence[RecordedFact]) -> None:
    """Note who is away."""
    for told in batch:
        try:
            assignment = facts.parse(told.fact)
        except ValidationError as error:
            _log.error("fact_unreadable", seq=told.seq, errors=error.error_count())
            continue
        if assignment is not None:
            await note(conn, assignment)


async def _look(settings: PlannerSettings, pool: Pool, clock: Clock, repairer: Repairer) -> None:
    while True:
        await attempt(lambda: _keep_chosen(settings, pool, clock.now()))
        await attempt(lambda: keep_planned(settings, pool, clock.now()))
        await attempt(lambda: missing.mark(pool, clock.now()))
        await attempt(repairer.repair)
        await attempt(repairer.hold)
        await attempt(repairer.offer)
        await attempt(repairer.look_ahead)
        await clock.sleep(LOOK_EVERY_S)


async def _keep_chosen(settings: PlannerSettings, pool: Pool, now: datetime) -> None:
    await weeks.keep_chosen(pool, now, evening=settings.tomorrow_at, seconds=settings.week_seconds)


async def keep_planned(settings: PlannerSettings, pool: Pool, now: datetime) -> None:
    """Ask for today's plans where there are none, and in the evening for tomorrow's."""
    async with pool.acquire() as conn:
        for centre in await centres.every(conn):
            today = day_of(now, centre.zone)
            evening = instant(today, settings.tomorrow_at, centre.zone) <= now
            for day in (today, today + timedelta(days=1))[: 2 if evening else 1]:
                for kind in Kind:
                    there = await store.current(conn, centre.area, day, kind)
                    asked = await jobs.is_waiting(conn, centre.area, day, kind)
                    if there is None and not asked:
                        await jobs.put(
                            conn,
                            event_of(centre.area, day, kind, hour_of(now, centre.zone)),
                            area=centre.area,
                            day=day,
                            kind=kind,
                            cause="daily",
                            seconds=settings.plan_seconds,
                            at=now,
                        )
