"""Peers are judged by our verifier, and the table says what was found."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench.peers.answer import is_plain, plan_of
from bench.peers.roster import ask
from bench.schedule_days import visit_day
from bench.schedule_table import Row, gap, known_values, summary, write
from scheduler.model.problem import Load, Precedence, Problem, Window
from scheduler.model.verify import cost, violations
from tests.unit.scheduler.days import HOUR, day, person, shift, visit


def rounds() -> Problem:
    """Three stops on a line, two vehicles."""
    nine = Window(start=9 * HOUR, end=10 * HOUR)
    stops = [visit(f"s{n}", location=n, load=Load(hot=1), window=nine) for n in (1, 5, 9)]
    return day(stops, [person(name, capacity=Load(hot=2)) for name in ("ann", "ben")])


def test_routes_are_written_out_as_late_as_the_last_stop_allows() -> None:
    problem = rounds()
    plan = plan_of(problem, [(problem.caregivers[0], 0, [0, 1])])
    assert [item.task for item in plan.unplaced] == ["s9"]
    assert violations(problem, plan) == ()
    starts = [stop.start for stop in plan.routes[0].stops if stop.task]
    assert starts == [9 * HOUR, 9 * HOUR + 34 * 60]


def test_or_tools_finds_a_plan_that_our_verifier_accepts() -> None:
    problem = rounds()
    answer = ask("ortools", problem, 0.2, 1)
    assert answer.plan is not None
    assert violations(problem, answer.plan) == ()
    assert answer.plan.unplaced == ()
    assert cost(problem, answer.plan).total == 20 * 60


def test_or_tools_starts_pairs_together_and_keeps_gaps() -> None:
    problem = visit_day(14, 6, pairs=0.3, ordered=0.3, breaks=False)
    answer = ask("ortools", problem, 0.5, 1)
    assert answer.plan is not None
    assert violations(problem, answer.plan) == ()


def test_or_tools_is_not_kept_from_placing_a_day_by_its_pairs() -> None:
    problem = visit_day(60, 12, pairs=0.2, ordered=0.2, breaks=False)
    plan = ask("ortools", problem, 4, 1).plan
    assert plan is not None
    assert not violations(problem, plan)
    assert len(plan.unplaced) < len(problem.tasks) // 4


def test_or_tools_keeps_people_apart_not_only_their_shifts() -> None:
    tasks = [visit("first", location=2), visit("then", location=3)]
    split = person("ann", shifts=(shift(8, 12), shift(12, 16)))
    rule = Precedence(first=tasks[0].id, then=tasks[1].id, different_caregivers=True)
    far = person("ben", shifts=(shift(origin=11),))
    problem = day(tasks, [split, far], precedences=(rule,))
    plan = ask("ortools", problem, 0.5, 1).plan
    assert plan is not None
    assert violations(problem, plan) == ()
    assert plan.unplaced == ()


def test_only_routing_with_hard_windows_is_plain() -> None:
    problem = rounds()
    assert is_plain(problem)
    first, then, _ = (task.id for task in problem.tasks)
    assert not is_plain(replace(problem, precedences=(Precedence(first=first, then=then),)))


def test_the_table_gives_gaps_by_group(tmp_path: Path) -> None:
    (tmp_path / "best_known.csv").write_text(
        "file,best_known,group\na.txt,100,A1\nb.txt,200,A2\nr1_2_1.txt,50,\n"
    )
    known = known_values(tmp_path)
    assert {name: one.group for name, one in known.items()} == {
        "a.txt": "A",
        "b.txt": "A",
        "r1_2_1.txt": "200",
    }
    rows = [row("a", 101.0), row("b", 99.0), row("c", 100.0, valid=False)]
    assert gap(rows[0], "carebell") == pytest.approx(1.0)
    assert gap(rows[2], "carebell") is None
    assert "| A | carebell | 2 | +0.000 | +1.000 | 1 |" in summary(rows)
    write(tmp_path / "out", rows)
    assert json.loads((tmp_path / "out" / "results.json").read_text()) == rows
    assert "not valid" in (tmp_path / "out" / "results.md").read_text()


def row(name: str, objective: float, *, valid: bool = True) -> Row:
    found = {"objective": objective, "seconds": 1.0, "valid": valid, "note": ""}
    return {
        "instance": name,
        "file": name,
        "group": "A",
        "best_known": 100.0,
        "solvers": {"carebell": found},
    }
