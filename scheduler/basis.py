"""What a plan starts from: the day's problem in the light of the plan in force."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import numpy as np

from kernel.db import Pool
from kernel.geo import Position
from scheduler import store
from scheduler.day import loading
from scheduler.day.assembling import assemble
from scheduler.day.model import Day, Kind
from scheduler.day.presuming import presume
from scheduler.issuing import Draft
from scheduler.plan import Plan
from scheduler.problem import Matrix, Mode, Problem
from scheduler.recording import revive


def travel_times(positions: Sequence[Position], modes: frozenset[Mode]) -> dict[Mode, Matrix]:
    """Seconds between all positions."""
    lat = np.radians([at.lat for at in positions])
    lon = np.radians([at.lon for at in positions])
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half += np.cos(lat)[:, None] * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    metres = 2 * 6_371_008.8 * np.arcsin(np.sqrt(half)) * 1.35
    speed = {"walk": 1.2, "ebike": 4.2, "car": 6.5, "bus": 3.5}
    return {mode: np.rint(metres / speed[mode]).astype(np.int32) for mode in modes}


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """A day to be planned or repaired.

    Attributes:
        now: seconds from the day's midnight; None while there is no plan to repair.
        previous: the plan in force in the terms of `problem`.
        parent: its id.
    """

    day: Day
    problem: Problem
    now: int | None = None
    previous: Plan | None = None
    parent: UUID | None = None

    def draft(self, plan: Plan, cause: str) -> Draft:
        """Return `plan` as a draft on this basis."""
        return Draft(
            day=self.day,
            problem=self.problem,
            plan=plan,
            cause=cause,
            parent=self.parent,
            previous=self.previous,
        )


async def load_basis(
    pool: Pool, area: str, day: date, kind: Kind, now: datetime, *, derive: bool = False
) -> Basis:
    """Load a day, and the plan in force if there is one.

    Args:
        pool: of connections.
        area: the centre's.
        day: its local day.
        kind: visits or meals.
        now: what is before it is not planned again, once there is a plan.
        derive: make visits that care plans ask for and that are not there yet.

    Raises:
        NotFoundError: no centre is there.
    """
    loaded = await loading.load(pool, area, day, kind, derive=derive)
    async with pool.acquire() as conn, conn.transaction(isolation="repeatable_read"):
        current = await store.current(conn, area, day, kind)
        stops = [] if current is None else await store.stops(conn, current.id)
    return await asyncio.to_thread(_basis, loaded, current, stops, now)


def _basis(
    day: Day,
    current: store.PlanRow | None,
    stops: Sequence[store.StopRow],
    now: datetime,
) -> Basis:
    if current is None:
        return Basis(day=day, problem=assemble(day, travel_times))
    problem = assemble(day, travel_times, now=now)
    previous = revive(problem, stops, day.midnight)
    seconds = int((now - day.midnight).total_seconds())
    return Basis(
        day=day,
        problem=presume(problem, previous, seconds),
        now=seconds,
        previous=previous,
        parent=current.id,
    )
