"""Choose a week's days and people with CP-SAT.

Days come first and people after, for every size: a model of both at once has a variable for each
visit, day and person, some millions in a large town, of which nearly all say the same. The days
are found by `week_days`, with a bound on what leaving visits out and uneven days must cost. Then
people: each visit has a few candidates (wanted, known, near), and a second model keeps faces few,
ways short and loads even under every rule of a person. It starts from a greedy choice, which is
what remains if time is short; a town of more than `BLOCK` residents goes neighbourhood by
neighbourhood, the others' people standing still. What finds no person on its day is at last tried
on all its days with everybody.

One seed gives one choice on one machine as long as the time is not what ends the search.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from ortools.sat.python import cp_model

from kernel.geo import distance_m
from scheduler.week.booking import Book, liking
from scheduler.week.choosing.days import Days, choose_days
from scheduler.week.choosing.search import (
    OnProgress,
    ProgressCallback,
    SearchLimits,
    ignore,
    solver,
)
from scheduler.week.explaining import explain
from scheduler.week.model import (
    DAY_MIN,
    DAYS,
    Chosen,
    ItemId,
    Missing,
    Person,
    PersonId,
    Week,
    WeekChoice,
    WeeklyService,
    fits,
)

CANDIDATES: Final = 6
"""People whom the model of people considers for each visit."""
BLOCK: Final = 500
"""Residents at most whose people are chosen at once; larger towns go block by block."""
_FACE: Final = 200
"""Points for each person a resident sees in the week."""
_M_A_POINT: Final = 20
_FAIR: Final = 5
"""Points for a percent between the fullest and the emptiest week."""

Teams = dict[tuple[ItemId, int], tuple[PersonId, ...]]


def choose(week: Week, limits: SearchLimits, on_progress: OnProgress = ignore) -> WeekChoice:
    """Return the week's visits with their days and people, and what has no place and why."""
    start = monotonic()
    near = _Nearness(week)
    days = choose_days(
        week, limits, limits.seconds * 0.2, ProgressCallback("days", start, on_progress)
    )
    greedy = _fill(week, near, days.days)
    teams = greedy
    parts = _neighbourhoods(week)
    for number, residents in enumerate(parts):
        left = limits.seconds * 0.9 - (monotonic() - start)
        told = ProgressCallback("people", start, on_progress)
        seconds = max(0.1, left / (len(parts) - number))
        teams = _choose_people(week, near, teams, residents, (limits, seconds, told))
    return _settle(week, near, teams, days)


class _Nearness:
    """Who would be sent to an item, best first."""

    def __init__(self, week: Week) -> None:
        self._week = week
        self._able: dict[tuple[frozenset[str], tuple[int, int], int], list[Person]] = {}
        self._order: dict[ItemId, list[Person]] = {}
        self._cost: dict[tuple[ItemId, PersonId], int] = {}

    def order(self, item: WeeklyService) -> list[Person]:
        """Return all who could ever come, the cheapest first."""
        if item.id not in self._order:
            able = [who for who in self._could(item) if who.id not in item.refused]
            self._order[item.id] = sorted(able, key=lambda who: (self.cost(item, who), who.id))
        return self._order[item.id]

    def cost(self, item: WeeklyService, who: Person) -> int:
        """Return the points of sending `who`."""
        key = (item.id, who.id)
        if key not in self._cost:
            way = int(distance_m(item.at, who.base)) // _M_A_POINT
            self._cost[key] = min(way, 2_000) + liking(item, who)
        return self._cost[key]

    def _could(self, item: WeeklyService) -> list[Person]:
        key = (item.skills, item.window, item.minutes)
        if key not in self._able:
            self._able[key] = [
                who
                for who in self._week.people
                if any(
                    who.has(item.skills, day) and fits(who, day, item.window, item.minutes)
                    for day in range(DAYS)
                )
            ]
        return self._able[key]


