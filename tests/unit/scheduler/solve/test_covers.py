"""Days that hold some visits twice, brought down to holding each once."""

import numpy as np
import pytest

from bench.peers.answer import plan_of
from bench.schedule_days import meal_day
from scheduler.model.problem import Break, Problem, Window
from scheduler.solve.core.types import allocate
from scheduler.solve.covers import each_once, may_cover
from scheduler.solve.encode import Encoded, encode
from scheduler.solve.lane import evaluate
from scheduler.solve.merge import MergeLimits, merge
from scheduler.solve.pool import Column, Pool, assemble
from scheduler.solve.regions import points
from scheduler.solve.resume import resume
from tests.unit.scheduler.days import HOUR, day, person, shift, visit

VISITS, PEOPLE = 12, 4


def days_of(encoded: Encoded, problem: Problem, rows: list[list[int]]) -> list[Column]:
    """What the pool keeps of a plan: for each person the visits in order."""
    plan = plan_of(problem, [(p, 0, row) for p, row in zip(problem.caregivers, rows, strict=True)])
    state = resume(encoded, allocate(encoded.data, 1), plan)
    return Pool(encoded.data).days(state)


def town(seed: int, *, resting: bool) -> tuple[Problem, np.random.Generator]:
    rng = np.random.default_rng(seed)
    tasks = [visit(f"v{n}", location=int(rng.integers(1, 12))) for n in range(VISITS)]
    noon = Break(window=Window(start=9 * HOUR, end=11 * HOUR), duration=HOUR // 2)
    hours = shift(breaks=(noon,) if resting else ())
    return day(tasks, [person(f"p{n}", shifts=(hours,)) for n in range(PEOPLE)]), rng


@pytest.mark.parametrize("resting", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_each_visit_is_in_one_day_and_what_is_left_costs_no_more(seed: int, resting: bool) -> None:
    problem, rng = town(seed, resting=resting)
    encoded = encode(problem)
    data = encoded.data
    mixed = []
    for n in range(PEOPLE):
        who = rng.integers(0, PEOPLE, VISITS)
        rows = [rng.permutation(np.flatnonzero(who == p)).tolist() for p in range(PEOPLE)]
        mixed += [column for column in days_of(encoded, problem, rows) if column.person == n]
    found = each_once(data, mixed)
    ops = [o for column in found for o in column.ops]
    assert len(ops) == len(set(ops))
    assert set(ops) == {o for column in mixed for o in column.ops}
    assert sum(column.cost for column in found) <= sum(column.cost for column in mixed)
    assert evaluate(data, assemble(data, allocate(data, 1), found)) == pytest.approx(
        points(data, found)
    )


def test_a_visit_leaves_the_day_where_it_was_a_longer_way_round() -> None:
    problem = day([visit("a", location=1), visit("b", location=2), visit("c", location=9)],
                  [person("ann"), person("ben")])  # fmt: skip
    encoded = encode(problem)
    (near,) = days_of(encoded, problem, [[0, 1], []])
    (far,) = days_of(encoded, problem, [[], [1, 2]])
    found = {column.person: column.ops for column in each_once(encoded.data, [near, far])}
    both = [(0, 1), (2,)], [(0,), (1, 2)]
    costs = [
        sum(column.cost for column in days_of(encoded, problem, [list(row) for row in rows]))
        for rows in both
    ]
    assert [found[0], found[1]] == both[costs.index(min(costs))]


def test_days_that_overlap_are_chosen_together_where_none_fits_exactly() -> None:
    problem = day([visit(f"v{n}", location=n) for n in range(1, 4)],
                  [person("ann"), person("ben")])  # fmt: skip
    encoded = encode(problem)
    data = encoded.data
    left = days_of(encoded, problem, [[0, 1], []])
    right = days_of(encoded, problem, [[], [1, 2]])
    best = left
    limits = MergeLimits(seconds=5, threads=1, seed=1, repeatable=True)
    found = merge(data, [*left, *right], best, limits)
    assert sorted(o for column in found.columns for o in column.ops) == [0, 1, 2]
    assert found.bound is None


def test_days_that_grow_too_long_without_a_visit_are_refused() -> None:
    """Ways measured on roads need not be shorter without a stop."""
    problem = day([visit(f"v{n}", location=n + 1) for n in range(5)],
                  [person("ann"), person("ben")])  # fmt: skip
    encoded = encode(problem)
    ann = days_of(encoded, problem, [[0, 1, 2], []])
    ben = days_of(encoded, problem, [[], [3, 1, 4]])
    far = encoded.data.travel.copy()
    node = encoded.data.op["node"]
    far[node[0], node[2]] = far[node[3], node[4]] = 100_000
    assert each_once(encoded.data, [*ann, *ben])
    assert each_once(encoded.data._replace(travel=far), [*ann, *ben]) == ()


def test_only_days_in_which_nothing_hangs_on_a_visit_may_overlap() -> None:
    plain = day([visit("a")], [person("ann")])
    paired = day([visit("a", staff=2)], [person("ann"), person("ben")])
    assert may_cover(encode(plain).data)
    assert not any(may_cover(encode(each).data) for each in (paired, meal_day(4, 1, 1)))
