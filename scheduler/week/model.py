"""A week to be chosen: frozen, integers, minutes.

Days count from 0, the week's first; days before it are negative. Times are minutes of the local
day and may pass 1,440. What is fixed (a recurrence rule's days) is an item whose days are as many
as its times, so that it takes its share of everybody's time like all else. Nothing here knows a
solver.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NewType

from kernel.geo import Position
from scheduler.day.contracts import Contract

ItemId = NewType("ItemId", str)
ResidentId = NewType("ResidentId", str)
PersonId = NewType("PersonId", str)

DAYS: Final = 7
DAY_MIN: Final = 1_440
EVERY_DAY: Final = frozenset(range(DAYS))


class InvalidWeek(ValueError):  # noqa: N818 - a statement about the data, not a failure
    """The data contradict themselves; the message says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyService:
    """A service agreed so many times a week.

    Attributes:
        times: in the week, those already `kept` among them.
        days: on which it may be.
        apart: least days from one visit to the next; 1: any days, 2: not two days running.
        window: earliest and latest start.
        minutes: of each visit, for each of its staff.
        staff: 1, or 2 different people at once.
        skills: all that whoever comes must have.
        refused: who must not come.
        familiar: share in percent of the resident's recent visits by each person.
        price: points for each visit that is not placed.
        kept: days on which it was done or is promised, those shortly before the week (negative)
            and after it (7 and more) among them; they are facts and nobody's time is taken for
            them here.
        wanted: days chosen before; another day costs a little.
    """

    id: ItemId
    resident: ResidentId
    at: Position
    times: int
    minutes: int
    window: tuple[int, int]
    days: frozenset[int] = EVERY_DAY
    apart: int = 1
    staff: int = 1
    skills: frozenset[str] = frozenset()
    preferred: frozenset[PersonId] = frozenset()
    refused: frozenset[PersonId] = frozenset()
    familiar: Mapping[PersonId, int] = field(default_factory=dict)
    price: int = 10_000
    kept: frozenset[int] = frozenset()
    wanted: frozenset[int] = frozenset()

    @property
    def missing(self) -> int:
        """Visits the week still owes."""
        return max(0, self.times - sum(0 <= day < DAYS for day in self.kept))


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A caregiver's week.

    Attributes:
        shifts: for each day, from and to in order; none: not at work.
        skills: on any of the days.
        lapsed: of them, those that do not count on each day: a certificate is not valid.
        worked: minutes already worked or promised on each day.
        ran: days worked in a row up to the day before the week.
        resumes: latest start of their first visit on the day after the week, in minutes of that
            day. None: nothing is chosen for them there.
    """

    id: PersonId
    base: Position
    shifts: tuple[tuple[tuple[int, int], ...], ...]
    skills: frozenset[str] = frozenset()
    lapsed: tuple[frozenset[str], ...] = (frozenset(),) * DAYS
    contract: Contract = field(default_factory=Contract)
    worked: tuple[int, ...] = (0,) * DAYS
    ran: int = 0
    resumes: int | None = None

    def has(self, skills: frozenset[str], day: int) -> bool:
        """Whether all these skills count on a day."""
        return skills <= self.skills and skills.isdisjoint(self.lapsed[day])

    def room(self, day: int) -> int:
        """Minutes of work the day has, before anything is taken from it."""
        span = sum(end - start for start, end in self.shifts[day])
        longest = self.contract.longest_day
        return span if longest is None else min(span, longest)

    @property
    def week(self) -> int:
        """Minutes of work the week has."""
        total = sum(self.room(day) for day in range(DAYS))
        longest = self.contract.longest_week
        return total if longest is None else min(total, longest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """The problem.

    Attributes:
        first: first day that is still free; earlier ones are past or promised.
        travel: minutes under way that each visit is reckoned to cost.
    """

    items: tuple[WeeklyService, ...]
    people: tuple[Person, ...]
    first: int = 0
    travel: int = 10

    def __post_init__(self) -> None:
        """Refuse what no choice could make sense of.

        Raises:
            InvalidWeek: an id is used twice, a span is empty, a number is out of range.
        """
        _require(len({item.id for item in self.items}) == len(self.items), "an item is there twice")
        _require(
            len({who.id for who in self.people}) == len(self.people), "a person is there twice"
        )
        _require(0 <= self.first <= DAYS and self.travel >= 0, "first day or travel out of range")
        for item in self.items:
            _require(item.days <= EVERY_DAY, f"item {item.id}: no such day")
            _require(item.times >= 0 and item.apart >= 1, f"item {item.id}: times or days apart")
            _require(item.window[0] <= item.window[1], f"item {item.id}: its window is empty")
            _require(item.staff in {1, 2} and item.minutes > 0, f"item {item.id}: staff or minutes")
        for who in self.people:
            _require(
                len(who.shifts) == len(who.worked) == len(who.lapsed) == DAYS,
                f"{who.id}: not seven days",
            )


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Chosen:
    """One visit of the week: its day and who is to come (a suggestion to the day's plan)."""

    item: ItemId
    day: int
    people: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Visits of an item that have no place.

    Attributes:
        zh: why, and the smallest thing that would help, in Chinese.
        en: the same in English.
        reason: a key: "days", "skill", "refused", "shift", "full".
        remedy: a key: "another_day", "closer_days", "another_window", "more_minutes", "nobody".
    """

    item: ItemId
    visits: int
    reason: str
    remedy: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekChoice:
    """An answer to a `Week`.

    Attributes:
        bound: no choice of days costs less than this, in points.
        points: what the choice of days costs.
    """

    chosen: tuple[Chosen, ...]
    missing: tuple[Missing, ...] = ()
    points: int = 0
    bound: int = 0


def _require(holds: bool, message: str) -> None:  # noqa: FBT001 - reads as an assertion
    if not holds:
        raise InvalidWeek(message)


def fits(person: Person, day: int, window: tuple[int, int], minutes: int) -> tuple[int, int] | None:
    """Return the earliest end and the latest start of a visit in a person's shifts of a day.

    None: it fits into none of them.
    """
    return fits_into(person.shifts[day], window, minutes)


def fits_into(
    shifts: Sequence[tuple[int, int]], window: tuple[int, int], minutes: int
) -> tuple[int, int] | None:
    """Return the same for shifts of any day."""
    spans = [(max(start, window[0]), min(end - minutes, window[1])) for start, end in shifts]
    inside = [(first, last) for first, last in spans if first <= last]
    if not inside:
        return None
    return min(first for first, _ in inside) + minutes, max(last for _, last in inside)
