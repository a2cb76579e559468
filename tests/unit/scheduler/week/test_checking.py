"""Each rule of a week has a choice that breaks it and one that keeps it."""

from dataclasses import replace
from pathlib import Path

import pytest

from scheduler.day.contracts import Contract
from scheduler.week.checking import WORDING, WeekRule, broken
from scheduler.week.model import (
    Chosen,
    InvalidWeek,
    ItemId,
    Missing,
    Person,
    PersonId,
    Week,
    WeekChoice,
    WeeklyService,
)
from tests.unit.scheduler.week.weeks import DAYTIME, item, person

ANNA = person("anna")
EVENING = ((960, 1320),)
LATE = person("anna", shifts=(EVENING, DAYTIME, *[()] * 5))
EARLY_AND_LATE = (
    replace(item("bed", times=1), window=(1270, 1280), days=frozenset({0})),
    replace(item("up", times=1), window=(480, 500), days=frozenset({1})),
)


def chosen(name: str, day: int, *people: str) -> Chosen:
    return Chosen(
        item=ItemId(name), day=day, people=tuple(PersonId(p) for p in people or ("anna",))
    )


def missing(name: str, visits: int) -> Missing:
    return Missing(item=ItemId(name), visits=visits, reason="full", remedy="nobody", zh="", en="")


def judge(
    people: tuple[Person, ...], items: tuple[WeeklyService, ...], *visits: Chosen, first: int = 0
) -> set[WeekRule]:
    week = Week(items=items, people=people, first=first)
    gaps = []
    for one in items:
        short = one.missing - sum(visit.item == one.id for visit in visits)
        if short > 0:
            gaps.append(missing(one.id, short))
    found = broken(week, WeekChoice(chosen=visits, missing=tuple(gaps)))
    return {one.rule for one in found}


def test_a_choice_that_keeps_every_rule_breaks_none() -> None:
    assert judge((ANNA,), (item(),), chosen("bath", 0), chosen("bath", 2)) == set()


@pytest.mark.parametrize(
    "visits",
    [
        (chosen("unknown", 0),),
        (chosen("bath", 0, "nobody"),),
        (chosen("bath", 7),),
        (chosen("bath", 0), chosen("bath", 0)),
    ],
)
def test_what_is_unknown_or_twice_on_a_day_has_no_shape(visits: tuple[Chosen, ...]) -> None:
    assert judge((ANNA,), (item(),), *visits) == {WeekRule.WEEK_SHAPE}


def test_visits_neither_chosen_nor_missing_break_the_times() -> None:
    week = Week(items=(item(),), people=(ANNA,))
    one = WeekChoice(chosen=(chosen("bath", 0),))
    assert {b.rule for b in broken(week, one)} == {WeekRule.TIMES}
    assert broken(week, replace(one, missing=(missing("bath", 1),))) == []


def test_what_was_kept_this_week_counts_towards_the_times() -> None:
    kept = replace(item(), kept=frozenset({0}))
    week = Week(items=(kept,), people=(ANNA,), first=1)
    assert broken(week, WeekChoice(chosen=(chosen("bath", 3),))) == []


def test_a_past_day_is_not_chosen() -> None:
    assert judge((ANNA,), (item(),), chosen("bath", 1), first=2) == {WeekRule.PAST}
    assert judge((ANNA,), (item(),), chosen("bath", 2), first=2) == set()


def test_a_day_must_be_allowed() -> None:
    mondays = replace(item(times=1), days=frozenset({0}))
    assert judge((ANNA,), (mondays,), chosen("bath", 1)) == {WeekRule.ALLOWED_DAY}
    assert judge((ANNA,), (mondays,), chosen("bath", 0)) == set()


def test_not_two_days_running() -> None:
    assert judge((ANNA,), (item(),), chosen("bath", 0), chosen("bath", 1)) == {WeekRule.DAYS_APART}
    assert judge((ANNA,), (item(),), chosen("bath", 0), chosen("bath", 2)) == set()


def test_last_weeks_visit_keeps_its_distance_too() -> None:
    sunday = replace(item(), kept=frozenset({-1}))
    assert judge((ANNA,), (sunday,), chosen("bath", 0)) == {WeekRule.DAYS_APART}
    assert judge((ANNA,), (sunday,), chosen("bath", 1)) == set()


def test_what_the_next_week_has_chosen_keeps_its_distance_and_is_no_visit_of_this_week() -> None:
    monday = replace(item(), kept=frozenset({7}))
    assert judge((ANNA,), (monday,), chosen("bath", 6)) == {WeekRule.DAYS_APART}
    assert judge((ANNA,), (monday,), chosen("bath", 5)) == set()
    assert monday.missing == 2


def test_two_are_needed_and_different() -> None:
    both = replace(item(times=1), staff=2)
    people = (ANNA, person("bo"))
    assert judge(people, (both,), chosen("bath", 0, "anna")) == {WeekRule.WEEK_STAFF}
    assert judge(people, (both,), chosen("bath", 0, "anna", "anna")) == {WeekRule.WEEK_STAFF}
    assert judge(people, (both,), chosen("bath", 0, "anna", "bo")) == set()


