"""A contract and the week so far bound the day."""

from datetime import UTC, date, datetime
from uuid import UUID

from kernel.geo import Position
from scheduler.day.contracts import Contract, bound
from scheduler.day.model import Worker

ANNA = UUID(int=1)
MONDAY = date(2026, 3, 2)
EIGHT, FIVE = (datetime(2026, 3, 3, hour, tzinfo=UTC) for hour in (8, 17))
WORKER = Worker(
    id=ANNA,
    skills=frozenset(),
    mode="walk",
    base=Position(31.8, 119.9),
    shifts=((EIGHT, FIVE),),
)


def test_nothing_changes_without_a_contract() -> None:
    assert bound([WORKER], {}, {}, {ANNA: EIGHT}) == [WORKER]


def test_a_day_is_as_long_as_what_the_week_leaves() -> None:
    contract = Contract(longest_day=480, longest_week=600)
    (fresh,) = bound([WORKER], {ANNA: contract}, {}, {})
    (tired,) = bound([WORKER], {ANNA: contract}, {ANNA: {MONDAY: 300}}, {})
    assert (fresh.longest_s, tired.longest_s) == (480 * 60, 300 * 60)


def test_a_late_evening_makes_a_later_morning() -> None:
    late = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
    (rested,) = bound([WORKER], {ANNA: Contract()}, {}, {ANNA: late})
    assert rested.shifts == ((datetime(2026, 3, 3, 9, 30, tzinfo=UTC), FIVE),)


def test_whoever_has_had_no_rest_is_not_at_work() -> None:
    assert bound([WORKER], {ANNA: Contract()}, {}, {ANNA: EIGHT}) == []
