"""The solver's choice of a week keeps every rule or says in words why not."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.day.contracts import Contract
from scheduler.week.checking import broken
from scheduler.week.choosing.days import choose_days
from scheduler.week.choosing.search import ProgressCallback, SearchLimits
from scheduler.week.choosing.solving import choose
from scheduler.week.model import ItemId, Person, PersonId, ResidentId, Week, WeeklyService
from tests.unit.scheduler.week.weeks import DAYTIME, HERE, item, person, town

QUICK = SearchLimits(seconds=2, threads=1)
DAYS = st.frozensets(st.integers(0, 6))
SHIFTS = st.sampled_from([(), DAYTIME, ((420, 720), (960, 1320)), ((840, 1320),), ((600, 660),)])


@st.composite
def weeks(draw: st.DrawFn) -> Week:
    names = [PersonId(name) for name in "abc"[: draw(st.integers(0, 3))]]
    people = tuple(
        Person(
            id=name,
            base=HERE,
            shifts=tuple(draw(SHIFTS) for _ in range(7)),
            skills=draw(st.frozensets(st.sampled_from(["x", "y"]))),
            contract=Contract(
                longest_day=draw(st.none() | st.integers(0, 400)),
                longest_week=draw(st.none() | st.integers(0, 1_000)),
                least_rest=draw(st.sampled_from([0, 660, 900])),
                most_days_running=draw(st.integers(1, 7)),
            ),
            worked=tuple(draw(st.sampled_from([0, 0, 120])) for _ in range(7)),
            ran=draw(st.integers(0, 7)),
            resumes=draw(st.none() | st.integers(0, 1_400)),
        )
        for name in names
    )
    items = tuple(
        WeeklyService(
            id=ItemId(str(number)),
            resident=ResidentId(str(number % 2)),
            at=HERE,
            times=draw(st.integers(0, 7)),
            days=draw(DAYS),
            apart=draw(st.integers(1, 4)),
            minutes=draw(st.integers(1, 120)),
            window=draw(st.sampled_from([(480, 600), (1200, 1320), (0, 1440), (540, 540)])),
            staff=draw(st.integers(1, 2)),
            skills=draw(st.frozensets(st.sampled_from(["x", "y"]))),
            preferred=draw(st.frozensets(st.sampled_from([PersonId(n) for n in "abc"]))),
            refused=draw(st.frozensets(st.sampled_from([PersonId(n) for n in "abc"]), max_size=1)),
            kept=draw(st.frozensets(st.integers(-6, 9), max_size=3)),
            wanted=draw(DAYS),
        )
        for number in range(draw(st.integers(0, 6)))
    )
    return Week(items=items, people=people, first=draw(st.integers(0, 7)))


@settings(max_examples=150, deadline=None)
@given(weeks())
def test_whatever_the_week_the_choice_keeps_its_rules_or_says_why_not(week: Week) -> None:
    choice = choose(week, QUICK)
    assert broken(week, choice) == []
    assert all(gap.zh and gap.en for gap in choice.missing)
    assert choice.bound <= choice.points


def test_three_times_a_week_not_two_days_running_finds_its_days() -> None:
    choice = choose(Week(items=(item(times=3),), people=(person("anna"),)), QUICK)
    days = sorted(one.day for one in choice.chosen)
    assert len(days) == 3
    assert all(later - earlier >= 2 for earlier, later in pairwise(days))


def test_the_day_before_what_the_next_week_has_chosen_is_left_free() -> None:
    ends = replace(item(times=1), days=frozenset({0, 6}), wanted=frozenset({6}))
    alone = choose(Week(items=(ends,), people=(person("anna"),)), QUICK)
    assert [one.day for one in alone.chosen] == [6]
    beside = replace(ends, kept=frozenset({7}))
    choice = choose(Week(items=(beside,), people=(person("anna"),)), QUICK)
    assert [one.day for one in choice.chosen] == [0]


def test_who_begins_early_on_the_next_monday_has_no_late_sunday() -> None:
    shift = (((420, 1320),),) * 7
    anna, bo = replace(person("anna", shifts=shift), resumes=430), person("bo", shifts=shift)
    late = replace(item(times=1), days=frozenset({6}), window=(1200, 1260))
    late = replace(late, preferred=frozenset({anna.id}))
    choice = choose(Week(items=(late,), people=(anna, bo)), QUICK)
    assert [one.people for one in choice.chosen] == [(bo.id,)]


def test_a_full_day_moves_a_visit_to_another() -> None:
    short = replace(person("anna"), contract=Contract(longest_day=60))
    items = tuple(item(str(number), times=1) for number in range(5))
    choice = choose(Week(items=items, people=(short,)), QUICK)
    assert not choice.missing
    assert len({one.day for one in choice.chosen}) == 5


def test_a_resident_sees_one_face() -> None:
    people = tuple(person(name) for name in ("anna", "bo", "cy"))
    items = (item("bath", times=2), item("clean", times=3))
    choice = choose(Week(items=items, people=people), QUICK)
    assert len({who for one in choice.chosen for who in one.people}) == 1


def test_whoever_is_wanted_comes() -> None:
    people = tuple(person(name) for name in ("anna", "bo"))
    wanted = replace(item(), preferred=frozenset({PersonId("bo")}))
    choice = choose(Week(items=(wanted,), people=people), QUICK)
    assert {one.people for one in choice.chosen} == {("bo",)}


def test_days_chosen_before_stay_when_nothing_speaks_against_them() -> None:
    before = replace(item(), wanted=frozenset({1, 4}))
    choice = choose(Week(items=(before,), people=(person("anna"),)), QUICK)
    assert {one.day for one in choice.chosen} == {1, 4}


def test_a_history_of_ones_own_makes_no_days_harder_to_choose() -> None:
    """What is alike is counted, not chosen one by one; visits long ago must not set it apart."""
    week = town(300, 40)
    own = replace(
        week,
        items=tuple(
            replace(item, kept=frozenset({-7 - number % 7}))
            for number, item in enumerate(week.items)
        ),
    )
    limits = SearchLimits(seconds=60, threads=1)
    told = ProgressCallback("days", 0, lambda *_: None)
    assert choose_days(own, limits, 60, told) == choose_days(week, limits, 60, told)


def test_the_same_seed_makes_the_same_choice() -> None:
    week = town(12, 6)
    limits = SearchLimits(seconds=300, threads=1)  # so that time is never what ends the search
    assert choose(week, limits).chosen == choose(week, limits).chosen


def test_progress_is_told_for_days_and_people() -> None:
    told: list[str] = []
    choose(town(12, 6), QUICK, lambda stage, _seconds, _cost: told.append(stage))
    assert {"days", "people"} == set(told)


def remedy(week: Week) -> tuple[str, str]:
    choice = choose(week, QUICK)
    return choice.missing[0].reason, choice.missing[0].remedy


def test_what_has_no_place_says_which_day_would_do() -> None:
    mondays = replace(item(times=1), days=frozenset({0}))
    off = person("anna", shifts=((), *[DAYTIME] * 6))
    assert remedy(Week(items=(mondays,), people=(off,))) == ("shift", "another_day")


def test_what_has_no_place_says_that_closer_days_would_do() -> None:
    four = item(times=7, apart=2)
    assert remedy(Week(items=(four,), people=(person("anna"),))) == ("days", "closer_days")


def test_what_has_no_place_says_that_another_time_would_do() -> None:
    late = replace(item(times=1), window=(1200, 1260))
    assert remedy(Week(items=(late,), people=(person("anna"),))) == ("shift", "another_window")


def test_what_has_no_place_says_how_many_minutes_would_do() -> None:
    short = replace(person("anna"), contract=Contract(longest_day=30))
    choice = choose(Week(items=(item(times=1),), people=(short,)), QUICK)
    assert choice.missing[0].remedy == "more_minutes"
    assert "20 minutes" in choice.missing[0].en


def test_what_nobody_can_do_needs_more_people() -> None:
    nursing = replace(item(times=1), skills=frozenset({"nursing"}))
    assert remedy(Week(items=(nursing,), people=(person("anna"),))) == ("skill", "nobody")
