"""Whatever the problem: the plan verifies or says why not, and nothing crashes.

`CAREBELL_FUZZ_EXAMPLES=5000` looks further than the few examples of every run, at random.
"""

import os
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.model.plan import Plan
from scheduler.model.problem import MANDATORY, Caregiver, Problem
from scheduler.model.reasons import REASONS
from scheduler.model.rules import Rule
from scheduler.model.verify import violations
from scheduler.solve.core.types import allocate
from scheduler.solve.decode import decode, left_out
from scheduler.solve.encode import encode
from scheduler.solve.engine import solve
from scheduler.solve.explain import explain
from scheduler.solve.repair import repair
from scheduler.solve.resume import resume
from tests.unit.scheduler.problems import problems
from tests.unit.scheduler.solve.exact import fewest_left_out

EXAMPLES = int(os.environ.get("CAREBELL_FUZZ_EXAMPLES", "0"))


def fuzzed(examples: int) -> settings:
    return settings(
        max_examples=EXAMPLES or examples,
        derandomize=not EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def quick(problem: Problem, **more: object) -> Plan:
    return solve(problem, seconds=60, iterations=30, **more)  # type: ignore[arg-type]


def only_facts(problem: Problem) -> Problem:
    tasks = tuple(t for t in problem.tasks if t.pin is not None and t.pin.started)
    names = {task.id for task in tasks}
    rules = tuple(r for r in problem.precedences if {r.first, r.then} <= names)
    return replace(problem, tasks=tasks, precedences=rules)


def broken_by_facts(problem: Problem) -> set[Rule]:
    """Rules that what has happened breaks on its own: no plan could keep them."""
    facts = only_facts(problem)
    return {item.rule for item in violations(facts, quick(facts))} if facts.tasks else set()


def check(problem: Problem, plan: Plan) -> None:
    broken = violations(problem, plan)
    by_facts = broken_by_facts(problem)
    assert not broken or {item.rule for item in broken} <= by_facts, broken
    assert by_facts or plan.solved is None or plan.solved.refused == 0
    placed, out = plan.placements(), {item.task: item for item in plan.unplaced}
    assert placed.keys() | out.keys() == {task.id for task in problem.tasks}
    assert not placed.keys() & out.keys()
    at_work = {person.id for person in problem.caregivers if person.shifts}
    for task in only_facts(problem).tasks:
        assert task.id in placed or not at_work.issuperset(task.pin.caregivers if task.pin else ())
    assert all(item.reason in REASONS and item.data for item in plan.unplaced)


@fuzzed(60)
@given(problem=problems())
def test_whatever_the_problem_the_plan_verifies_or_says_why_not(problem: Problem) -> None:
    check(problem, quick(problem))


@fuzzed(30)
@given(problem=problems())
def test_a_plan_read_back_into_arrays_is_written_out_as_good(problem: Problem) -> None:
    plan = quick(problem)
    encoded = encode(problem)
    if not encoded.chains or not problem.tasks:
        return
    state = resume(encoded, allocate(encoded.data, 1), plan)
    again = decode(encoded, state, explain(encoded, left_out(encoded, state)))
    if not violations(problem, plan):
        assert violations(problem, again) == ()
        assert again.placements().keys() == plan.placements().keys()


@st.composite
def changed(draw: st.DrawFn) -> tuple[Problem, Problem]:
    """A problem, and what became of it: others ill, other tasks, other times."""
    before = draw(problems())
    after = draw(problems())
    if draw(st.booleans()):
        return before, after
    ids = {task.id for task in after.tasks}
    kept = tuple(task for task in before.tasks if task.id not in ids and draw(st.booleans()))
    people = tuple(
        replace(person, shifts=()) if draw(st.booleans()) else person
        for person in before.caregivers
    )
    rest = {task.id for task in kept}
    return before, replace(
        before,
        tasks=kept,
        caregivers=people,
        precedences=tuple(r for r in before.precedences if {r.first, r.then} <= rest),
    )


@fuzzed(30)
@given(pair=changed())
def test_a_plan_of_another_day_is_followed_as_far_as_it_goes(pair: tuple[Problem, Problem]) -> None:
    before, after = pair
    plan = quick(before)
    check(after, quick(after, initial=plan, previous=plan))


@fuzzed(15)
@given(pair=changed())
def test_every_alternative_of_a_repair_verifies(pair: tuple[Problem, Problem]) -> None:
    before, after = pair
    plan = quick(before)
    for one in repair(after, plan, seconds=0.05):
        check(after, one.plan)


@fuzzed(15)
@given(problem=problems(), seed=st.integers(1, 3))
def test_one_seed_gives_one_plan_of_any_problem(problem: Problem, seed: int) -> None:
    first, second = (quick(problem, seed=seed) for _ in range(2))
    assert first.routes == second.routes
    assert first.unplaced == second.unplaced


def _by_shift(person: Caregiver) -> Caregiver:
    """Without limits over the whole day where there are several shifts."""
    if len(person.shifts) < 2:
        return person
    return replace(person, max_work=None, max_riding=None)


@st.composite
def tiny(draw: st.DrawFn) -> Problem:
    """Two or three visits that must be done, two people, nothing to carry."""
    problem = draw(problems(most_tasks=3, most_people=2, meals=False, facts=False, breaks=False))
    return replace(
        problem,
        tasks=tuple(replace(task, price=MANDATORY) for task in problem.tasks),
        caregivers=tuple(_by_shift(person) for person in problem.caregivers),
    )


@fuzzed(60)
@given(problem=tiny())
def test_nothing_is_left_out_that_could_be_placed(problem: Problem) -> None:
    plan = solve(problem, seconds=60, iterations=600)
    check(problem, plan)
    prices = {task.id: task.price for task in problem.tasks}
    assert sum(prices[item.task] for item in plan.unplaced) == fewest_left_out(problem)
