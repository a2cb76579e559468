"""Caregivers that do their day with phones like real ones: when told of changes, they ask."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import Any, Final

import httpx
import structlog

from devices.simulator.caring import Go, Pace, Tell, next_step, travelled
from devices.simulator.listening import must_ask, must_show
from devices.simulator.phone import Account, Phone
from kernel.clock import Clock, pause
from kernel.geo import Position, distance_m
from kernel.ids import new_id

_log = structlog.get_logger()
LOOK_EVERY_S: Final = 6.0  # at what the phone shows, when nothing is urgent
ON_JOB_EVERY_S: Final = 2.0
AGAIN_S: Final = (2.0, 15.0)  # after a failure
LOG_IN_GAP_S: Final = 0.5


class Carer:
    """One caregiver, who looks at the phone now and then, and at once when it has news."""

    def __init__(
        self,
        phone: Phone,
        base: Position | None,
        clock: Clock,
        pace: Pace,
        random: Random,
        done: Counter[str],
    ) -> None:
        self._phone = phone
        self._clock = clock
        self._pace = pace
        self._random = random
        self._done = done
        self._at = base
        self._moved_at: datetime | None = None
        self._today: dict[str, Any] | None = None  # as last fetched; None: must be fetched
        self._fetched_at: datetime | None = None
        self._shown: tuple[Position, datetime] | None = None

    async def work(self) -> None:
        """Work until cancelled; what fails is tried again."""
        async with self._phone, asyncio.TaskGroup() as tasks:
            tasks.create_task(self._phone.listen())
            await self._clock.sleep(self._random.uniform(0, LOOK_EVERY_S))
            while True:
                try:
                    await self._news_within(await self._look())
                except httpx.HTTPError as error:
                    self._today = None
                    await self._clock.sleep(self._retry_s(error))

    def _retry_s(self, error: httpx.HTTPError) -> float:
        again_s = self._random.uniform(*AGAIN_S)
        if not isinstance(error, httpx.HTTPStatusError):
            _log.info("caregiver_offline", error=type(error).__name__)
            return again_s
        if error.response.status_code not in {401, 409, 429, 503}:
            _log.warning("caregiver_refused", status=error.response.status_code)
        return _retry_after(error.response) or again_s

    async def _news_within(self, seconds: float) -> None:
        await pause(self._clock, seconds, self._phone.news)

    async def _look(self) -> float:
        """Look at the phone, do one thing, and return how long until the next look."""
        today = self._today = await self._known()
        now = self._clock.now()
        step = next_step(today, self._at, now, self._pace)
        if isinstance(step, Tell):
            self._today = None  # it changes with what is told
            body = {**step.body, "event_id": str(new_id()), "device_at": now.isoformat()}
            await self._phone.tell(step.path, body)
            self._done[step.path.rsplit("/", 1)[-1] if "tasks" not in step.path else "task"] += 1
        elif isinstance(step, Go):
            self._move(step.to, now)
        self._moved_at = now if isinstance(step, Go) else None
        await self._show(now)
        urgent = today["job"] is not None or isinstance(step, Tell)
        return self._random.uniform(0.8, 1.2) * (ON_JOB_EVERY_S if urgent else LOOK_EVERY_S)

    async def _known(self) -> dict[str, Any]:
        """Return the day as the phone knows it, asked for if that may not be how it is."""
        news, is_listening = self._phone.news, self._phone.is_listening
        age_s = self._age_s(self._fetched_at)
        if self._today is not None and not must_ask(
            age_s, has_news=news.is_set(), is_listening=is_listening
        ):
            return self._today
        news.clear()  # before asking: what happens meanwhile is news again
        today = await self._phone.today()
        self._fetched_at = self._clock.now()
        return today

    def _move(self, to: Position, now: datetime) -> None:
        if self._at is None:
            self._at = to
        elif self._moved_at is not None:
            metres = (now - self._moved_at).total_seconds() * self._pace.travel_ms
            self._at = travelled(self._at, to, metres)

    async def _show(self, now: datetime) -> None:
        if self._at is None:
            return
        shown, shown_at = self._shown or (self._at, None)
        if must_show(self._age_s(shown_at), distance_m(shown, self._at)):
            self._shown = (self._at, now)
            fix = {"lat": self._at.lat, "lon": self._at.lon, "acc": 10, "crs": "wgs84"}
            await self._phone.tell("position", {**fix, "at": now.isoformat()})

    def _age_s(self, at: datetime | None) -> float | None:
        return None if at is None else (self._clock.now() - at).total_seconds()


def _retry_after(answer: httpx.Response) -> float | None:
    given = answer.headers.get("Retry-After", "")
    return float(given) if given.isdigit() else None


async def run_caregivers(
    accounts: Sequence[Account],
    url: str,
    clock: Clock,
    stop: asyncio.Event,
    *,
    seed: int = 1,
    speed: float = 1.0,
) -> Counter[str]:
    """Let caregivers do their day until `stop` is set.

    Args:
        accounts: who; leave out those whose phone somebody else holds.
        url: of the web process, `http://host:port`.
        clock: real time, which plans are made in.
        stop: ends the simulation.
        seed: the same seed, the same waits.
        speed: how much faster than people they travel, care and react; plans keep their times.

    Returns:
        What was reported, counted: accept, on-scene, check-in, delivered …
    """
    done: Counter[str] = Counter()
    pace = Pace().hurried(speed)
    tls, door = httpx.create_ssl_context(), asyncio.Lock()
    async with asyncio.TaskGroup() as tasks:
        carers = []
        for account in accounts:
            if stop.is_set():
                break
            random = Random(f"{seed}:{account.username}")
            phone = Phone(account, url, clock, random, tls=tls, door=door)
            carer = Carer(phone, account.base, clock, pace, random, done)
            carers.append(tasks.create_task(carer.work()))
            await clock.sleep(LOG_IN_GAP_S)  # hashing a password is work for the server
        await stop.wait()
        for task in carers:
            task.cancel()
    return done