def _fill(week: Week, near: _Nearness, chosen: Mapping[ItemId, frozenset[int]]) -> Teams:
    """Fill a week greedily: dear and hard to place items first, on `chosen` days if possible."""
    book, teams = Book(week), Teams()
    busy = [0] * DAYS
    faces: defaultdict[str, list[Person]] = defaultdict(list)
    for item in sorted(week.items, key=lambda i: (-i.price, len(i.days) - i.times, i.id)):
        best = chosen.get(item.id, frozenset())
        for _ in range(item.missing):
            free = [day for day in item.days if book.may_be_on(item, day)]
            free.sort(key=lambda day: (day not in best, day not in item.wanted, busy[day], day))
            for day in free:
                seen = faces[item.resident]
                team = book.team(item, day, [*seen, *near.order(item)]) if seen else None
                if team is None or len(set(team)) < item.staff:
                    team = book.team(item, day, near.order(item))
                if team is None:
                    continue
                book.take(item, day, team)
                teams[item.id, day] = tuple(who.id for who in team)
                busy[day] += item.minutes * item.staff
                seen.extend(who for who in team if who not in seen)
                break
    return teams


@dataclass(slots=True)
class _Model:
    """The model of people while it is built."""

    model: Any
    goes: dict[tuple[ItemId, int, PersonId], Any]
    cost: list[Any]


