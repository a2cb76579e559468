"""Caregivers that do their day through the HTTP API, as their phones would. httpx only."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any, Final

import httpx
import structlog

from devices.simulator.caring import Go, Pace, Tell, next_step, travelled
from kernel.clock import Clock
from kernel.geo import Position
from kernel.ids import new_id

_log = structlog.get_logger()
API: Final = "/api/v1"
LOOK_EVERY_S: Final = 6.0  # at the phone, when nothing is urgent
ON_JOB_EVERY_S: Final = 2.0
SHOW_EVERY_S: Final = 10.0  # one's position
AGAIN_S: Final = (2.0, 15.0)  # after a failure
LOG_IN_GAP_S: Final = 0.5
TIMEOUT_S: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A caregiver's log-in. `base`: where the day starts, if known."""

    username: str
    password: str = field(repr=False)
    base: Position | None = None


class Carer:
    """One caregiver with a phone."""

    def __init__(
        self, account: Account, url: str, clock: Clock, pace: Pace, seed: int, done: Counter[str]
    ) -> None:
        self._account = account
        self._url = url.rstrip("/")
        self._clock = clock
        self._pace = pace
        self._random = Random(f"{seed}:{account.username}")
        self._done = done
        self._at = account.base
        self._moved_at: datetime | None = None
        self._shown_at: datetime | None = None

    async def work(self) -> None:
        """Work until cancelled; what fails is tried again."""
        wait_s = self._random.uniform(0, LOOK_EVERY_S)
        async with httpx.AsyncClient(
            base_url=self._url + API, headers={"Origin": self._url}, timeout=TIMEOUT_S
        ) as phone:
            is_in = False
            while True:
                await self._clock.sleep(wait_s)
                try:
                    if not is_in:
                        await self._log_in(phone)
                        is_in = True
                    wait_s = await self._look(phone)
                except httpx.HTTPStatusError as error:
                    status = error.response.status_code
                    is_in = is_in and status != httpx.codes.UNAUTHORIZED
                    wait_s = _retry_after(error.response) or self._random.uniform(*AGAIN_S)
                    if status not in {401, 409, 429, 503}:
                        _log.warning("caregiver_refused", status=status)
                except httpx.HTTPError as error:
                    _log.info("caregiver_offline", error=type(error).__name__)
                    wait_s = self._random.uniform(*AGAIN_S)

    async def _log_in(self, phone: httpx.AsyncClient) -> None:
        body = {"username": self._account.username, "password": self._account.password}
        (await phone.post("/session", json=body)).raise_for_status()

    async def _look(self, phone: httpx.AsyncClient) -> float:
        """Look at the phone, do one thing, and return how long until the next look."""
        answer = (await phone.get("/caregiver/today")).raise_for_status()
        today: dict[str, Any] = answer.json()
        now = self._clock.now()
        step = next_step(today, self._at, now, self._pace)
        if isinstance(step, Tell):
            body = {**step.body, "event_id": str(new_id()), "device_at": now.isoformat()}
            (await phone.post(f"/caregiver/{step.path}", json=body)).raise_for_status()
            self._done[step.path.rsplit("/", 1)[-1] if "tasks" not in step.path else "task"] += 1
        elif isinstance(step, Go):
            self._move(step.to, now)
        self._moved_at = now if isinstance(step, Go) else None
        await self._show(phone, now)
        urgent = today["job"] is not None or isinstance(step, Tell)
        return self._random.uniform(0.8, 1.2) * (ON_JOB_EVERY_S if urgent else LOOK_EVERY_S)

    def _move(self, to: Position, now: datetime) -> None:
        if self._at is None:
            self._at = to
        elif self._moved_at is not None:
            metres = (now - self._moved_at).total_seconds() * self._pace.travel_ms
            self._at = travelled(self._at, to, metres)

    async def _show(self, phone: httpx.AsyncClient, now: datetime) -> None:
        due = self._shown_at is None or (now - self._shown_at).total_seconds() >= SHOW_EVERY_S
        if self._at is None or not due:
            return
        self._shown_at = now
        body = {"lat": self._at.lat, "lon": self._at.lon, "acc": 10, "crs": "wgs84"}
        answer = await phone.post("/caregiver/position", json={**body, "at": now.isoformat()})
        answer.raise_for_status()


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
    async with asyncio.TaskGroup() as tasks:
        carers = []
        for account in accounts:
            if stop.is_set():
                break
            carer = Carer(account, url, clock, pace, seed, done)
            carers.append(tasks.create_task(carer.work()))
            await clock.sleep(LOG_IN_GAP_S)  # hashing a password is work for the server
        await stop.wait()
        for task in carers:
            task.cancel()
    return done
