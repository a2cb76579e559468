"""The compiled search: which places it looks at, and routes that swap what comes after a place."""

from dataclasses import replace

import numpy as np
import pytest

from bench.peers.answer import plan_of
from scheduler.model.problem import EBIKE, Caregiver, Load, Pin, Problem, Task, Window
from scheduler.solve import encode as encoding
from scheduler.solve.core.insert import attempt
from scheduler.solve.core.limits import within_limits
from scheduler.solve.core.longest import keeps_day
from scheduler.solve.core.places import list_open
from scheduler.solve.core.search import insert
from scheduler.solve.core.seek import seek
from scheduler.solve.core.tails import draw_tails, keeps_limits, swap_tails, tails_swap
from scheduler.solve.core.timing import leg, retime, undo, unlink
from scheduler.solve.core.types import AT_ONCE, HUGE, Data, State, allocate
from scheduler.solve.encode import encode
from scheduler.solve.lane import evaluate
from scheduler.solve.nearness import beside
from scheduler.solve.resume import resume
from tests.unit.scheduler.days import HOUR, MINUTE, day, person, shift, visit


def four(*changes: dict[str, object]) -> list[Task]:
    """Four visits an hour apart; each may be changed."""
    return [
        visit(f"v{n}", location=n + 1, **(changes[n] if n < len(changes) else {})) for n in range(4)
    ]


def routes(data: Data, state: State) -> list[list[int]]:
    rows = []
    for c in range(data.chains):
        row, o = [], int(state.op["nxt"][data.base + c])
        while o < data.base:
            row.append(o)
            o = int(state.op["nxt"][o])
        rows.append(row)
    return rows


def swapped(problem: Problem, a: int, p: int) -> tuple[Problem, State | None]:
    """Ann has v0 and v1, Ben v2 and v3; what follows a goes for p and what follows that."""
    encoded = encode(problem)
    ann, ben = problem.caregivers
    work = allocate(encoded.data, 1)
    state = resume(encoded, work, plan_of(problem, [(ann, 0, [0, 1]), (ben, 0, [2, 3])]))
    assert tails_swap(encoded.data)
    work.where[:2] = a, p
    if not swap_tails(encoded.data, state, work):
        assert routes(encoded.data, state) == [[0, 1], [2, 3]]
        return problem, None
    retime(encoded.data, state, work)
    return problem, state


@pytest.mark.parametrize(
    ("a", "p", "rows"),
    [
        (0, 3, [[0, 3], [2, 1]]),
        (0, 2, [[0, 2, 3], [1]]),
        (1, 3, [[0, 1, 3], [2]]),
        (1, 2, [[0, 1, 2, 3], []]),
    ],
)
def test_routes_that_swap_tails_are_as_if_they_had_been_so_from_the_start(
    a: int, p: int, rows: list[list[int]]
) -> None:
    problem, state = swapped(day(four(), [person("ann"), person("ben")]), a, p)
    assert state is not None
    encoded = encode(problem)
    ann, ben = problem.caregivers
    plan = plan_of(problem, [(ann, 0, rows[0]), (ben, 0, rows[1])])
    again = resume(encoded, allocate(encoded.data, 1), plan)
    assert routes(encoded.data, state) == routes(encoded.data, again) == rows
    assert evaluate(encoded.data, state) == evaluate(encoded.data, again)
    for name in ("start", "last", "free", "way", "came", "chain", "paid", "hot"):
        assert state.op[name].tolist() == again.op[name].tolist(), name
    assert state.service.tolist() == again.service.tolist()
    assert all(keeps_limits(encoded.data, state, c) for c in range(encoded.data.chains))


BEGUN = Pin(caregivers=(), start=9 * HOUR, started=True)


@pytest.mark.parametrize(
    ("tasks", "people"),
    [
        (four({}, {}, {}, {"skills": frozenset({"injection"})}), ("ben",)),
        (four({}, {"skills": frozenset({"injection"})}), ("ann",)),
        (four({}, {}, {}, {"load": Load(hot=2)}), ("ben",)),
    ],
)
def test_who_may_not_do_a_tail_or_cannot_carry_it_does_not_get_it(
    tasks: list[Task], people: tuple[str, ...]
) -> None:
    def able(name: str) -> Caregiver:
        one = person(name)
        if name not in people:
            return one
        return replace(one, skills=frozenset({"injection"}), capacity=replace(one.capacity, hot=2))

    _, state = swapped(day(tasks, [able("ann"), able("ben")]), 0, 3)
    assert state is None


def test_a_tail_that_would_come_too_late_is_not_drawn() -> None:
    nine, ten = (Window(start=h * HOUR, end=h * HOUR) for h in (9, 10))
    tasks = four({"window": nine}, {"window": ten}, {"window": nine}, {"window": ten})
    problem = day(tasks, [person("ann"), person("ben")])
    encoded = encode(problem)
    ann, ben = problem.caregivers
    work = allocate(encoded.data, 1)
    state = resume(encoded, work, plan_of(problem, [(ann, 0, [0, 1]), (ben, 0, [2, 3])]))
    drawn = set()
    for _ in range(500):
        if draw_tails(encoded.data, state, work, 1e9):
            drawn.add((int(work.where[0]), int(work.where[1])))
    # One at nine never follows one at ten, and two of the same hour never follow each other.
    assert drawn == {(0, 3), (2, 1)}


