"""What changed between two plans."""

from dataclasses import replace

from scheduler.model.plan import Plan, diff
from scheduler.model.problem import CaregiverId, TaskId
from tests.unit.scheduler.days import HOUR, MINUTE
from tests.unit.scheduler.model.test_verify import route, task_stop

ANN, BEN = CaregiverId("ann"), CaregiverId("ben")
A = TaskId("a")


def plan(who: CaregiverId = ANN, start: int = 9 * HOUR) -> Plan:
    return Plan(routes=(route(who, task_stop(A, 1, start), leave=start - 60, back=start + HOUR),))


def test_equal_plans_have_no_changes() -> None:
    assert diff(plan(), plan()) == ()


def test_a_shift_within_the_tolerance_is_no_change() -> None:
    later = plan(start=9 * HOUR + 5 * MINUTE)
    assert diff(plan(), later, tolerance=5 * MINUTE) == ()
    (change,) = diff(plan(), later)
    assert change.delay == 5 * MINUTE
    assert not change.changes_caregiver


def test_another_caregiver_is_a_change_even_at_the_same_time() -> None:
    (change,) = diff(plan(), plan(BEN), tolerance=HOUR)
    assert change.changes_caregiver


def test_a_task_that_lost_its_place_is_a_change() -> None:
    (change,) = diff(plan(), replace(plan(), routes=()))
    assert change.after is None
    assert change.delay == 0
