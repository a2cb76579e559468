"""A skill with certificates counts on the days that one of them covers: in a day, in a week."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from kernel.clock import FakeClock
from kernel.ids import new_id
from scheduler.centre.model import Kind
from scheduler.day.loading import load
from scheduler.plans.publishing import SolveOptions, plan_day
from tests.integration.scheduler.conftest import AREA, DAY, Street, at

from .test_weeks import WEEK, choose, chosen_days, three_times_a_week

ONE = timedelta(days=1)


async def skills_on(street: Street, who: UUID, day: date = DAY) -> frozenset[str]:
    loaded = await load(street.pool, AREA, day, Kind.VISITS)
    return next(worker.skills for worker in loaded.workers if worker.id == who)


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "counts"),
    [
        (DAY, DAY, True),
        (DAY - 365 * ONE, None, True),
        (DAY - 365 * ONE, DAY - ONE, False),
        (DAY + ONE, None, False),
    ],
    ids=["on the day", "until further notice", "expired the day before", "starts tomorrow"],
)
async def test_a_certificate_counts_on_its_days_only(
    street: Street, clock: FakeClock, valid_from: date, valid_to: date | None, *, counts: bool
) -> None:
    anna = await street.caregiver("Anna", (480, 1020), skills=("bathing", "dementia"))
    await street.certificate(anna, "bathing", valid_from, valid_to)
    assert ("bathing" in await skills_on(street, anna)) is counts
    assert "dementia" in await skills_on(street, anna)
    await street.visit(await street.resident("Wang"), (600, 660), service="bath")
    plan = await plan_day(
        street.pool, clock, AREA, DAY, Kind.VISITS, options=SolveOptions(seconds=1, threads=1)
    )
    stops = await street.pool.fetchval(
        "SELECT count(*) FROM scheduler.plan_stop WHERE plan_id = $1 AND kind = 'task'",
        plan.plan_id,
    )
    assert stops == counts


async def test_a_certificate_alone_gives_its_skill(street: Street) -> None:
    anna = await street.caregiver("Anna", (480, 1020))
    await street.certificate(anna, "bathing", DAY, DAY)
    assert await skills_on(street, anna) == {"bathing"}


async def test_one_of_several_certificates_is_enough(street: Street) -> None:
    anna = await street.caregiver("Anna", (480, 1020), skills=("bathing",))
    await street.certificate(anna, "bathing", DAY - 9 * ONE, DAY - 5 * ONE)
    await street.certificate(anna, "bathing", DAY - 2 * ONE, DAY)
    assert await skills_on(street, anna) == {"bathing"}


async def works_from_eight(street: Street, *days: date) -> UUID:
    who = await street.caregiver("Anna", skills=("bathing",))
    for day in days:
        await street.pool.execute(
            "INSERT INTO scheduler.shift VALUES ($1, $2, $3, $4)",
            new_id(),
            who,
            at(480, day),
            at(1020, day),
        )
    return who


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "days"),
    [
        (WEEK[0], WEEK[4], [0, 2, 4]),
        (WEEK[0] - 9 * ONE, WEEK[0], [0]),
        (WEEK[0] - 9 * ONE, WEEK[0] - ONE, []),
        (WEEK[4], None, [4, 6]),
    ],
    ids=["five days", "expires on Monday", "expired the day before", "starts on Friday"],
)
async def test_a_week_chooses_days_on_which_the_certificate_is_valid(
    street: Street, valid_from: date, valid_to: date | None, days: list[int]
) -> None:
    anna = await works_from_eight(street, *WEEK)
    await street.certificate(anna, "bathing", valid_from, valid_to)
    item = await three_times_a_week(street, service="bath")
    choice = await choose(street)
    assert choice is not None
    assert await chosen_days(street, item) == [WEEK[number] for number in days]
    assert sum(gap.visits for gap in choice.missing) == 3 - len(days)
