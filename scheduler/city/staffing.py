"""Gives every caregiver to a part: near ones first, then so that every part has its skills (pure).

Necessary, not sufficient: that hours and skills suffice in sum says nothing about windows. What
stays short is reported and is first in line when neighbours trade.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scheduler.city.model import City, Points, Shortage
from scheduler.model.problem import Caregiver, CaregiverId

CELL_M: Final = 500
"""Visits in one square count as one place when people are matched with parts."""
ROOM: Final = 1.2
"""Hours wanted for each hour of service, when the city has as many: people travel, too."""

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


def staff(
    city: City, parts: Sequence[Sequence[int]], bound: Mapping[CaregiverId, int], most: int
) -> list[list[int]]:
    """Return the numbers of each part's caregivers.

    Args:
        city: the day.
        parts: numbers of each part's tasks.
        bound: part of those whom pinned tasks bind.
        most: caregivers of a part, if that can be helped.
    """
    people = city.problem.caregivers
    apart = _distances(city, parts)
    chosen = np.array([_nearest(apart[n]) for n in range(len(people))], dtype=np.int64)
    free = np.ones(len(people), dtype=np.bool_)
    for n, person in enumerate(people):
        if person.id in bound:
            chosen[n], free[n] = bound[person.id], False
    skills = _skills(city)
    has, needs = _has(people, skills), _needs(city, parts, skills)
    _spread(chosen, free, apart, most)
    _balance(chosen, free, apart, (has, needs), most)
    return [[int(n) for n in np.flatnonzero(chosen == part)] for part in range(len(parts))]


def shortages(
    city: City, parts: Sequence[Sequence[int]], staffed: Sequence[Sequence[int]]
) -> list[tuple[Shortage, ...]]:
    """Return what each part is short of, even if nobody had to travel."""
    skills = _skills(city)
    has, needs = _has(city.problem.caregivers, skills), _needs(city, parts, skills)
    found = []
    for part, people in enumerate(staffed):
        missing = needs[part] - has[list(people)].sum(axis=0)
        found.append(
            tuple(
                Shortage(skill=skill, seconds=int(seconds))
                for skill, seconds in zip((None, *skills), missing, strict=True)
                if seconds > 0
            )
        )
    return found


def _nearest(row: Floats) -> int:
    return int(row.argmin())


def _skills(city: City) -> list[str]:
    return sorted({skill for task in city.problem.tasks for skill in task.skills})


def _has(people: Sequence[Caregiver], skills: Sequence[str]) -> Counts:
    """Seconds at work by caregiver: of any kind, then of each skill."""
    table = np.zeros((len(people), len(skills) + 1), dtype=np.int64)
    column = {skill: n for n, skill in enumerate(skills, start=1)}
    for n, person in enumerate(people):
        seconds = sum(shift.window.end - shift.window.start for shift in person.shifts)
        table[n, [0, *(column[skill] for skill in person.skills if skill in column)]] = seconds
    return table


def _needs(city: City, parts: Sequence[Sequence[int]], skills: Sequence[str]) -> Counts:
    """Seconds of service by part: of any kind, then of each skill."""
    table = np.zeros((len(parts), len(skills) + 1), dtype=np.int64)
    column = {skill: n for n, skill in enumerate(skills, start=1)}
    for part, numbers in enumerate(parts):
        for n in numbers:
            task = city.problem.tasks[n]
            table[part, [0, *(column[skill] for skill in task.skills)]] += (
                task.duration * task.staff
            )
    return table


def _distances(city: City, parts: Sequence[Sequence[int]]) -> Floats:
    """Metres from where each caregiver starts to the nearest square of each part with a visit."""
    points, people = city.points, city.problem.caregivers
    starts = [person.shifts[0].origin if person.shifts else 0 for person in people]
    homes: Points = points[starts] if len(points) else np.zeros((0, 2))
    found = np.full((len(people), len(parts)), np.inf)
    for part, numbers in enumerate(parts):
        places = points[[city.problem.tasks[n].location for n in numbers]]
        for x, y in np.unique(np.floor(places / CELL_M), axis=0) * CELL_M + CELL_M / 2:
            square = (homes[:, 0] - x) ** 2 + (homes[:, 1] - y) ** 2
            np.minimum(found[:, part], square, out=found[:, part])
    np.sqrt(found, out=found)
    return found


def _spread(chosen: Counts, free: NDArray[np.bool_], apart: Floats, most: int) -> None:
    """Let the parts with too many people give to the nearest that have room."""
    counts = np.bincount(chosen, minlength=apart.shape[1])
    while (counts > most).any() and (counts < most).any():
        crowded = int(counts.argmax())
        movable = np.flatnonzero(free & (chosen == crowded))
        if not len(movable):
            return
        room = np.flatnonzero(counts < most)
        further = apart[np.ix_(movable, room)] - apart[movable, crowded][:, None]
        who, where = np.unravel_index(int(further.argmin()), further.shape)
        chosen[movable[who]] = room[where]
        counts[crowded] -= 1
        counts[room[where]] += 1


def _balance(
    chosen: Counts,
    free: NDArray[np.bool_],
    apart: Floats,
    table: tuple[Counts, Counts],
    most: int,
) -> None:
    """Move the nearest who can be spared to the part that is shortest of a skill, again and again.

    A part never gives what it needs itself, so what is short only falls and this ends.
    """
    has, needs = table
    supply = np.zeros_like(needs)
    np.add.at(supply, chosen, has)
    share = supply.sum(axis=0) / np.maximum(1, needs.sum(axis=0))
    goal = (needs * np.minimum(ROOM, share)).astype(np.int64)
    counts = np.bincount(chosen, minlength=len(needs))
    hopeless = np.zeros(needs.shape, dtype=np.bool_)
    while True:
        short = np.where(hopeless, 0.0, (goal - supply) / np.maximum(1, goal))
        part, skill = (int(n) for n in np.unravel_index(int(short.argmax()), short.shape))
        if short[part, skill] <= 0:
            return
        able = free & (chosen != part) & (has[:, skill] > 0)
        movable = np.flatnonzero(able)
        spared = (supply[chosen[movable]] - has[movable] >= goal[chosen[movable]]) | (
            has[movable] == 0
        )
        movable = movable[spared.all(axis=1)]
        if counts[part] >= most or not len(movable):
            hopeless[part, skill] = True
            continue
        further = apart[movable, part] - apart[movable, chosen[movable]]
        who = int(movable[int(further.argmin())])
        supply[chosen[who]] -= has[who]
        counts[chosen[who]] -= 1
        chosen[who] = part
        supply[part] += has[who]
        counts[part] += 1
