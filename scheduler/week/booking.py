"""Who still has room on which day, while a week is being filled (pure).

A book takes visits one by one and never one that breaks a rule of a person. The greedy choice, the
mending after the solver and the reasons for what has no place all ask it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from scheduler.week.model import DAY_MIN, DAYS, ItemId, Person, PersonId, Week, WeeklyService, fits

Span = tuple[int, int]
"""Earliest end and latest start of a visit, in minutes of its day."""

_STRANGER: Final = 300
_LESS_WANTED: Final = 600


class Obstacle(IntEnum):
    """What keeps a person from a visit, the farthest from a remedy first."""

    SKILL = 0
    REFUSED = 1
    SHIFT = 2
    RUNNING = 3
    REST = 4
    FULL = 5


@dataclass(slots=True)
class _Taken:
    minutes: list[int]
    spans: list[list[Span]] = field(default_factory=lambda: [[] for _ in range(DAYS)])


class Book:
    """A week as far as it is filled."""

    def __init__(self, week: Week) -> None:
        self._week = week
        self._taken = {who.id: _Taken(list(who.worked)) for who in week.people}
        self.people = {who.id: who for who in week.people}
        self.days: dict[ItemId, set[int]] = {item.id: set() for item in week.items}

    def may_be_on(self, item: WeeklyService, day: int, *, apart: int | None = None) -> bool:
        """Whether the item's other visits leave the day to it."""
        gap = item.apart if apart is None else apart
        others = item.kept | self.days[item.id]
        return day >= self._week.first and all(abs(day - other) >= gap for other in others)

    def obstacle(
        self, item: WeeklyService, day: int, who: Person, window: tuple[int, int] | None = None
    ) -> Obstacle | None:
        """Return what keeps `who` from a visit on `day`, or None."""
        if not who.has(item.skills, day):
            return Obstacle.SKILL
        if who.id in item.refused:
            return Obstacle.REFUSED
        span = fits(who, day, window or item.window, item.minutes)
        if span is None:
            return Obstacle.SHIFT
        taken = self._taken[who.id]
        if not taken.minutes[day] and self._run(who, day) > who.contract.most_days_running:
            return Obstacle.RUNNING
        if self._rest(who, day, span) < who.contract.least_rest:
            return Obstacle.REST
        return Obstacle.FULL if self.over(item, day, who) > 0 else None

    def over(self, item: WeeklyService, day: int, who: Person) -> int:
        """Return by how many minutes a visit on `day` would be more than `who` may work."""
        taken = self._taken[who.id].minutes
        more = item.minutes + self._week.travel
        longest = who.contract.longest_week
        past_day = taken[day] + more - who.room(day)
        past_week = -1 if longest is None else sum(taken) + more - longest
        return max(past_day, past_week)

    def _run(self, who: Person, day: int) -> int:
        minutes = self._taken[who.id].minutes
        first, last = day, day
        while first > 0 and minutes[first - 1]:
            first -= 1
        while last < DAYS - 1 and minutes[last + 1]:
            last += 1
        return last - first + 1 + (who.ran if first == 0 else 0)

    def _rest(self, who: Person, day: int, span: Span) -> int:
        spans = self._taken[who.id].spans
        before = [end for end, _ in spans[day - 1]] if day > 0 else []
        after = [start for _, start in spans[day + 1]] if day < DAYS - 1 else _resumes(who)
        return min(
            [
                DAY_MIN,
                *(DAY_MIN + span[1] - end for end in before),
                *(DAY_MIN + start - span[0] for start in after),
            ]
        )

    def take(self, item: WeeklyService, day: int, people: Iterable[Person]) -> None:
        """Write a visit down."""
        self.days[item.id].add(day)
        for who in people:
            span = fits(who, day, item.window, item.minutes)
            taken = self._taken[who.id]
            taken.minutes[day] += item.minutes + self._week.travel
            if span is not None:
                taken.spans[day].append(span)

    def team(
        self,
        item: WeeklyService,
        day: int,
        candidates: Sequence[Person],
        window: tuple[int, int] | None = None,
    ) -> tuple[Person, ...] | None:
        """Return the best people who have room, as many as the item needs; None: too few."""
        found: list[Person] = []
        for who in candidates:
            if self.obstacle(item, day, who, window) is None:
                found.append(who)
                if len(found) == item.staff:
                    return tuple(found)
        return None

    def load(self, who: PersonId) -> int:
        """Return the minutes taken from somebody's week."""
        return sum(self._taken[who].minutes)


def _resumes(who: Person) -> list[int]:
    return [] if who.resumes is None else [who.resumes]


def liking(item: WeeklyService, who: Person) -> int:
    """Return the points it costs that this person comes, but for the way: 0 to 900."""
    stranger = _STRANGER - 3 * item.familiar.get(who.id, 0) if item.familiar else 0
    return stranger + (_LESS_WANTED if item.preferred and who.id not in item.preferred else 0)
