"""A centre too large for one search gets its day's plan: cut, solved by workers, traded, verified.

The plan is one plan of the centre and goes the way of all others: `issuing.issue` verifies the
whole of it, every leg measured anew, or keeps it as refused.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID, uuid5

import structlog

from kernel.audit import Process
from kernel.clock import Clock
from kernel.db import Pool
from kernel.errors import DomainError
from scheduler.centre.model import Kind
from scheduler.city import running, store
from scheduler.city.model import BOUNDS, Bounds, City
from scheduler.city.pieces import merged
from scheduler.city.running import RunOrder
from scheduler.city.snapshot import Snapshot
from scheduler.city.store import CityRun, RunProgress, RunState
from scheduler.day.assembling import subject
from scheduler.day.keeping import Keep
from scheduler.model.cost import cost
from scheduler.model.plan import Plan
from scheduler.plans.basis import LARGE, Basis, load_basis
from scheduler.plans.issuing import OutdatedError, Published, issue
from scheduler.travel.legs import legs_of, measure
from scheduler.travel.measuring import Travel

LOOK_EVERY_S: Final = 1.0
REMIND_EVERY: Final = 60
"""Looks after which open pieces that are not in the queue are put there again."""
MOST_TRIES: Final = 3

_log = structlog.get_logger()


class CityFailedError(DomainError):
    """No plan came of a run; `error` says why."""

    code = "city-failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CityProgress:
    """How far a run has come: seconds since it began, its parts and trades, done and in all."""

    seconds: float
    cost: int
    unplaced: int
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cities:
    """What planning a city needs.

    Attributes:
        queue: from `queue.pool`.
        travel: where travel times come from; those of a city are built-in.
        above: visits a day up to which a centre's day is one search.
        bounds: of the parts.
    """

    queue: Pool
    travel: Travel
    above: int = LARGE
    bounds: Bounds = BOUNDS


@dataclass(frozen=True, slots=True, kw_only=True)
class CityRequest:
    """Which day is to be planned, why, and how long each part is searched.

    Attributes:
        event_id: the same again goes on with the same run.
    """

    event_id: UUID
    area: str
    day: date
    cause: str
    seconds: float
    seed: int = 1


async def is_city(pool: Pool, area: str, day: date, above: int) -> bool:
    """Whether a centre has more than `above` visits that day: more than one search takes."""
    async with pool.acquire() as conn:
        return await store.visits_of(conn, area, day) > above


async def plan_city(
    pool: Pool,
    clock: Clock,
    asked: CityRequest,
    cities: Cities,
    *,
    on_progress: Callable[[CityProgress], None],
    stop: asyncio.Event,
) -> Published:
    """Plan a city's day and publish the plan, as `publishing.plan_day` does for smaller ones.

    The day's visits have been made: nobody knows that it is a city's before that.

    Args:
        pool: of connections.
        clock: says what is past.
        asked: the day.
        cities: what it takes.
        on_progress: called on the loop.
        stop: when set, workers hand in the best they have and nothing is traded any more.

    Raises:
        NotFoundError: no centre is there.
        OutdatedError: other plans came first, time and again.
        CityFailedError: the run failed or was cancelled.
    """
    for attempt in range(MOST_TRIES):
        basis = await load_basis(
            pool,
            asked.area,
            asked.day,
            Kind.VISITS,
            clock.now(),
            above=cities.above,
            travel=cities.travel,
        )
        basis = basis.keeping(Keep.PROMISES)
        city = await _city(pool, asked, basis)
        order = RunOrder(
            event_id=uuid5(asked.event_id, str(attempt)),
            seconds=asked.seconds,
            seed=asked.seed,
            bounds=cities.bounds,
        )
        if await _is_stale(cities, city, order.event_id, clock):
            _log.info("city_changed", attempt=attempt)
            continue
        run = await running.start(cities.queue, city, order, clock.now(), previous=basis.previous)
        await _followed(cities.queue, clock, run, on_progress, stop)
        there = await running.load(cities.queue, run, cities.travel.builtin.times)
        plan = await asyncio.to_thread(_plan, city, there)
        try:
            return await issue(pool, clock, basis.draft(plan, asked.cause), by=Process.PLANNER)
        except OutdatedError:
            _log.info("plan_outdated", attempt=attempt)
    raise OutdatedError("Other plans came first: ask again.", day=str(asked.day), kind=Kind.VISITS)


async def _city(pool: Pool, asked: CityRequest, basis: Basis) -> City:
    async with pool.acquire() as conn:
        areas = await store.areas(conn, asked.area, asked.day)
    legs = legs_of(basis.problem)
    assert legs, "a city's legs are measured one by one"  # noqa: S101 - for the type checker
    return City(
        problem=basis.problem,
        positions=next(iter(legs.values())).positions,
        areas={
            task.id: areas.get(subject(task.id)[1], (asked.area,)) for task in basis.problem.tasks
        },
        closed=basis.closed,
    )


async def _is_stale(cities: Cities, city: City, event_id: UUID, clock: Clock) -> bool:
    """Whether a run that was begun before is about another day than the one we see now; end it."""
    async with cities.queue.acquire() as conn:
        run = await store.run_of(conn, event_id)
    if run is None:
        return False
    there = await running.load(cities.queue, run, cities.travel.builtin.times)
    if _is_same(city, there.city):
        return False
    await running.cancel(cities.queue, run, clock.now())
    return True


async def _followed(
    queue: Pool,
    clock: Clock,
    run: UUID,
    on_progress: Callable[[CityProgress], None],
    stop: asyncio.Event,
) -> None:
    """Wait for a run to end; whoever waits may be killed, the run goes on."""
    looks, told = 0, None
    while True:
        async with queue.acquire() as conn:
            now, there = await store.run(conn, run), await store.progress(conn, run)
            if stop.is_set():
                await store.stop_run(conn, run)
        if now is None or now.state in {RunState.FAILED, RunState.CANCELLED}:
            raise CityFailedError("No plan came of the parts.", why=now.error if now else None)
        reached = _reached(now, there, (clock.now() - now.created_at).total_seconds())
        if told is None or (reached.done, reached.total) != (told.done, told.total):
            on_progress(reached)
            told = reached
        if now.state == RunState.DONE:
            return
        looks += 1
        if looks % REMIND_EVERY == 0:
            await running.remind(queue, run)
        await clock.sleep(LOOK_EVERY_S)


def _reached(run: CityRun, there: RunProgress, seconds: float) -> CityProgress:
    return CityProgress(
        seconds=round(seconds, 1),
        cost=there.cost,
        unplaced=there.unplaced,
        done=there.parts + there.borders,
        total=run.parts + (run.borders or 0),
    )


def _plan(city: City, there: Snapshot) -> Plan:
    """The plan of a run.

    Fair shares are those of the whole city, which no trade sees: where they have a price, the
    trades as a whole are kept only if they were worth it.
    """
    plan = merged(city, there.outcomes)
    measure(city.problem, plan)
    if city.problem.weights.fairness == 0:
        return plan
    untraded = merged(city, there.outcomes[: len(there.parts)])
    measure(city.problem, untraded)
    return min(plan, untraded, key=lambda each: cost(city.problem, each).total)


def _is_same(city: City, cut: City) -> bool:
    mine, theirs = city.problem, cut.problem
    return {task.id: task for task in mine.tasks} == {task.id: task for task in theirs.tasks} and {
        person.id: person for person in mine.caregivers
    } == {person.id: person for person in theirs.caregivers}
