"""A visit that was left out says what would place it, and that is the least."""

from scheduler.model.plan import Relaxation, Remedy
from scheduler.model.problem import CaregiverId, Problem, Window
from scheduler.solve.engine import solve
from tests.unit.scheduler.days import HOUR, MINUTE, day, person, shift, visit

ANN = CaregiverId("ann")


def remedy_of(problem: Problem) -> Remedy:
    (item,) = solve(problem, seconds=60, iterations=20).unplaced
    assert item.remedy is not None
    return item.remedy


def test_a_visit_too_early_for_anybody_would_fit_a_little_later() -> None:
    problem = day([visit("a", window=Window(start=7 * HOUR, end=8 * HOUR))], [person("ann")])
    found = remedy_of(problem)
    assert found.caregiver == ANN
    assert found.start == 8 * HOUR + MINUTE
    assert found.relaxations == {Relaxation.START_LATER: MINUTE}


def test_a_visit_too_long_for_the_shift_would_fit_with_overtime_or_earlier() -> None:
    late = visit("a", window=Window(start=15 * HOUR + 40 * MINUTE, end=16 * HOUR))
    found = remedy_of(day([late], [person("ann")]))
    assert found.relaxations == {Relaxation.START_EARLIER: 11 * MINUTE}


def test_a_skill_nobody_has_would_have_to_be_waived() -> None:
    problem = day([visit("a", skills=frozenset({"bath"}))], [person("ann")])
    assert remedy_of(problem).relaxations == {Relaxation.WAIVE_SKILL: 1}


def test_of_two_visits_at_once_the_second_would_fit_after_the_first() -> None:
    tight = Window(start=9 * HOUR, end=9 * HOUR)
    problem = day([visit("a", window=tight), visit("b", window=tight)], [person("ann")])
    moved = remedy_of(problem).relaxations
    assert moved in (
        {Relaxation.START_LATER: 30 * MINUTE},
        {Relaxation.START_EARLIER: 30 * MINUTE},
    )


def test_where_nothing_helps_another_caregiver_is_asked_for() -> None:
    problem = day([visit("a", duration=9 * HOUR)], [person("ann", shifts=(shift(8, 9),))])
    assert remedy_of(problem).relaxations == {Relaxation.ANOTHER_CAREGIVER: 1}
