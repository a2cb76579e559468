"""Set partitioning over remembered days."""

from bench.peers.answer import plan_of
from scheduler.model.problem import Problem
from scheduler.solve.core.types import allocate
from scheduler.solve.encode import encode
from scheduler.solve.merge import Merged, MergeLimits, merge
from scheduler.solve.pool import Pool, assemble, kinds
from scheduler.solve.resume import resume
from tests.unit.scheduler.days import day, person, shift, visit

EFFORT = MergeLimits(seconds=5, threads=1, seed=1, repeatable=True)


def remembered(problem: Problem) -> tuple[Merged, int]:
    """Both good days were only ever had by the first of two people; and how many ops are in."""
    encoded = encode(problem)
    pool, ann, ben = Pool(encoded.data), *problem.caregivers
    for rows in ([(ann, 0, [0, 1]), (ben, 0, [2])], [(ann, 0, [2, 3]), (ben, 0, [0])]):
        plan = plan_of(problem, rows)
        state = resume(encoded, allocate(encoded.data, 1), plan)
        pool.harvest(state)
    columns = list(pool.columns.values())
    best = pool.days(state)
    found = merge(encoded.data, columns, best, EFFORT)
    routes = assemble(encoded.data, allocate(encoded.data, 1), found.columns)
    return found, int((routes.op["nxt"][: encoded.data.tasks] >= 0).sum())


def test_a_day_goes_to_another_person_of_the_same_kind() -> None:
    tasks = [visit(f"v{n}", location=n) for n in range(1, 5)]
    found, placed = remembered(day(tasks, [person("ann"), person("ben")]))
    assert {column.ops for column in found.columns} == {(0, 1), (2, 3)}
    assert {column.person for column in found.columns} == {0, 1}
    assert placed == 4


def test_a_day_stays_with_its_person_where_others_differ() -> None:
    tasks = [visit(f"v{n}", location=n) for n in range(1, 5)]
    people = [person("ann"), person("ben", shifts=(shift(9, 16),))]
    problem = day(tasks, people)
    assert len(set(kinds(encode(problem).data).tolist())) == 2
    _, placed = remembered(problem)
    assert placed == 3