def test_skills_are_needed() -> None:
    nursing = replace(item(times=1), skills=frozenset({"nursing"}))
    nurse = replace(ANNA, skills=frozenset({"nursing"}))
    assert judge((ANNA,), (nursing,), chosen("bath", 0)) == {WeekRule.WEEK_SKILL}
    assert judge((nurse,), (nursing,), chosen("bath", 0)) == set()


def test_a_skill_does_not_count_on_a_day_on_which_its_certificate_is_not_valid() -> None:
    nursing = replace(item(times=1), skills=frozenset({"nursing"}))
    skills = frozenset({"nursing"})
    lapsed = (frozenset[str](), *[skills] * 6)
    nurse = replace(ANNA, skills=skills, lapsed=lapsed)
    assert judge((nurse,), (nursing,), chosen("bath", 0)) == set()
    assert judge((nurse,), (nursing,), chosen("bath", 1)) == {WeekRule.WEEK_SKILL}


def test_nobody_comes_whom_the_resident_refused() -> None:
    refusing = replace(item(times=1), refused=frozenset({PersonId("anna")}))
    people = (ANNA, person("bo"))
    assert judge(people, (refusing,), chosen("bath", 0)) == {WeekRule.WEEK_REFUSED}
    assert judge(people, (refusing,), chosen("bath", 0, "bo")) == set()


def test_a_visit_needs_a_shift_it_fits_into() -> None:
    late_on_monday = person("anna", shifts=(EVENING, *[DAYTIME] * 6))
    assert judge((late_on_monday,), (item(),), chosen("bath", 0)) == {WeekRule.AT_WORK}
    assert judge((late_on_monday,), (item(),), chosen("bath", 1)) == set()


def test_a_day_has_only_so_many_minutes() -> None:
    short = replace(ANNA, contract=Contract(longest_day=60))
    items = (item("bath", times=1), item("walk", times=1))
    assert judge((short,), items, chosen("bath", 0), chosen("walk", 0)) == {WeekRule.FULL_DAY}
    assert judge((short,), items, chosen("bath", 0), chosen("walk", 1)) == set()


def test_a_week_has_only_so_many_minutes() -> None:
    part_time = replace(ANNA, contract=Contract(longest_week=60))
    assert judge((part_time,), (item(),), chosen("bath", 0), chosen("bath", 2)) == {
        WeekRule.LONGEST_WEEK
    }
    assert judge((part_time,), (item(),), chosen("bath", 0)) == set()


def test_a_late_evening_is_not_followed_by_an_early_morning() -> None:
    both = (chosen("bed", 0), chosen("up", 1))
    assert judge((LATE,), EARLY_AND_LATE, *both) == {WeekRule.REST}
    rested = replace(LATE, contract=Contract(least_rest=600))
    assert judge((rested,), EARLY_AND_LATE, *both) == set()


def test_a_late_sunday_is_not_followed_by_an_early_monday_of_the_next_week() -> None:
    late = (replace(EARLY_AND_LATE[0], days=frozenset({5, 6})),)
    anna = person("anna", shifts=(EVENING,) * 7)
    assert judge((replace(anna, resumes=480),), late, chosen("bed", 6)) == {WeekRule.REST}
    assert judge((replace(anna, resumes=480),), late, chosen("bed", 5)) == set()
    assert judge((replace(anna, resumes=900),), late, chosen("bed", 6)) == set()


def test_nobody_works_more_days_running_than_agreed() -> None:
    tired = replace(ANNA, ran=6)
    assert judge((tired,), (item(times=1),), chosen("bath", 0)) == {WeekRule.DAYS_RUNNING}
    assert judge((tired,), (item(times=1),), chosen("bath", 1)) == set()


def test_the_handbook_lists_every_rule_with_both_its_sentences() -> None:
    handbook = (Path(__file__).parents[4] / "docs" / "week.md").read_text(encoding="utf-8")
    for rule, (zh, en) in WORDING.items():
        assert f"| `{rule}` | {zh} | {en} |" in handbook


def test_every_rule_has_a_sentence_in_both_languages() -> None:
    assert set(WORDING) == set(WeekRule)
    assert all(zh and en for zh, en in WORDING.values())


@pytest.mark.parametrize(
    ("items", "people", "first"),
    [
        ((item(), item()), (ANNA,), 0),
        ((item(),), (ANNA, ANNA), 0),
        ((item(),), (ANNA,), 8),
        ((replace(item(), days=frozenset({7})),), (ANNA,), 0),
        ((replace(item(), window=(600, 500)),), (ANNA,), 0),
        ((replace(item(), staff=3),), (ANNA,), 0),
        ((replace(item(), apart=0),), (ANNA,), 0),
        ((item(),), (replace(ANNA, shifts=()),), 0),
    ],
)
def test_a_week_that_makes_no_sense_is_refused(
    items: tuple[WeeklyService, ...], people: tuple[Person, ...], first: int
) -> None:
    with pytest.raises(InvalidWeek):
        Week(items=items, people=people, first=first)
