"""What it delays if somebody leaves for an alarm: the answer while an operator's hand hovers.

No solver runs here: the rest of the day is pushed back as it stands, which bounds from above what
the repair of the plan will do a moment later. So the desk needs no solver to compare three people.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from kernel.db import Pool
from kernel.geo import Position
from scheduler.care.demand import GRACE_S
from scheduler.model.problem import Mode
from scheduler.named import Service
from scheduler.reading import store
from scheduler.travel.builtin import seconds_between

WORTH_SAYING: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """A visit somebody has still to do, or is in the middle of.

    Attributes:
        latest: start after which somebody else has to come.
        travel_s: planned seconds under way to it.
        at: its home.
    """

    visit_id: UUID
    resident_name: str
    service: Service
    start_at: datetime
    end_at: datetime
    latest: datetime
    travel_s: int
    at: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayedVisit:
    """What happens to one visit; `new_start` None: this caregiver cannot do it any more."""

    visit_id: UUID
    resident_name: str
    service: Service
    planned_start: datetime
    new_start: datetime | None
    delay_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartureEffect:
    """What somebody's leaving means for the plan; visits it does not touch are not listed."""

    delays: tuple[DelayedVisit, ...]
    delay_total_s: int
    unplaced: int


def effect(
    ahead: Iterable[Ahead],
    *,
    until: datetime,
    where: Position,
    mode: Mode,
    shift_ends_at: datetime | None,
) -> DepartureEffect:
    """Push back what lies ahead of somebody who is at `where` until `until`.

    Args:
        ahead: in order of time.
        until: when the alarm is over.
        where: its place; the way to the next visit starts there.
        mode: how this caregiver travels.
        shift_ends_at: visits have to end by then; None: no limit known.
    """
    free_at, here = until, where
    resumed = False
    delays: list[DelayedVisit] = []
    for visit in ahead:
        travel = timedelta(
            seconds=visit.travel_s if resumed else seconds_between(here, visit.at, mode)
        )
        start = max(visit.start_at, free_at + travel)
        end = start + (visit.end_at - visit.start_at)
        possible = start <= visit.latest and (shift_ends_at is None or end <= shift_ends_at)
        if possible:
            free_at, here, resumed = end, visit.at, True
        if not possible or start - visit.start_at >= WORTH_SAYING:
            delays.append(_delay(visit, start if possible else None))
    return DepartureEffect(
        delays=tuple(delays),
        delay_total_s=sum(delay.delay_s for delay in delays),
        unplaced=sum(delay.new_start is None for delay in delays),
    )


def _delay(visit: Ahead, start: datetime | None) -> DelayedVisit:
    late = timedelta(0) if start is None else start - visit.start_at
    return DelayedVisit(
        visit_id=visit.visit_id,
        resident_name=visit.resident_name,
        service=visit.service,
        planned_start=visit.start_at,
        new_start=start,
        delay_s=int(late.total_seconds()),
    )


async def effects_of_leaving(
    pool: Pool, caregiver_id: UUID, at: datetime, until: datetime, where: Position
) -> DepartureEffect:
    """Return what it delays if this caregiver leaves `at` for `where` and is free `until`.

    The caller has checked that the asker may see the caregiver.
    """
    async with pool.acquire() as conn:
        person = await conn.fetchrow(store.MODE_AND_END, caregiver_id, at)
        rows = await conn.fetch(store.REMAINING, caregiver_id, at)
    if person is None:
        return DepartureEffect(delays=(), delay_total_s=0, unplaced=0)
    return effect(
        [
            Ahead(
                visit_id=row["id"],
                resident_name=row["name"],
                service=Service(id=row["service"], zh=row["zh"], en=row["en"]),
                start_at=row["start_at"],
                end_at=row["end_at"],
                latest=row["window_to"] + timedelta(seconds=GRACE_S),
                travel_s=row["travel_s"],
                at=Position(row["lat"], row["lon"]),
            )
            for row in rows
        ],
        until=until,
        where=where,
        mode=Mode(person["travel_mode"]),
        shift_ends_at=person["ends_at"],
    )
