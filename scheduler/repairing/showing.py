"""A repair as people read it: who is visited, who comes, when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from kernel.db import Pool
from scheduler.centre.localtime import midnight
from scheduler.day.assembling import subject
from scheduler.model.problem import TaskId
from scheduler.named import Named, Service
from scheduler.repairing import store
from scheduler.repairing.finding import find
from scheduler.repairing.model import Offer, Repair


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """Who comes, and when."""

    caregivers: tuple[Named, ...]
    start_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownChange:
    """One visit that changes.

    Attributes:
        effect: see `scheduler.repairing.compare.VisitEffect`.
        delay_s: it begins so much later; negative: earlier.
        late_s: it then begins so long after it is wanted.
    """

    visit_id: UUID
    resident: Named
    service: Service
    effect: str
    before: Appointment | None
    after: Appointment | None
    delay_s: int
    late_s: int
    other_person: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """An alternative.

    Attributes:
        total: all points of `cost`.
        waiting_s: what people wait longer, all together.
    """

    offer: Offer
    total: int
    waiting_s: int
    changes: tuple[ShownChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A repair with the ways to go on found so far."""

    repair: Repair
    ways: tuple[Way, ...]


async def services(pool: Pool) -> list[Service]:
    """Return what a new visit may be for."""
    async with pool.acquire() as conn:
        return await store.services(conn)


async def undecided(pool: Pool, areas: frozenset[str], now: datetime) -> list[Shown]:
    """Return the repairs that wait for a person's decision, oldest first."""
    async with pool.acquire() as conn:
        found = await store.undecided(conn, sorted(areas), (now - timedelta(days=1)).date())
    return [await show(pool, areas, one) for one in found]


async def show(pool: Pool, areas: frozenset[str], repair_id: UUID) -> Shown:
    """Return a repair and what it offers so far.

    Raises:
        NotFoundError: no such repair of a centre among `areas`.
    """
    async with pool.acquire() as conn:
        repair = await find(conn, areas, repair_id)
        offers = await store.offers(conn, repair_id)
        rows = [row for offer in offers for row in offer.changes]
        about = await store.about(conn, [subject(TaskId(row["task"]))[1] for row in rows])
        people = await store.people(
            conn,
            [
                UUID(who)
                for row in rows
                for appointment in (row["before"], row["after"])
                if appointment
                for who in appointment["caregivers"]
            ],
        )
        start = midnight(repair.day, await store.zone(conn, repair.area))
    return Shown(repair=repair, ways=tuple(_way(offer, about, people, start) for offer in offers))


def _way(
    offer: Offer,
    about: Mapping[UUID, tuple[Named, Service]],
    people: Mapping[UUID, Named],
    start: datetime,
) -> Way:
    changes = []
    for row in offer.changes:
        _, visit = subject(TaskId(row["task"]))
        if visit not in about:
            continue  # no visit, or one that is gone
        resident, service = about[visit]
        changes.append(
            ShownChange(
                visit_id=visit,
                resident=resident,
                service=service,
                effect=row["effect"],
                before=_appointment(row["before"], people, start),
                after=_appointment(row["after"], people, start),
                delay_s=row["delay"],
                late_s=row["late"],
                other_person=row["other_person"],
            )
        )
    return Way(
        offer=offer,
        total=sum(offer.cost.values()),
        waiting_s=sum(max(0, change.delay_s) for change in changes),
        changes=tuple(changes),
    )


def _appointment(
    row: dict[str, Any] | None, people: Mapping[UUID, Named], start: datetime
) -> Appointment | None:
    if row is None:
        return None
    who = (UUID(one) for one in row["caregivers"])
    return Appointment(
        caregivers=tuple(people[one] for one in who if one in people),
        start_at=start + timedelta(seconds=row["start"]),
    )
