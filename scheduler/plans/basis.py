"""What a plan starts from: the day's problem in the light of the plan in force."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import Final
from uuid import UUID

from kernel.db import Pool
from scheduler.centre.model import Kind
from scheduler.day import loading
from scheduler.day.assembling import assemble, modes, places
from scheduler.day.keeping import Keep, keep
from scheduler.day.model import Day
from scheduler.day.presuming import presume, without_past_loads
from scheduler.model.plan import Plan
from scheduler.model.problem import Problem
from scheduler.plans import store
from scheduler.plans.issuing import Draft
from scheduler.plans.recording import promised, revive
from scheduler.travel.closures import closed_to
from scheduler.travel.legs import lazily
from scheduler.travel.measuring import MeasuredTravel, Travel, Wanted
from scheduler.travel.model import UNTOLD, Closed, TravelNote, TravelTimes
from scheduler.travel.slots import Slots

LARGE: Final = 3_000
"""Visits a day up to which a centre is planned in one search."""

BUILTIN: Final = Travel()
"""Travel times without a router, as nobody has set them otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """A day to be planned or repaired.

    Attributes:
        now: seconds from the day's midnight; None while there is no plan to repair.
        previous: the plan in force in the terms of `problem`.
        parent: its id.
        promised: the plan in force as it was told to people; see `recording.promised`.
        travel: where the travel times of `problem` came from.
        closed: roads, to each mode; they are in the travel times already.
    """

    day: Day
    problem: Problem
    now: int | None = None
    previous: Plan | None = None
    parent: UUID | None = None
    promised: Plan | None = None
    travel: TravelNote = UNTOLD
    closed: Closed = field(default_factory=dict)

    def keeping(self, what: Keep) -> "Basis":
        """Return this basis with promises pinned; see `scheduler.day.keeping`."""
        if self.previous is None or self.now is None:
            return self
        return replace(self, problem=keep(self.problem, self.previous, self.now, what))

    def draft(self, plan: Plan, cause: str) -> Draft:
        """Return `plan` as a draft on this basis."""
        return Draft(
            day=self.day,
            problem=self.problem,
            plan=plan,
            cause=cause,
            parent=self.parent,
            previous=self.previous,
            promised=self.promised,
            travel=self.travel,
        )


async def load_basis(
    pool: Pool,
    area: str,
    day: date,
    kind: Kind,
    now: datetime,
    *,
    derive: bool = False,
    above: int = LARGE,
    travel: Travel = BUILTIN,
) -> Basis:
    """Load a day, and the plan in force if there is one.

    Args:
        pool: of connections.
        area: the centre's.
        day: its local day.
        kind: visits or meals.
        now: what is before it is not planned again, once there is a plan.
        derive: make visits that care plans ask for and that are not there yet.
        above: visits; with more, travel times are measured leg by leg, not in one matrix, and by
            the built-in provider.
        travel: where travel times come from.

    Raises:
        NotFoundError: no centre is there.
    """
    loaded = await loading.load(pool, area, day, kind, derive=derive)
    async with pool.acquire() as conn, conn.transaction(isolation="repeatable_read"):
        current = await store.current(conn, area, day, kind)
        stops = [] if current is None else await store.stops(conn, current.id)
    if current is not None:  # the past of a plan in force is fact: a road open again is open
        open_again = [each for each in loaded.closures if each.ends_at <= now]
        left = tuple(each for each in loaded.closures if each not in open_again)
        loaded = replace(loaded, closures=left)
    slots = travel.builtin.slots
    closed = closed_to(loaded.closures, modes(loaded, slots), slots, loaded.midnight)
    if len(loaded.visits) > above:
        closures = tuple(each.id for each in loaded.closures)
        measured = MeasuredTravel(
            times=partial(lazily(travel.builtin.times), closed=closed),
            note=TravelNote(closures=closures),
        )
    else:
        measured = await travel.measure(
            pool,
            Wanted(
                area=area,
                positions=places(loaded),
                modes=modes(loaded, slots),
                midnight=loaded.midnight,
                zone=loaded.centre.zone,
                now=now,
                closures=loaded.closures,
                repair=current is not None and not derive,
            ),
        )
    basis = await asyncio.to_thread(_basis, loaded, current, stops, now, measured.times, slots)
    return replace(basis, travel=measured.note, closed=closed)


def _basis(
    day: Day,
    current: store.PlanRow | None,
    stops: Sequence[store.StopRow],
    now: datetime,
    travel: TravelTimes,
    slots: Slots,
) -> Basis:
    if current is None:
        return Basis(day=day, problem=assemble(day, travel, slots=slots))
    problem = assemble(day, travel, now=now, slots=slots)
    previous = revive(problem, stops, day.midnight)
    seconds = int((now - day.midnight).total_seconds())
    return Basis(
        day=day,
        problem=presume(problem, previous, seconds),
        now=seconds,
        previous=without_past_loads(previous, seconds),
        parent=current.id,
        promised=promised(stops, day.midnight),
    )
