"""Whether a choice of days and people keeps the rules of a week (pure); knows no solver."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from scheduler.week.model import (
    DAY_MIN,
    DAYS,
    Chosen,
    ItemId,
    Person,
    PersonId,
    Week,
    WeekChoice,
    WeeklyService,
    fits,
)


class WeekRule(StrEnum):
    """A rule's name; shown by key, so never renamed."""

    WEEK_SHAPE = "week_shape"
    TIMES = "times"
    PAST = "past"
    ALLOWED_DAY = "allowed_day"
    DAYS_APART = "days_apart"
    WEEK_STAFF = "week_staff"
    WEEK_SKILL = "week_skill"
    WEEK_REFUSED = "week_refused"
    AT_WORK = "at_work"
    FULL_DAY = "full_day"
    LONGEST_WEEK = "longest_week"
    REST = "rest"
    DAYS_RUNNING = "days_running"


WORDING: Final[Mapping[WeekRule, tuple[str, str]]] = {
    WeekRule.WEEK_SHAPE: (
        "只安排已知的服务和人员，同一服务每天最多一次。",
        "Only known services and people are chosen, a service at most once a day.",
    ),
    WeekRule.TIMES: (
        "每项服务每周安排约定的次数，其余列入未安排。",
        "Each service is done as often a week as agreed, or listed as not placed.",
    ),
    WeekRule.PAST: ("已过去或已承诺的日子不再改动。", "Days past or promised stay as they are."),
    WeekRule.ALLOWED_DAY: (
        "只安排在允许的日子。",
        "A service is only on days on which it may be.",
    ),
    WeekRule.DAYS_APART: (
        "两次服务之间相隔约定的天数。",
        "Two visits of a service are as many days apart as agreed.",
    ),
    WeekRule.WEEK_STAFF: (
        "人数与所需一致，且互不相同。",
        "As many different people are chosen as the service needs.",
    ),
    WeekRule.WEEK_SKILL: ("人员具备所需资质。", "Whoever is chosen has the skills needed."),
    WeekRule.WEEK_REFUSED: ("不选老人拒绝的人员。", "Nobody is chosen whom the resident refused."),
    WeekRule.AT_WORK: (
        "服务能在人员的班次内、允许的时间段开始并完成。",
        "The visit fits into a shift and its time window.",
    ),
    WeekRule.FULL_DAY: (
        "一天的工作不超过班次与合同的最长工时。",
        "A day's work is no longer than the shifts and the contract allow.",
    ),
    WeekRule.LONGEST_WEEK: (
        "一周的工作不超过合同的最长工时。",
        "A week's work is no longer than the contract allows.",
    ),
    WeekRule.REST: (
        "前一天结束到次日开始有足够的休息。",
        "Between the end of a day and the start of the next there is rest enough.",
    ),
    WeekRule.DAYS_RUNNING: (
        "连续工作的天数不超过上限。",
        "Nobody works more days in a row than the contract allows.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A rule that a choice breaks, and where."""

    rule: WeekRule
    subject: str
    day: int | None = None


def broken(week: Week, choice: WeekChoice) -> list[Broken]:
    """Return every rule that `choice` breaks; none: it may be published."""
    items = {item.id: item for item in week.items}
    people = {who.id: who for who in week.people}
    seen = Counter((one.item, one.day) for one in choice.chosen)
    shape = [
        Broken(rule=WeekRule.WEEK_SHAPE, subject=one.item, day=one.day)
        for one in choice.chosen
        if one.item not in items
        or not people.keys() >= set(one.people)
        or not 0 <= one.day < DAYS
        or seen[one.item, one.day] > 1
    ]
    if shape:
        return shape
    return [
        *_times(week, choice),
        *(found for one in choice.chosen for found in _visit(week, one, items[one.item], people)),
        *_people(week, choice, items),
    ]


def _times(week: Week, choice: WeekChoice) -> Iterator[Broken]:
    days: defaultdict[str, list[int]] = defaultdict(list)
    for one in choice.chosen:
        days[one.item].append(one.day)
    missing = {gap.item: gap.visits for gap in choice.missing}
    for item in week.items:
        if len(days[item.id]) + missing.get(item.id, 0) != item.missing:
            yield Broken(rule=WeekRule.TIMES, subject=item.id)
        for day in days[item.id]:
            others = [*item.kept, *(other for other in days[item.id] if other != day)]
            if day in item.kept or any(0 < day - other < item.apart for other in others):
                yield Broken(rule=WeekRule.DAYS_APART, subject=item.id, day=day)
            if any(0 < other - day < item.apart for other in item.kept):
                yield Broken(rule=WeekRule.DAYS_APART, subject=item.id, day=day)


def _visit(
    week: Week, one: Chosen, item: WeeklyService, people: Mapping[PersonId, Person]
) -> Iterator[Broken]:
    def says(rule: WeekRule) -> Broken:
        return Broken(rule=rule, subject=item.id, day=one.day)

    if one.day < week.first:
        yield says(WeekRule.PAST)
    if one.day not in item.days:
        yield says(WeekRule.ALLOWED_DAY)
    if len(set(one.people)) != item.staff or len(one.people) != item.staff:
        yield says(WeekRule.WEEK_STAFF)
    for who in one.people:
        if not people[who].has(item.skills, one.day):
            yield says(WeekRule.WEEK_SKILL)
        if who in item.refused:
            yield says(WeekRule.WEEK_REFUSED)
        if fits(people[who], one.day, item.window, item.minutes) is None:
            yield says(WeekRule.AT_WORK)


def _people(
    week: Week, choice: WeekChoice, items: Mapping[ItemId, WeeklyService]
) -> Iterator[Broken]:
    minutes: Counter[tuple[PersonId, int]] = Counter()
    spans: defaultdict[tuple[PersonId, int], list[tuple[int, int]]] = defaultdict(list)
    people = {who.id: who for who in week.people}
    for one in choice.chosen:
        item = items[one.item]
        for who in one.people:
            minutes[who, one.day] += item.minutes + week.travel
            span = fits(people[who], one.day, item.window, item.minutes)
            if span is not None:
                spans[who, one.day].append(span)
    for somebody in week.people:
        taken = [minutes[somebody.id, day] for day in range(DAYS)]
        yield from _hours(somebody, taken)
        for day in range(DAYS):
            ends = [end for end, _ in spans[somebody.id, day]]
            starts = [start for _, start in spans[somebody.id, day + 1]]
            if day == DAYS - 1 and somebody.resumes is not None:
                starts = [somebody.resumes]
            if ends and starts and DAY_MIN + min(starts) - max(ends) < somebody.contract.least_rest:
                yield Broken(rule=WeekRule.REST, subject=somebody.id, day=day + 1)


def _hours(who: Person, taken: list[int]) -> Iterator[Broken]:
    longest = who.contract.longest_week
    for day, minutes in enumerate(taken):
        if minutes and minutes + who.worked[day] > who.room(day):
            yield Broken(rule=WeekRule.FULL_DAY, subject=who.id, day=day)
    at_work = [minutes + who.worked[day] > 0 for day, minutes in enumerate(taken)]
    for day in range(DAYS):
        first, last = day, day
        while first > 0 and at_work[first - 1]:
            first -= 1
        while last < DAYS - 1 and at_work[last + 1]:
            last += 1
        run = last - first + 1 + (who.ran if first == 0 else 0)
        if taken[day] and not who.worked[day] and run > who.contract.most_days_running:
            yield Broken(rule=WeekRule.DAYS_RUNNING, subject=who.id, day=day)
    if longest is not None and any(taken) and sum(taken) + sum(who.worked) > longest:
        yield Broken(rule=WeekRule.LONGEST_WEEK, subject=who.id)
