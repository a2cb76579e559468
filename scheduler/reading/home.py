"""What last happened at a home, for whoever answers its alarm."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kernel.db import Pool
from scheduler.named import Service
from scheduler.reading import store


@dataclass(frozen=True, slots=True, kw_only=True)
class LastVisit:
    """The newest visit that was done."""

    service: Service
    at: datetime
    caregiver_name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastMeal:
    """The newest meal that was reported on: delivered, refused, no_answer or on its way."""

    at: datetime
    state: str


async def last_visit(pool: Pool, areas: frozenset[str], home_id: UUID) -> LastVisit | None:
    """Return the newest visit that was done at this home."""
    row = await pool.fetchrow(store.LAST_VISIT, home_id, sorted(areas))
    if row is None:
        return None
    service = Service(id=row["service"], zh=row["zh"], en=row["en"])
    return LastVisit(service=service, at=row["at"], caregiver_name=row["caregiver"])


async def last_meal(pool: Pool, areas: frozenset[str], home_id: UUID) -> LastMeal | None:
    """Return the newest report on a meal at this home."""
    row = await pool.fetchrow(store.LAST_MEAL, home_id, sorted(areas))
    return None if row is None else LastMeal(at=row["at"], state=row["state"])
