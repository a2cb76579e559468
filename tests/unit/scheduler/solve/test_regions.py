"""Remembered days recombined region by region."""

from collections.abc import Sequence

import numpy as np
import pytest

from bench.peers.answer import plan_of
from scheduler.model.problem import Problem
from scheduler.solve import regions
from scheduler.solve.core.types import Data, allocate
from scheduler.solve.encode import Encoded, encode
from scheduler.solve.lane import evaluate
from scheduler.solve.merge import Merged, MergeLimits, merge
from scheduler.solve.pool import Column, Pool, assemble
from scheduler.solve.regions import points, recombine, region, words
from scheduler.solve.resume import resume
from tests.unit.scheduler.days import day, person, visit

VISITS, PEOPLE = 14, 5

EFFORT = MergeLimits(seconds=5, threads=1, seed=1, repeatable=True)


def remembered(seed: int) -> tuple[Encoded, list[Column], list[Column]]:
    """A problem, the days of eight plans of it made at random, and those of the last one."""
    rng = np.random.default_rng(seed)
    problem: Problem = day(
        [visit(f"v{n}", location=int(rng.integers(1, 12))) for n in range(VISITS)],
        [person(f"p{n}") for n in range(PEOPLE)],
    )
    encoded = encode(problem)
    pool = Pool(encoded.data)
    for _ in range(8):
        who = rng.integers(0, PEOPLE, VISITS)
        rows = [
            (someone, 0, rng.permutation(np.flatnonzero(who == p)).tolist())
            for p, someone in enumerate(problem.caregivers)
        ]
        state = resume(encoded, allocate(encoded.data, 1), plan_of(problem, rows))
        pool.harvest(state)
    return encoded, list(pool.columns.values()), pool.days(state)


def choose(data: Data, columns: Sequence[Column], best: Sequence[Column]) -> Merged:
    return recombine(data, columns, best, EFFORT)


@pytest.mark.parametrize("seed", range(6))
def test_one_region_of_all_days_chooses_what_a_merge_of_all_chooses(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.solve.merge.may_cover", lambda _: False)
    encoded, columns, best = remembered(seed)
    found = choose(encoded.data, columns, best)
    exact = merge(encoded.data, columns, best, EFFORT)
    assert points(encoded.data, found.columns) == points(encoded.data, exact.columns)


@pytest.mark.parametrize("seed", range(6))
def test_small_regions_never_make_it_worse_and_what_they_choose_can_be_done(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regions, "MOST_DAYS", 4)
    monkeypatch.setattr(regions, "LEAST_REGION", 2)
    encoded, columns, best = remembered(seed)
    data = encoded.data
    found = choose(data, columns, best)
    ops = [o for column in found.columns for o in column.ops]
    assert len(ops) == len(set(ops))
    assert len({column.person for column in found.columns}) == len(found.columns)
    assert points(data, found.columns) <= points(data, best)
    state = assemble(data, allocate(data, 1), found.columns)
    assert evaluate(data, state) == pytest.approx(points(data, found.columns))


def test_regions_gain_where_a_better_choice_is_remembered() -> None:
    gains = []
    for seed in range(6):
        encoded, columns, best = remembered(seed)
        found = choose(encoded.data, columns, best)
        gains.append(points(encoded.data, best) - points(encoded.data, found.columns))
    assert max(gains) > 0


def test_a_region_holds_only_days_of_its_own_visits_and_of_those_left_out() -> None:
    encoded, columns, best = remembered(1)
    placed = {o for column in best for o in column.ops}
    inside, choice = region(encoded.data, columns, words(encoded.data, columns), best, best[0], 600)
    within = {o for column in inside for o in column.ops}
    free = set(range(encoded.data.tasks)) - placed
    assert best[0] in inside
    assert set(inside) <= set(choice)
    assert all(set(column.ops) <= within | free for column in choice)
