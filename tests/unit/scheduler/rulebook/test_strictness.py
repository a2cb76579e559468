"""What a centre's settings make of a problem: each one bites, and none leaves a visit hopeless."""

from dataclasses import fields, replace

import pytest

from kernel.errors import InvalidError
from scheduler.model.plan import Plan
from scheduler.model.problem import MANDATORY, CaregiverId, Pin, Problem, TaskId, Weights, Window
from scheduler.model.rules import HARD, Rule
from scheduler.rulebook.strictness import CHOICES, OVERTIME_S, Setting, checked, in_force, strictly
from scheduler.solve.engine import solve
from tests.unit.scheduler.days import HOUR, MINUTE, day, person, shift, visit

ANN, BEN = CaregiverId("ann"), CaregiverId("ben")
A = TaskId("a")


def hard(rule: Rule) -> Setting:
    return Setting(rule=rule, hard=True, weight=1)


def quick(problem: Problem) -> Plan:
    return solve(problem, seconds=60, iterations=30)


def who_comes(problem: Problem) -> tuple[CaregiverId, ...]:
    placed = quick(problem).placements().get(A)
    return () if placed is None else placed.caregivers


def two(**changes: object) -> Problem:
    """Ann lives next door, Ben far away."""
    ann = person("ann", shifts=(shift(origin=1, destination=1),))
    ben = person("ben", shifts=(shift(origin=11, destination=11),))
    return day([visit("a", **changes)], [ann, ben])


def test_without_settings_a_problem_stays_as_it_is() -> None:
    problem = two(preferred=frozenset({BEN}), due=10 * HOUR, price=500)
    same = strictly(problem, ())
    assert (same.tasks, same.caregivers, same.weights) == (
        problem.tasks,
        problem.caregivers,
        problem.weights,
    )


@pytest.mark.parametrize("rule", [rule for rule, choice in CHOICES.items() if choice.field])
def test_each_weight_is_that_of_its_rule_and_no_other(rule: Rule) -> None:
    found = strictly(two(), [Setting(rule=rule, hard=False, weight=77)]).weights
    field = CHOICES[rule].field
    changed = {
        f.name for f in fields(Weights) if getattr(found, f.name) != getattr(Weights(), f.name)
    }
    assert changed == {field}
    assert getattr(found, str(field)) == 77


def test_a_hard_preference_sends_whom_the_resident_wants_or_whoever_is_there() -> None:
    wanted = two(preferred=frozenset({BEN}))
    assert who_comes(wanted) == (ANN,)
    assert who_comes(strictly(wanted, [hard(Rule.PREFERENCE)])) == (BEN,)
    ill = replace(
        wanted, caregivers=(wanted.caregivers[0], replace(wanted.caregivers[1], shifts=()))
    )
    assert who_comes(strictly(ill, [hard(Rule.PREFERENCE)])) == (ANN,)


def test_a_hard_continuity_sends_whom_the_resident_knows() -> None:
    known = two(familiar={BEN: 40})
    assert who_comes(known) == (ANN,)
    assert who_comes(strictly(known, [hard(Rule.CONTINUITY)])) == (BEN,)


def test_hard_lateness_leaves_out_rather_than_come_late() -> None:
    night = Window(start=0, end=9 * HOUR)
    late = two(window=night, due=7 * HOUR)
    assert who_comes(late)
    strict = strictly(late, [hard(Rule.LATENESS)])
    assert strict.tasks[0].window == Window(start=0, end=7 * HOUR)
    assert who_comes(strict) == ()


def test_overtime_is_ruled_out_unless_the_centre_gives_it_a_weight() -> None:
    long = two(
        duration=8 * HOUR - 10 * MINUTE, window=Window(start=8 * HOUR + HOUR // 2, end=9 * HOUR)
    )
    assert who_comes(strictly(long, ())) == ()
    allowed = strictly(long, [Setting(rule=Rule.OVERTIME, hard=False, weight=1)])
    assert {one.max_overtime for one in allowed.caregivers} == {OVERTIME_S}
    assert who_comes(allowed) == (ANN,)


def test_leaving_nothing_out_makes_every_visit_one_that_must_be_done() -> None:
    cheap = two(price=1)
    assert who_comes(cheap) in {(), (ANN,)}
    assert strictly(cheap, [hard(Rule.LEFT_OUT)]).tasks[0].price == MANDATORY


def test_what_is_pinned_is_not_made_stricter() -> None:
    pinned = two(pin=Pin(caregivers=(ANN,)), preferred=frozenset({BEN}), due=10 * HOUR)
    everything = [hard(rule) for rule, choice in CHOICES.items() if choice.may_be_hard]
    assert strictly(pinned, everything).tasks[0].refused == frozenset()


@pytest.mark.parametrize(
    "setting",
    [
        Setting(rule=Rule.SKILL, hard=False, weight=1),
        Setting(rule=Rule.FAIRNESS, hard=True, weight=1),
        Setting(rule=Rule.TRAVEL_TIME, hard=False, weight=101),
        Setting(rule=Rule.TRAVEL_TIME, hard=False, weight=-1),
    ],
)
def test_what_a_centre_may_not_choose_is_refused(setting: Setting) -> None:
    with pytest.raises(InvalidError):
        checked(setting)


def test_only_rules_of_custom_have_a_choice_and_all_weighted_ones_do() -> None:
    assert not set(CHOICES) & HARD
    assert set(CHOICES) == set(Rule) - HARD
    assert all(checked(setting) for setting in in_force(()))
