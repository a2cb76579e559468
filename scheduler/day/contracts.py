"""What a contract and the week so far leave of somebody's day (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from scheduler.day.model import Worker


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What may be asked of somebody; minutes. None: no limit but the shifts."""

    longest_day: int | None = None
    longest_week: int | None = None
    least_rest: int = 660
    most_days_running: int = 6


def bound(
    workers: Iterable[Worker],
    contracts: Mapping[UUID, Contract],
    worked: Mapping[UUID, Mapping[date, int]],
    until: Mapping[UUID, datetime],
) -> list[Worker]:
    """Return the workers with what their contracts leave of the day; without one nothing changes.

    Whoever has no shift left is not at work.

    Args:
        workers: of the day.
        contracts: by caregiver.
        worked: minutes on the other days of the week, by caregiver.
        until: when the plan of the day before ends for each.
    """
    left = [
        worker
        if worker.id not in contracts
        else _bound(
            worker,
            contracts[worker.id],
            sum(worked.get(worker.id, {}).values()),
            until.get(worker.id),
        )
        for worker in workers
    ]
    return [worker for worker in left if worker.shifts]


def _bound(worker: Worker, contract: Contract, worked: int, until: datetime | None) -> Worker:
    day, week = contract.longest_day, contract.longest_week
    left = [day] if day is not None else []
    left += [max(0, week - worked)] if week is not None else []
    shifts = worker.shifts
    if until is not None:
        rested = until + timedelta(minutes=contract.least_rest)
        shifts = tuple((max(start, rested), end) for start, end in shifts if rested < end)
    return replace(worker, shifts=shifts, longest_s=60 * min(left) if left else None)