def test_a_longest_day_is_seen_after_a_swap() -> None:
    brief = replace(person("ann"), max_work=70 * MINUTE)
    problem, state = swapped(day(four(), [brief, person("ben")]), 1, 2)
    assert state is not None
    data = encode(problem).data
    assert not keeps_limits(data, state, 0)
    assert keeps_limits(data, state, 1)


def test_no_place_is_looked_at_that_the_windows_of_two_visits_forbid() -> None:
    early = Window(start=9 * HOUR, end=9 * HOUR)
    late = Window(start=11 * HOUR, end=11 * HOUR)
    tasks = [visit("early", window=early), visit("late", window=late), visit("any")]
    data = encode(day(tasks, [person("ann", shifts=(shift(),))])).data
    rows = [{int(x) for x in row if x >= 0} for row in beside(data)]
    behind, before = 0, 1
    assert 2 * 1 + before in rows[0]
    assert 2 * 1 + behind not in rows[0]
    assert 2 * 0 + behind in rows[1]
    assert 2 * 0 + before not in rows[1]
    assert {2 * 2 + behind, 2 * 2 + before} <= rows[1]
    assert {2 * 0 + behind, 2 * 1 + before} <= rows[2]


@pytest.mark.parametrize("seed", range(8))
def test_whether_a_longest_day_is_kept_is_told_at_once_as_by_counting(seed: int) -> None:
    rng = np.random.default_rng(seed)
    spans = [(9 * 60 + 30 * n, int(rng.integers(10, 150))) for n in range(5)] + [(600, 240)]
    tasks = [
        visit(
            f"v{n}",
            location=int(rng.integers(1, 12)),
            duration=int(rng.integers(5, 25)) * MINUTE,
            window=Window(start=ready * MINUTE, end=(ready + span) * MINUTE),
        )
        for n, (ready, span) in enumerate(spans)
    ]
    told = set()
    for minutes in range(100, 300, 10):
        ann = replace(person("ann"), max_work=minutes * MINUTE, max_riding=55 * MINUTE)
        encoded = encode(day(tasks, [ann]))
        data, work = encoded.data, allocate(encoded.data, 1)
        assert data.ch["special"][0] == AT_ONCE
        long = day(tasks, [replace(ann, max_work=None, max_riding=None)])
        plan = plan_of(long, [(long.caregivers[0], 0, [0, 1, 2, 3, 4])])
        state = resume(encode(long), allocate(data, 1), plan)
        work.touched[0] = True
        retime(data, state, work)
        for i in [data.base, *routes(data, state)[0]]:
            way, out = leg(data, state, 0, i, 5), leg(data, state, 0, 5, int(state.op["nxt"][i]))
            at_once = keeps_day(data, state, 0, i, 5, way, out)
            fits, _, _, logged = attempt(data, state, work, 5, i, 0, -1, -1, 0, HUGE)
            if fits:
                assert at_once == within_limits(data, state, 0)
                told.add(bool(at_once))
            undo(state, work, logged)
            unlink(state, 5)
    assert told == {True, False}


@pytest.mark.parametrize("seed", range(6))
def test_places_near_are_the_same_as_all_when_all_are_near(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a hilly town, where there and back differ; what is put in is as if built so."""
    monkeypatch.setattr(encoding, "MANY_UNITS", 1)
    rng = np.random.default_rng(seed)
    at, height = rng.uniform(0, 30, (30, 2)), rng.uniform(0, 8, 30)
    ways = np.linalg.norm(at[:, None] - at, axis=2) + np.maximum(0, height - height[:, None])
    tasks = [
        visit(
            f"v{n}",
            location=n + 2,
            window=Window(start=ready * MINUTE, end=(ready + 120) * MINUTE),
        )
        for n, ready in enumerate(rng.integers(480, 720, 24).tolist())
    ]
    people = [
        person(f"p{n}", shifts=(shift(origin=n % 2, destination=(n + 1) % 2),)) for n in range(4)
    ]
    problem = day(tasks, people, travel={EBIKE: np.ceil(ways * MINUTE).astype(np.int32)})
    data = encode(problem).data
    work = allocate(data, 1)
    state = resume(encode(problem), work, None)
    found = []
    for u in rng.permutation(data.units):
        list_open(data, state, work)
        best = []
        for most in (0, data.beside.shape[1]):
            seek(data, state, work, u, 0, 1e9, 0.0, most)
            best.append((work.where[0] >= 0, float(work.found[0])))
        assert best[0] == best[1]
        found.append(best[0][0])
        insert(data, state, work, u, 0, HUGE, 0.0, data.beside.shape[1])
    assert any(found)
    rows = routes(data, state)
    plan = plan_of(problem, [(who, 0, row) for who, row in zip(people, rows, strict=True)])
    again = resume(encode(problem), allocate(data, 1), plan)
    for name in ("start", "last", "free", "way", "came", "chain"):
        assert state.op[name].tolist() == again.op[name].tolist(), name
    assert evaluate(data, state) == evaluate(data, again)
