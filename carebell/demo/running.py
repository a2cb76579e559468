"""The demo from the first second to the last."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from carebell.demo import filling, geography
from carebell.demo.catching_up import catch_up
from carebell.demo.welcome import welcome
from carebell.platform import PROCESSES, Options, Platform, platform
from carebell.processes import unless_stopped
from carebell.screen import Screen, Step
from kernel import db
from kernel.clock import Clock
from kernel.errors import DomainError
from kernel.ids import new_id
from scheduler.centre.model import Kind
from scheduler.jobs import store as jobs
from scheduler.jobs.model import Job, JobState

#: Seconds the solver may take for the first plan of a day, in a town of `LARGE` residents or more.
SECONDS: Final[Mapping[Kind, int]] = {Kind.VISITS: 12, Kind.MEALS: 5}
LARGE: Final = 1_000
#: Loading, verifying and publishing on a slow machine.
MARGIN_S: Final = 300
LOOK_EVERY_S: Final = 0.25
CARRY_ON_EVERY_S: Final = 3600
WITHOUT_PLANNER: Final = tuple(name for name in PROCESSES if name != "planner")
#: A whole town logs in from this one machine.
FOR_A_TOWN: Final = {"CAREBELL_LOGIN_ATTEMPTS_PER_MINUTE": "6000"}
PLANNED: Final = """
SELECT kind FROM scheduler.plan WHERE area = $1 AND day = $2 AND state = 'published'
"""


class PlanningFailedError(DomainError):
    """Today could not be planned."""

    code = "planning-failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """What the town is like."""

    residents: int
    caregivers: int
    seed: int
    speed: float
    simulator: bool


async def run(
    options: Options, demo: Demo, zone: ZoneInfo, clock: Clock, screen: Screen, stop: asyncio.Event
) -> None:
    """Bring the demo up, say so, and keep it up until `stop`.

    Raises:
        StartError: something is in the way; the detail says what to do.
        PlanningFailedError: the planner gave up.
    """
    began = time.perf_counter()
    screen.console.print("Starting database and broker …")
    async with platform(options, clock, screen.tell) as running:
        content = await unless_stopped(stop, _bring_up(running, demo, zone, clock, screen))
        if content is not None:
            screen.welcome(content, time.perf_counter() - began)
            screen.watch(on=True)
            await unless_stopped(stop, _carry_on(running, clock))
        screen.watch(on=False)
        screen.console.print("Stopping …")
    screen.console.print("Everything has stopped.")


async def _bring_up(
    running: Platform, demo: Demo, zone: ZoneInfo, clock: Clock, screen: Screen
) -> dict[str, Any]:
    url, data_dir = running.database_url, running.options.data_dir
    today = clock.now().astimezone(zone).date()
    with screen.steps() as steps:
        with steps.step("Database schema"):
            await asyncio.to_thread(db.migrate, url)
        with steps.step("Processes, and a town if there is none yet"):
            await asyncio.gather(
                running.start(*WITHOUT_PLANNER, **FOR_A_TOWN),
                _fill(running, demo, zone, clock),
            )
            await catch_up(url, clock.now())
            waiting = await _order_plans(url, today, clock, search_seconds(demo.residents))
            await running.start("planner", **FOR_A_TOWN)
        for job in waiting:
            with steps.step(f"Plan of today's {job.kind}", total=job.seconds) as step:
                await _wait_for(url, job, clock, step)
        await catch_up(url, clock.now(), even_missed=bool(waiting))
        broker = running.broker
        content = await welcome(
            url,
            data_dir,
            url=running.url,
            mqtt=(broker.host, broker.port) if broker else ("", 0),
            now=clock.now(),
        )
        if demo.simulator:
            with steps.step("Simulator of terminals and caregivers"):
                await running.start(
                    "simulator",
                    CAREBELL_SIMULATOR_SPEED=str(demo.speed),
                    CAREBELL_SIMULATOR_SEED=str(demo.seed),
                    CAREBELL_SIMULATOR_URL=running.url,
                )
    return content


async def _fill(running: Platform, demo: Demo, zone: ZoneInfo, clock: Clock) -> None:
    if not await filling.is_filled(running.database_url):
        await filling.fill(
            running.database_url,
            running.options.data_dir,
            seed=demo.seed,
            residents=demo.residents,
            caregivers=demo.caregivers,
            zone=zone,
            now=clock.now(),
        )
    await filling.carry_on(running.database_url, clock.now())


def search_seconds(residents: int) -> dict[Kind, int]:
    """Return how long the first plans of a town of this size are searched for."""
    share = min(1.0, residents / LARGE)
    return {kind: max(1, round(most * share)) for kind, most in SECONDS.items()}


async def _order_plans(
    url: str, today: date, clock: Clock, seconds_for: Mapping[Kind, int]
) -> list[Job]:
    """Ask for today's plans where there are none, before the planner does so with more time."""
    connection = await db.connect(url)
    try:
        planned = {row["kind"] for row in await connection.fetch(PLANNED, geography.CITY, today)}
        return [
            await jobs.put(
                connection,
                new_id(),
                area=geography.CITY,
                day=today,
                kind=kind,
                cause="daily",
                seconds=seconds,
                at=clock.now(),
            )
            for kind, seconds in seconds_for.items()
            if kind not in planned
        ]
    finally:
        await connection.close()


async def _wait_for(url: str, job: Job, clock: Clock, step: Step) -> None:
    connection = await db.connect(url)
    try:
        async with asyncio.timeout(sum(SECONDS.values()) + MARGIN_S):
            while True:
                now = await jobs.get(connection, job.id)
                if now is None or now.state is JobState.FAILED:
                    raise PlanningFailedError(
                        f"Today's {job.kind} could not be planned: {now.error if now else 'gone'}. "
                        "The planner's log is in the folder logs of the data folder."
                    )
                if now.state is JobState.DONE:
                    return
                if now.progress:
                    step.reached(now.progress[-1].seconds)
                await clock.sleep(LOOK_EVERY_S)
    except TimeoutError:
        raise PlanningFailedError(
            f"Today's {job.kind} were not planned in time; see logs/planner.log in the data folder."
        ) from None
    finally:
        await connection.close()


async def _carry_on(running: Platform, clock: Clock) -> None:
    """Give the town its next week, hour by hour, for ever."""
    while True:
        await clock.sleep(CARRY_ON_EVERY_S)
        try:
            await filling.carry_on(running.database_url, clock.now())
        except db.UNAVAILABLE:
            continue  # the supervisor is on it, and there is a week's time
