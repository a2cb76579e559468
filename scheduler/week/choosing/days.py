"""Which days each item of a week gets: counts of items alike, by the pattern of their days.

Items that agree in all that matters for days (times, length, skills, price) are one class, and a
class has a whole number of items for each pattern of days: Monday and Thursday so many, Tuesday
and Friday so many. A town of thousands is some hundred numbers then, and the best choice is proved
in a second. People are pools here: minutes of all who have the skills, on a day and in a part of
it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any, Final

from ortools.sat.python import cp_model

from scheduler.week.choosing.search import ProgressCallback, SearchLimits, solver
from scheduler.week.model import DAYS, ItemId, Week, WeeklyService

FILL: Final = 90
"""Percent of a pool's minutes that is used: windows and ways leave gaps."""
_PARTS: Final = ((0, 2_880), (0, 720), (720, 1_020), (1_020, 2_880))
_MOVED: Final = 50
_EVEN: Final = 1
"""Points for a minute of the fullest day."""
_OVER: Final = 20
"""Points for a minute more than a pool has."""

Pattern = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The days of each item, what they cost and what they must cost at least."""

    days: Mapping[ItemId, frozenset[int]]
    points: int = 0
    bound: int = 0


def choose_days(week: Week, limits: SearchLimits, seconds: float, told: ProgressCallback) -> Days:
    """Return the best days found; no days at all if none were found in time."""
    classes = _classes(week)
    model: Any = cp_model.CpModel()
    cost: list[Any] = []
    counts: list[dict[Pattern, Any]] = []
    for alike in classes:
        item = alike[0]
        if _is_fixed(week, item):
            counts.append(_each_day(week, model, alike, cost))
            continue
        full = 0
        count: dict[Pattern, Any] = {
            pattern: model.new_int_var(0, len(alike), "") for pattern in patterns(week, item)
        }
        model.add(sum(count.values()) == len(alike))
        for number, (pattern, chosen) in enumerate(count.items()):
            moved = sum(bool(item.wanted) and day not in item.wanted for day in pattern)
            points = _MOVED * moved + item.price * (item.missing - len(pattern))
            if points:
                cost.append(points * chosen)
            full = max(full, number + 1 if len(pattern) == item.missing else 1)
        for number, chosen in enumerate(count.values()):  # spread over those with all visits
            more = number < full and number < len(alike) % full
            model.add_hint(chosen, len(alike) // full + more if number < full else 0)
        counts.append(count)
    _pools(week, model, list(zip([alike[0] for alike in classes], counts, strict=True)), cost)
    model.minimize(sum(cost))
    engine = solver(limits, seconds)
    status = engine.solve(model, told)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return Days(days={})
    found: dict[ItemId, frozenset[int]] = {}
    for alike, count in zip(classes, counts, strict=True):
        values = {pattern: engine.value(number) for pattern, number in count.items()}
        if _is_fixed(week, alike[0]):
            for place, item in enumerate(alike):
                found[item.id] = frozenset(day for (day,), n in values.items() if place < n)
            continue
        spread = [pattern for pattern, number in values.items() for _ in range(number)]
        found |= {item.id: frozenset(pattern) for item, pattern in zip(alike, spread, strict=True)}
    return Days(
        days=found,
        points=round(engine.objective_value),
        bound=round(engine.best_objective_bound),
    )


def _free(week: Week, item: WeeklyService) -> list[int]:
    return [
        day
        for day in sorted(item.days)
        if day >= week.first and all(abs(day - other) >= item.apart for other in item.kept)
    ]


def _is_fixed(week: Week, item: WeeklyService) -> bool:
    """Whether there is nothing to choose: a visit on every day there is."""
    return item.apart == 1 and item.missing >= len(_free(week, item))


def _each_day(
    week: Week, model: Any, alike: Sequence[WeeklyService], cost: list[Any]
) -> dict[Pattern, Any]:
    """Count days that do not hang on one another: seven numbers instead of 128 patterns."""
    item, free = alike[0], _free(week, alike[0])
    count: dict[Pattern, Any] = {(day,): model.new_int_var(0, len(alike), "") for day in free}
    for chosen in count.values():
        model.add_hint(chosen, len(alike))
        cost.append(item.price * (len(alike) - chosen))
    cost.append(item.price * len(alike) * (item.missing - len(free)))
    return count


def patterns(week: Week, item: WeeklyService) -> Iterator[Pattern]:
    """Yield the sets of days an item may have, as many as it misses or fewer."""
    free = _free(week, item)
    for size in range(min(item.missing, len(free)), -1, -1):
        for days in combinations(free, size):
            if all(b - a >= item.apart for a, b in pairwise(days)):
                yield days


def _classes(week: Week) -> list[list[WeeklyService]]:
    alike: defaultdict[object, list[WeeklyService]] = defaultdict(list)
    for item in week.items:
        key = (
            item.missing,
            frozenset(day for day in item.days if day >= week.first),
            item.apart,
            # Visits farther away keep no day from being chosen; each resident's are different.
            frozenset(
                day
                for day in item.kept
                if week.first - day < item.apart and day - DAYS + 1 < item.apart
            ),
            item.wanted,
            item.window,
            item.minutes,
            item.staff,
            item.skills,
            item.price,
        )
        alike[key].append(item)
    return list(alike.values())


def _pools(
    week: Week,
    model: Any,
    classes: Sequence[tuple[WeeklyService, dict[Pattern, Any]]],
    cost: list[Any],
) -> None:
    """Bound each pool's minutes, and level the days."""
    fullest = model.new_int_var(0, 100_000_000, "")
    asked_for: set[frozenset[str]] = {item.skills for item, _ in classes} | {frozenset()}
    for skills in asked_for:
        for part in _PARTS:
            asking = [
                (item, count)
                for item, count in classes
                if item.skills >= skills and _inside(item, part)
            ]
            for day in range(week.first, DAYS):
                taken = [
                    number * ((item.minutes + week.travel) * item.staff)
                    for item, count in asking
                    for pattern, number in count.items()
                    if day in pattern
                ]
                if not taken:
                    continue
                over = model.new_int_var(0, 100_000_000, "")
                room = _room(week, skills, part, day) * FILL // 100
                model.add(sum(taken) <= room + over)
                cost.append(_OVER * over)
                if not skills and part == _PARTS[0]:
                    model.add(sum(taken) <= fullest)
    cost.append(_EVEN * fullest)


def _inside(item: WeeklyService, part: tuple[int, int]) -> bool:
    return part[0] <= item.window[0] and item.window[1] + item.minutes <= part[1]


def _room(week: Week, skills: frozenset[str], part: tuple[int, int], day: int) -> int:
    return sum(
        min(
            max(0, who.room(day) - who.worked[day]),
            sum(max(0, min(end, part[1]) - max(start, part[0])) for start, end in who.shifts[day]),
        )
        for who in week.people
        if who.has(skills, day)
    )