def _neighbourhoods(week: Week) -> list[frozenset[str]]:
    """Cut the residents into neighbourhoods of at most `BLOCK` of about equal size."""
    at = {item.resident: item.at for item in week.items}
    blocks = [sorted(at)]
    while blocks and max(map(len, blocks)) > BLOCK:
        blocks.sort(key=len)
        widest = blocks.pop()
        lat = [at[one].lat for one in widest]
        lon = [at[one].lon for one in widest]
        tall = max(lat) - min(lat) > max(lon) - min(lon)
        widest.sort(key=lambda one: (at[one].lat if tall else at[one].lon, one))
        blocks += [widest[: len(widest) // 2], widest[len(widest) // 2 :]]
    return [frozenset(block) for block in blocks if block]


def _choose_people(
    week: Week,
    near: _Nearness,
    greedy: Teams,
    residents: frozenset[str],
    search: tuple[SearchLimits, float, ProgressCallback],
) -> Teams:
    """Choose people for the visits of `residents`; the teams of all others stay."""
    built = _Model(model=cp_model.CpModel(), goes={}, cost=[])
    items = {item.id: item for item in week.items}
    faces: defaultdict[tuple[str, PersonId], list[Any]] = defaultdict(list)
    hinted: dict[tuple[str, PersonId], bool] = {}
    for (item_id, day), team in greedy.items():
        item = items[item_id]
        if item.resident not in residents:
            built.goes |= {(item_id, day, who): built.model.new_constant(1) for who in team}
            continue
        for who in _candidates(week, near, item, day, team):
            goes = built.model.new_bool_var("")
            built.goes[item_id, day, who.id] = goes
            built.model.add_hint(goes, who.id in team)
            built.cost.append(near.cost(item, who) * goes)
            faces[item.resident, who.id].append(goes)
            seen = hinted.get((item.resident, who.id), False)
            hinted[item.resident, who.id] = seen or who.id in team
    by_visit: defaultdict[tuple[ItemId, int], list[Any]] = defaultdict(list)
    for (item_id, day, _), goes in built.goes.items():
        if items[item_id].resident in residents:
            by_visit[item_id, day].append(goes)
    for (item_id, _), going in by_visit.items():
        built.model.add(sum(going) == items[item_id].staff)
    for key, going in faces.items():
        face = built.model.new_bool_var("")
        built.model.add_max_equality(face, going)
        built.model.add_hint(face, hinted[key])
        built.cost.append(_FACE * face)
    _limits(week, items, built)
    built.model.minimize(sum(built.cost))
    limits, seconds, told = search
    engine = solver(limits, seconds)
    status = engine.solve(built.model, told)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return greedy
    return _read(engine, built)


def _read(engine: Any, built: _Model) -> Teams:
    teams: defaultdict[tuple[ItemId, int], list[PersonId]] = defaultdict(list)
    for (item_id, day, who_id), goes in built.goes.items():
        if engine.value(goes):
            teams[item_id, day].append(who_id)
    return {visit: tuple(sorted(team)) for visit, team in teams.items()}


def _candidates(
    week: Week, near: _Nearness, item: WeeklyService, day: int, team: Sequence[PersonId]
) -> list[Person]:
    there = [
        who
        for who in near.order(item)
        if who.has(item.skills, day) and fits(who, day, item.window, item.minutes)
    ]
    chosen = there[: CANDIDATES + item.staff - 1]
    return [*chosen, *(who for who in week.people if who.id in team and who not in chosen)]


def _limits(week: Week, items: Mapping[ItemId, WeeklyService], built: _Model) -> None:
    """Keep every rule of a person, and level the weeks."""
    model = built.model
    mine: defaultdict[PersonId, list[list[tuple[WeeklyService, Any]]]] = defaultdict(
        lambda: [[] for _ in range(DAYS)]
    )
    for (item_id, day, who_id), goes in built.goes.items():
        mine[who_id][day].append((items[item_id], goes))
    most = model.new_int_var(0, 200, "")
    least = model.new_int_var(0, 200, "")
    for who in week.people:
        days = mine[who.id]
        taken = [
            sum(goes * (item.minutes + week.travel) for item, goes in visits) for visits in days
        ]
        for day, visits in enumerate(days):
            if visits:
                model.add(taken[day] <= max(0, who.room(day) - who.worked[day]))
        total = sum(taken) + sum(who.worked)
        if any(days) and who.contract.longest_week is not None:
            model.add(sum(taken) <= max(0, who.contract.longest_week - sum(who.worked)))
        if any(days) and who.week > 0:
            model.add(100 * total <= most * who.week)
            model.add(100 * total >= (least - 1) * who.week)
        _rest(model, who, days)
        _running(model, who, days)
    model.add(least <= most)
    built.cost.append(_FAIR * (most - least))


def _rest(model: Any, who: Person, days: Sequence[list[tuple[WeeklyService, Any]]]) -> None:
    """No late visit before an early one: a bool for each bound between them."""
    for day in range(DAYS - 1):
        late = [(_span(who, day, item)[0], goes) for item, goes in days[day]]
        early = [(_span(who, day + 1, item)[1], goes) for item, goes in days[day + 1]]
        for end in sorted({end for end, _ in late}):
            clash = [g for s, g in early if DAY_MIN + s - end < who.contract.least_rest]
            if not clash:
                continue
            is_late = model.new_bool_var("")
            for other, goes in late:
                if other == end:
                    model.add_implication(goes, is_late)
            for goes in clash:
                model.add_implication(is_late, ~goes)
    if who.resumes is None:
        return
    for item, goes in days[DAYS - 1]:
        end, _ = _span(who, DAYS - 1, item)
        if DAY_MIN + who.resumes - end < who.contract.least_rest:
            model.add(goes == 0)


def _span(who: Person, day: int, item: WeeklyService) -> tuple[int, int]:
    span = fits(who, day, item.window, item.minutes)
    return (0, DAY_MIN) if span is None else span


def _running(model: Any, who: Person, days: Sequence[list[tuple[WeeklyService, Any]]]) -> None:
    """At most so many days in a row, those before the week counted."""
    most = who.contract.most_days_running
    if who.ran + sum(bool(v) or bool(who.worked[d]) for d, v in enumerate(days)) <= most:
        return
    works: list[Any] = [1] * who.ran
    for day, visits in enumerate(days):
        if who.worked[day] or not visits:
            works.append(int(bool(who.worked[day])))
            continue
        at_work = model.new_bool_var("")
        for _, goes in visits:
            model.add_implication(goes, at_work)
        works.append(at_work)
    for first in range(len(works) - most):
        span = works[first : first + most + 1]
        if any(not isinstance(one, int) for one in span):
            model.add(sum(span) <= max(most, sum(one for one in span if isinstance(one, int))))


def _settle(week: Week, near: _Nearness, teams: Teams, days: Days) -> WeekChoice:
    """Write the teams down, try what is missing with everybody, and explain the rest."""
    book = Book(week)
    chosen: list[Chosen] = []
    for item in week.items:
        for day in range(DAYS):
            team = [book.people[who] for who in teams.get((item.id, day), ())]
            if team and all(book.obstacle(item, day, who) is None for who in team):
                book.take(item, day, team)
                chosen.append(Chosen(item=item.id, day=day, people=tuple(w.id for w in team)))
    missing: list[Missing] = []
    for item in sorted(week.items, key=lambda one: (-one.price, one.id)):
        for _ in range(item.missing - len(book.days[item.id])):
            for day in sorted(item.days):
                found = book.may_be_on(item, day) and book.team(item, day, near.order(item))
                if found:
                    book.take(item, day, found)
                    chosen.append(Chosen(item=item.id, day=day, people=tuple(w.id for w in found)))
                    break
    for item in week.items:
        short = item.missing - len(book.days[item.id])
        if short > 0:
            missing.append(explain(week, book, item, short))
    return WeekChoice(
        chosen=tuple(sorted(chosen)),
        missing=tuple(missing),
        points=days.points,
        bound=days.bound,
    )
