"""Where a week meets the next: its last days leave room for what the next has chosen."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from kernel.ids import new_id
from tests.integration.scheduler.conftest import DAY, Street, at

from .test_weeks import (
    WEEK,
    choose,
    chosen_days,
    three_times_a_week,
    visited,
    works_all_week,
)

NEXT = DAY + timedelta(days=7)


async def once_a_week(street: Street, rrule: str) -> UUID:
    item = await three_times_a_week(street, rrule=rrule)
    await street.pool.execute("UPDATE scheduler.care_plan_item SET per_week = 1")
    return item


async def chose(street: Street, item: UUID, day: date, *people: UUID) -> None:
    await street.pool.execute(
        "INSERT INTO scheduler.week_choice (care_plan_item_id, day, caregivers)"
        " VALUES ($1, $2, $3)",
        item,
        day,
        list(people),
    )


async def asked_for(street: Street) -> list[date]:
    rows = await street.pool.fetch("SELECT monday FROM scheduler.week_job")
    return [row["monday"] for row in rows]


async def test_a_week_chosen_anew_does_not_end_on_the_day_before_the_next_ones_first(
    street: Street,
) -> None:
    anna = await works_all_week(street, "Anna")
    item = await once_a_week(street, "FREQ=WEEKLY;BYDAY=SA,SU,MO")
    await chose(street, item, WEEK[6], anna)
    await chose(street, item, NEXT, anna)
    await choose(street, today=WEEK[5])
    assert await chosen_days(street, item) == [WEEK[5]]
    assert await asked_for(street) == []


async def test_where_only_that_day_is_left_the_next_week_gives_way_and_is_chosen_anew(
    street: Street,
) -> None:
    anna = await works_all_week(street, "Anna")
    item = await once_a_week(street, "FREQ=WEEKLY;BYDAY=SU,MO")
    await chose(street, item, NEXT, anna)
    choice = await choose(street, today=WEEK[6])
    assert choice is not None
    assert not choice.missing
    assert await chosen_days(street, item) == [WEEK[6]]
    assert await asked_for(street) == [NEXT]


async def test_a_visit_that_is_promised_for_the_next_week_does_not_give_way(
    street: Street,
) -> None:
    await works_all_week(street, "Anna")
    item = await once_a_week(street, "FREQ=WEEKLY;BYDAY=SU,MO")
    await visited(street, item, NEXT, "planned")
    choice = await choose(street, today=WEEK[6])
    assert choice is not None
    assert [gap.reason for gap in choice.missing] == ["days"]
    assert await asked_for(street) == []


async def works_late(street: Street, name: str) -> UUID:
    """A late Sunday, and an early Monday after it."""
    who = await street.caregiver(name)
    for day, start, end in ((WEEK[6], 1080, 1320), (NEXT, 420, 720)):
        await street.pool.execute(
            "INSERT INTO scheduler.shift VALUES ($1, $2, $3, $4)",
            new_id(),
            who,
            at(start, day),
            at(end, day),
        )
    return who


@pytest.mark.parametrize("place", [0, 1])
async def test_who_is_chosen_for_an_early_monday_is_not_chosen_for_the_night_before(
    street: Street, place: int
) -> None:
    people = [await works_late(street, name) for name in ("Anna", "Bo")]
    late = await street.visit(
        await street.resident("Zhao"), (1200, 1230), preferred=(people[place],)
    )
    early = await street.visit(await street.resident("Qian"), (430, 440))
    await street.pool.execute("UPDATE scheduler.care_plan_item SET per_week = 1")
    await chose(street, early, NEXT, people[place])
    choice = await choose(street, today=WEEK[6])
    assert choice is not None
    assert [one.people for one in choice.chosen if one.item == str(late)] == [
        (str(people[1 - place]),)
    ]
