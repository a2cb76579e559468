"""Every rule has a case that keeps it and one that breaks it; a new rule without fails here."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from scheduler.model.cost import cost
from scheduler.model.plan import Plan, Reason, Unplaced
from scheduler.model.problem import CaregiverId, Problem, Weights
from scheduler.model.rules import HARD, WEIGHTED, WORDING, Rule
from scheduler.model.verify import violations
from scheduler.rulebook.strictness import CHOICES
from tests.unit.scheduler.days import HOUR, MINUTE, day, person, shift, visit
from tests.unit.scheduler.model.test_verify import (
    ANN,
    BREAKERS,
    NINE,
    A,
    Case,
    good_plan,
    good_problem,
    route,
    task_stop,
)

BEN: Final = CaregiverId("ben")


def one_visit(**changes: Any) -> tuple[Problem, Plan]:
    """Ann serves one visit at nine, from next door; Ben has nothing to do."""
    people_changes = changes.pop("ann", {})
    weights = Weights(fairness=changes.pop("fairness", 0))
    start = changes.pop("start", NINE)
    near = shift(origin=1, destination=1)
    people = [person("ann", **({"shifts": (near,)} | people_changes)), person("ben")]
    problem = day([visit("a", **changes)], people, weights=weights)
    leave = start if people_changes == {} else start - MINUTE
    stops = route(ANN, task_stop(A, 1, start), leave=leave, back=start + 31 * MINUTE).stops
    home = people[0].shifts[0].origin
    ends = (replace(stops[0], location=home), stops[1], replace(stops[2], location=home))
    return problem, Plan(routes=(replace(route(ANN, leave=0, back=0), stops=ends),))


Made = Callable[[], tuple[Problem, Plan, Plan | None]]


def made(*, before: int | None = None, who: CaregiverId = ANN, **changes: Any) -> Made:
    """A day and its plan, and the plan before in which the visit began at `before`."""

    def make() -> tuple[Problem, Plan, Plan | None]:
        problem, plan = one_visit(**changes)
        if before is None:
            return problem, plan, None
        old = one_visit(start=before)[1].routes[0]
        return problem, plan, Plan(routes=(replace(old, caregiver=who),))

    return make


def left_out(*, is_out: bool) -> Made:
    def make() -> tuple[Problem, Plan, Plan | None]:

        problem, plan = one_visit()
        out = Plan(routes=(), unplaced=(Unplaced(task=A, reason=Reason.DAY_IS_FULL),))
        return problem, out if is_out else plan, None

    return make


FAR: Final = {"shifts": (shift(),)}
PRICED: Final[Mapping[Rule, tuple[Made, Made]]] = {
    Rule.TRAVEL_TIME: (made(), made(ann=FAR)),
    Rule.LATENESS: (made(due=NINE), made(due=NINE - 1)),
    Rule.WORST_LATENESS: (made(due=NINE), made(due=NINE - 1)),
    Rule.CONTINUITY: (made(familiar={ANN: 100}), made(familiar={BEN: 100})),
    Rule.PREFERENCE: (made(preferred=frozenset({ANN})), made(preferred=frozenset({BEN}))),
    Rule.OVERTIME: (
        made(),
        made(ann={"shifts": (shift(8, 9),), "max_overtime": HOUR}),
    ),
    Rule.FAIRNESS: (made(fairness=1, duration=0), made(fairness=1)),
    Rule.LEFT_OUT: (left_out(is_out=False), left_out(is_out=True)),
    Rule.CHANGED_CAREGIVER: (made(before=NINE), made(before=NINE, who=BEN)),
    Rule.CHANGED_TIME: (made(before=NINE + 300), made(before=NINE + 301)),
}
"""Of each weighted rule: a plan that costs nothing by it, and one that does."""

BROKEN: Final[Mapping[Rule, Case]] = {case.rule: case for case in BREAKERS}


@pytest.mark.parametrize("rule", list(Rule))
def test_each_rule_is_kept_by_one_case_and_broken_by_another(rule: Rule) -> None:
    if WORDING[rule].hard:
        case = BROKEN[rule]
        assert violations(good_problem(), good_plan()) == ()
        found = violations(case.problem(good_problem()), case.plan(good_plan()))
        assert {item.rule for item in found} == {rule}
        return
    kept, broken = (make() for make in PRICED[rule])
    assert cost(kept[0], kept[1], previous=kept[2]).points.get(rule, 0) == 0
    assert cost(broken[0], broken[1], previous=broken[2]).points[rule] > 0


def test_no_rule_is_without_its_cases_its_words_and_its_setting() -> None:
    assert {case.rule for case in BREAKERS} == HARD
    assert set(PRICED) == WEIGHTED == set(CHOICES)
    assert HARD | WEIGHTED == set(Rule) == set(WORDING)
    sentences = [words for wording in WORDING.values() for words in (wording.zh, wording.en)]
    assert len(set(sentences)) == 2 * len(Rule)
    assert all(words.endswith(("。", ".")) for words in sentences)


def test_the_handbook_lists_every_rule_with_both_its_sentences() -> None:
    text = (Path(__file__).parents[4] / "docs/planning-rules.md").read_text(encoding="utf-8")
    rows = {
        line.split("|")[1].strip(): line for line in text.splitlines() if line.startswith("| `")
    }
    assert rows.keys() == {f"`{rule}`" for rule in Rule}
    for rule in Rule:
        row = rows[f"`{rule}`"]
        assert WORDING[rule].zh in row
        assert WORDING[rule].en in row
        assert (row.split("|")[4].strip() == "hard") == (rule not in CHOICES)
