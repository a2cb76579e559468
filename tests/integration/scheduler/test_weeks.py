"""A week is chosen from care plans on a real database, and its days become visits."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from kernel.clock import FakeClock
from kernel.ids import new_id
from scheduler.centre import store as centres
from scheduler.centre.model import Kind
from scheduler.day import choices
from scheduler.day.loading import load
from scheduler.week import store
from scheduler.week.choosing.search import SearchLimits
from scheduler.week.model import WeekChoice
from scheduler.week.planning import keep_chosen, plan_week
from tests.integration.scheduler.conftest import AREA, DAY, Street, at

QUICK = SearchLimits(seconds=2, threads=1)
WEEK = [DAY + timedelta(days=n) for n in range(7)]


async def works_all_week(street: Street, name: str) -> UUID:
    who = await street.caregiver(name)
    for day in WEEK:
        await street.pool.execute(
            "INSERT INTO scheduler.shift VALUES ($1, $2, $3, $4)",
            new_id(),
            who,
            at(480, day),
            at(1020, day),
        )
    return who


async def three_times_a_week(street: Street, **extra: str) -> UUID:
    item = await street.visit(await street.resident("Zhao"), (540, 660), **extra)  # type: ignore[arg-type]
    await street.pool.execute(
        "UPDATE scheduler.care_plan_item SET per_week = 3, least_days_apart = 2 WHERE id = $1", item
    )
    return item


async def choose(street: Street, today: date = DAY, event: UUID | None = None) -> WeekChoice | None:
    async with street.pool.acquire() as conn:
        centre = await centres.find(conn, AREA)
    return await plan_week(
        street.pool, centre, DAY, at(540, today), event_id=event or new_id(), limits=QUICK
    )


async def chosen_days(street: Street, item: UUID) -> list[date]:
    async with street.pool.acquire() as conn:
        return sorted((await choices.wanted(conn, WEEK[0], WEEK[-1])).get(item, {}))


async def visits_on(street: Street, item: UUID, day: date) -> int:
    await load(street.pool, AREA, day, Kind.VISITS, derive=True)
    found: int = await street.pool.fetchval(
        "SELECT count(*) FROM scheduler.visit WHERE care_plan_item_id = $1 AND day = $2", item, day
    )
    return found


async def test_three_times_a_week_becomes_visits_on_three_days(street: Street) -> None:
    anna = await works_all_week(street, "Anna")
    item = await three_times_a_week(street)
    await choose(street)
    chosen = await chosen_days(street, item)
    assert len(chosen) == 3
    assert [await visits_on(street, item, day) for day in WEEK] == [day in chosen for day in WEEK]
    assert await street.pool.fetchval("SELECT preferred FROM scheduler.visit LIMIT 1") == [anna]


async def test_the_rules_days_are_the_days_to_choose_from(street: Street) -> None:
    await works_all_week(street, "Anna")
    item = await three_times_a_week(street, rrule="FREQ=WEEKLY;BYDAY=TU,TH,SA")
    await choose(street)
    assert await chosen_days(street, item) == [WEEK[1], WEEK[3], WEEK[5]]


async def test_the_same_event_again_changes_nothing(street: Street) -> None:
    await works_all_week(street, "Anna")
    item, event = await three_times_a_week(street), new_id()
    assert await choose(street, event=event) is not None
    before = await chosen_days(street, item)
    assert await choose(street, event=event) is None
    assert await chosen_days(street, item) == before


async def test_a_new_choice_leaves_the_past_as_it_is(street: Street) -> None:
    await works_all_week(street, "Anna")
    item = await three_times_a_week(street)
    await choose(street)
    past = [day for day in await chosen_days(street, item) if day < WEEK[6]]
    await visits_on(street, item, past[0])
    choice = await choose(street, today=WEEK[6])
    assert choice is not None
    assert {one.day for one in choice.chosen} <= {6}
    assert [day for day in await chosen_days(street, item) if day < WEEK[6]] == past


async def test_what_has_no_place_is_kept_with_its_reason(street: Street) -> None:
    await works_all_week(street, "Anna")
    await three_times_a_week(street, service="bath")
    await choose(street)
    async with street.pool.acquire() as conn:
        run = await store.run(conn, AREA, DAY)
    assert run is not None
    assert [(gap["visits"], gap["reason"]) for gap in run.missing] == [(3, "skill")]


async def test_a_contract_bounds_the_week(street: Street) -> None:
    anna = await works_all_week(street, "Anna")
    await three_times_a_week(street)
    await street.pool.execute(
        "INSERT INTO scheduler.contract (caregiver_id, longest_week) VALUES ($1, 90)", anna
    )
    choice = await choose(street)
    assert choice is not None
    assert len(choice.chosen) == 2
    assert choice.missing[0].remedy == "more_minutes"


async def test_this_week_and_the_next_are_asked_for_once(street: Street, clock: FakeClock) -> None:
    await three_times_a_week(street)
    for _ in range(2):
        await keep_chosen(street.pool, clock.now(), evening=1080, seconds=2)
    rows = await street.pool.fetch("SELECT monday FROM scheduler.week_job ORDER BY monday")
    assert [row["monday"] for row in rows] == [DAY, DAY + timedelta(days=7)]


async def test_where_all_days_are_fixed_no_week_is_asked_for(
    street: Street, clock: FakeClock
) -> None:
    await street.visit(await street.resident("Zhao"), (540, 660))
    await keep_chosen(street.pool, clock.now(), evening=0, seconds=2)
    assert await street.pool.fetchval("SELECT count(*) FROM scheduler.week_job") == 0


async def test_a_week_that_was_chosen_earlier_is_looked_at_again_in_the_evening(
    street: Street, clock: FakeClock
) -> None:
    await works_all_week(street, "Anna")
    await three_times_a_week(street)
    await choose(street, today=DAY - timedelta(days=1))
    await keep_chosen(street.pool, clock.now(), evening=1080, seconds=2)
    asked = "SELECT count(*) FROM scheduler.week_job WHERE monday = $1"
    assert await street.pool.fetchval(asked, DAY) == 0
    await keep_chosen(street.pool, at(1081), evening=1080, seconds=2)
    assert await street.pool.fetchval(asked, DAY) == 1


async def test_a_week_does_not_begin_on_the_day_after_what_the_week_before_chose(
    street: Street,
) -> None:
    await works_all_week(street, "Anna")
    item = await three_times_a_week(street, rrule="FREQ=WEEKLY;BYDAY=MO,SU")
    await choose(street)
    assert await chosen_days(street, item) == [WEEK[0], WEEK[6]]
    async with street.pool.acquire() as conn:
        kept = await store.kept(conn, AREA, DAY, DAY + timedelta(days=7), DAY)
    assert kept == {item: {WEEK[0], WEEK[6]}}


async def test_a_contract_bounds_the_day(street: Street) -> None:
    anna = await works_all_week(street, "Anna")
    await street.pool.execute(
        "INSERT INTO scheduler.contract (caregiver_id, longest_day, longest_week)"
        " VALUES ($1, 240, 900)",
        anna,
    )
    day = await load(street.pool, AREA, DAY, Kind.VISITS)
    assert [worker.longest_s for worker in day.workers] == [240 * 60]


async def visited(street: Street, item: UUID, day: date, state: str) -> None:
    """A visit that was made on a day that nobody had chosen."""
    await street.pool.execute(
        "INSERT INTO scheduler.visit (id, care_plan_item_id, day, resident_id, home_id, area,"
        " service, window_from, window_to, minutes, staff, state)"
        " SELECT $1, i.id, $3, r.resident_id, r.home_id, r.area, i.service, $4, $4, 30, 1, $5"
        " FROM scheduler.care_plan_item i JOIN scheduler.care_plan p ON p.id = i.care_plan_id"
        " JOIN dispatch.resident_v1 r ON r.resident_id = p.resident_id WHERE i.id = $2",
        new_id(),
        item,
        day,
        at(600, day),
        state,
    )


@pytest.mark.parametrize(
    ("before", "state", "made"),
    [
        (1, "done", 0),
        (1, "started", 0),
        (-1, "planned", 0),
        (2, "done", 1),
        (1, "missed", 1),
        (1, "cancelled", 1),
    ],
)
async def test_a_day_adds_no_visit_next_to_one_that_takes_place(
    street: Street, before: int, state: str, made: int
) -> None:
    await works_all_week(street, "Anna")
    item = await three_times_a_week(street, rrule="FREQ=WEEKLY;BYDAY=WE")
    await choose(street)
    assert await chosen_days(street, item) == [WEEK[2]]
    await visited(street, item, WEEK[2] - timedelta(days=before), state)
    assert await visits_on(street, item, WEEK[2]) == made
    assert await chosen_days(street, item) == [WEEK[2]] * made


async def test_a_visit_given_up_finds_another_day_in_the_evening(street: Street) -> None:
    await works_all_week(street, "Anna")
    item = await three_times_a_week(street)
    await choose(street)
    second = (await chosen_days(street, item))[1]
    await visited(street, item, second - timedelta(days=1), "done")
    assert await visits_on(street, item, second) == 0
    await choose(street, today=second)
    days = [day for day in await chosen_days(street, item) if day >= second]
    assert days
    assert min(days) > second


async def test_a_visit_made_for_a_day_that_is_chosen_no_more_is_withdrawn(street: Street) -> None:
    await works_all_week(street, "Anna")
    item = await three_times_a_week(street, rrule="FREQ=WEEKLY;BYDAY=MO")
    await choose(street)
    assert await visits_on(street, item, DAY) == 1
    await street.pool.execute("UPDATE scheduler.care_plan_item SET rrule = 'FREQ=WEEKLY;BYDAY=TU'")
    await choose(street)
    assert await chosen_days(street, item) == [WEEK[1]]
    assert [await visits_on(street, item, day) for day in WEEK[:2]] == [0, 1]
