"""Care plans become visits: recurrence, holidays, absences, gaps, and the hour that is skipped."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.care.demand import (
    GRACE_S,
    InvalidRecurrence,
    due,
    falls_on,
    precedences,
    shares,
    task,
    task_id,
)
from scheduler.care.model import Gap, Item, ItemId, ServiceItem, Visit, VisitId, VisitState
from scheduler.centre.localtime import day_of, instant, midnight, span
from scheduler.model.problem import MANDATORY, CaregiverId, Window

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 3, 2)
BATH = ServiceItem(
    id="bath",
    zh="助浴",
    en="Bathing",
    skills=frozenset({"bath"}),
    minutes=(30, 40, 50, 60, 75),
    staff=2,
)
KNOWN = UUID(int=1)


def item(**changes: object) -> Item:
    plain = Item(
        id=ItemId(uuid4()),
        resident_id=uuid4(),
        home_id=uuid4(),
        area="g-1",
        care_level=2,
        service=BATH,
        starts_on=date(2026, 1, 5),
        ends_on=None,
        rrule="FREQ=WEEKLY;BYDAY=MO,TH",
        window=(480, 600),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def visit(**changes: object) -> Visit:
    start = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
    plain = Visit(
        id=VisitId(uuid4()),
        item=ItemId(uuid4()),
        resident_id=uuid4(),
        lat=31.8,
        lon=119.9,
        window_from=start,
        window_to=start + timedelta(hours=2),
        minutes=50,
        staff=1,
        priority=1,
        skills=frozenset(),
        preferred=frozenset(),
        refused=frozenset(),
        state=VisitState.PLANNED,
        caregivers=(),
        started_at=None,
        done_at=None,
        familiar={},
        gap=None,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_an_item_asks_for_a_visit_on_its_days_only() -> None:
    days = [MONDAY + timedelta(days=n) for n in range(7)]
    assert [day.weekday() for day in days if due([item()], day, SHANGHAI)] == [0, 3]


def test_a_visit_lasts_as_long_as_the_care_level_needs_unless_the_item_says_otherwise() -> None:
    plain, longer = due([item(), item(minutes=90, staff=1)], MONDAY, SHANGHAI)
    assert (plain.minutes, plain.staff) == (50, 2)
    assert (longer.minutes, longer.staff) == (90, 1)


def test_every_second_week_is_counted_from_the_start_of_the_plan() -> None:
    every_other = "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"
    assert falls_on(every_other, date(2026, 2, 16), MONDAY)
    assert not falls_on(every_other, date(2026, 2, 9), MONDAY)


def test_nothing_is_due_before_the_start_after_the_end_on_a_pausing_holiday_or_when_away() -> None:
    there = item()
    assert not due([item(starts_on=date(2026, 3, 3))], MONDAY, SHANGHAI)
    assert not due([item(ends_on=date(2026, 3, 1))], MONDAY, SHANGHAI)
    assert not due([item(on_holidays=False)], MONDAY, SHANGHAI, holiday=True)
    assert due([there], MONDAY, SHANGHAI, holiday=True)
    assert not due([there], MONDAY, SHANGHAI, away=frozenset({there.resident_id}))


def test_a_chosen_day_is_due_unless_a_visit_nearby_leaves_too_little_between() -> None:
    day = date(2026, 3, 4)
    often = item(rrule="FREQ=DAILY", per_week=3, least_days_apart=2)
    chosen: dict[UUID, tuple[UUID, ...]] = {often.id: ()}

    def made(*others: date) -> bool:
        return bool(due([often], day, SHANGHAI, chosen=chosen, visits={often.id: set(others)}))

    assert made()
    assert made(day, day - timedelta(days=2), day + timedelta(days=2))
    assert not made(day - timedelta(days=1))
    assert not made(day + timedelta(days=1))
    assert not due([often], day, SHANGHAI)


def test_a_rule_nobody_can_read_is_refused_with_its_text() -> None:
    with pytest.raises(InvalidRecurrence) as refused:
        due([item(rrule="every Monday")], MONDAY, SHANGHAI)
    assert refused.value.data == {"rrule": "every Monday"}


def test_a_window_is_local_time_in_winter_and_in_summer() -> None:
    rule = item(rrule="FREQ=DAILY")
    (winter,) = due([rule], date(2026, 3, 28), BERLIN)
    (summer,) = due([rule], date(2026, 3, 29), BERLIN)
    assert winter.window_from == datetime(2026, 3, 28, 7, 0, tzinfo=UTC)
    assert summer.window_from == datetime(2026, 3, 29, 6, 0, tzinfo=UTC)


def test_a_day_of_23_hours_has_its_evening_an_hour_sooner_after_midnight() -> None:
    day = date(2026, 3, 29)
    assert instant(day, 18 * 60, BERLIN) - midnight(day, BERLIN) == timedelta(hours=17)
    assert instant(day, 1440, BERLIN) == midnight(day + timedelta(days=1), BERLIN)


@given(
    day=st.dates(date(2020, 1, 1), date(2035, 12, 31)),
    start=st.integers(0, 1439),
    length=st.integers(0, 1440),
    zone=st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "Australia/Lord_Howe", "UTC"]),
)
def test_no_window_ends_before_it_starts_whatever_the_clocks_do(
    day: date, start: int, length: int, zone: str
) -> None:
    first, last = span(day, start, start + length, ZoneInfo(zone))
    assert first <= last
    assert day_of(first, ZoneInfo(zone)) == day


def test_a_late_start_is_possible_and_counts_as_late() -> None:
    asked = task(visit(), 3, datetime(2026, 3, 1, 16, 0, tzinfo=UTC), frozenset())
    assert asked.due == 10 * 3600
    assert asked.window == Window(start=8 * 3600, end=10 * 3600 + GRACE_S)
    assert asked.price == MANDATORY


def test_what_has_begun_is_a_fact_with_the_time_it_took() -> None:
    start = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
    me = CaregiverId(str(KNOWN))
    done = visit(
        state=VisitState.DONE,
        staff=2,
        caregivers=(KNOWN, uuid4()),
        started_at=start,
        done_at=start + timedelta(minutes=20),
    )
    fact = task(done, 0, datetime(2026, 3, 2, tzinfo=UTC), frozenset({me}))
    assert fact.pin is not None
    assert (fact.pin.caregivers, fact.pin.start, fact.pin.started) == ((me,), 1800, True)
    assert (fact.duration, fact.staff) == (1200, 1)


def test_a_wish_for_somebody_who_is_not_at_work_is_no_wish() -> None:
    me = CaregiverId(str(KNOWN))
    wish = visit(preferred=frozenset({uuid4()}), familiar={KNOWN: 75, uuid4(): 25})
    asked = task(wish, 0, datetime(2026, 3, 2, tzinfo=UTC), frozenset({me}))
    assert asked.preferred == frozenset()
    assert asked.familiar == {me: 75}


def test_ordered_services_keep_their_gap_when_both_are_due_that_day() -> None:
    medicine = visit()
    assert medicine.item is not None
    gap = Gap(after=medicine.item, least=30, most=60, different_caregivers=True)
    meal, alone = visit(gap=gap), visit(gap=replace(gap, after=ItemId(uuid4())))
    (rule,) = precedences([alone, meal, medicine])
    assert (rule.first, rule.then) == (task_id(medicine.id), task_id(meal.id))
    assert (rule.least, rule.most, rule.different_caregivers) == (1800, 3600, True)


def test_shares_are_percent_of_the_resident_s_visits() -> None:
    assert shares({KNOWN: 3, UUID(int=2): 1}) == {KNOWN: 75, UUID(int=2): 25}
    assert shares({}) == {}
