"""Reports are evidence: late, twice, out of order, from afar; none is refused."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID, uuid4

from kernel.geo import Position
from scheduler.care.model import VisitState
from scheduler.care.reports import (
    Fix,
    Report,
    ReportKind,
    VisitProgress,
    after,
    believed,
    proximity,
)
from scheduler.meals.model import OrderState
from scheduler.meals.reports import MealReport, supersedes

EIGHT = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
ANNA, BO = UUID(int=1), UUID(int=2)


def report(kind: ReportKind, by: UUID, minutes: int) -> Report:
    at = EIGHT + timedelta(minutes=minutes)
    return Report(event_id=uuid4(), kind=kind, by=by, device_at=at, received_at=at)


def told(*reports: Report, start: VisitState = VisitState.PLANNED) -> VisitProgress:
    progress = VisitProgress(state=start)
    for one in reports:
        progress = after(progress, one)
    return progress


def test_a_visit_for_two_is_done_when_both_have_left() -> None:
    arrived = report(ReportKind.CHECK_IN, ANNA, 0), report(ReportKind.CHECK_IN, BO, 2)
    left = report(ReportKind.CHECK_OUT, ANNA, 30), report(ReportKind.CHECK_OUT, BO, 35)
    assert told(*arrived).state == VisitState.STARTED
    assert told(*arrived, left[0]).state == VisitState.STARTED
    done = told(*arrived, *left)
    assert (done.state, done.came) == (VisitState.DONE, (ANNA, BO))
    assert done.started_at == EIGHT
    assert done.done_at == EIGHT + timedelta(minutes=35)


def test_reports_of_one_caregiver_in_any_order_end_in_the_same_place() -> None:
    both = report(ReportKind.CHECK_IN, ANNA, 0), report(ReportKind.CHECK_OUT, ANNA, 30)
    ends = {
        (done.state, done.started_at, done.done_at)
        for done in (told(*order) for order in permutations(both))
    }
    assert ends == {(VisitState.DONE, EIGHT, EIGHT + timedelta(minutes=30))}


def test_what_was_marked_missed_and_done_all_the_same_is_done() -> None:
    both = report(ReportKind.CHECK_IN, ANNA, 0), report(ReportKind.CHECK_OUT, ANNA, 30)
    assert told(*both, start=VisitState.MISSED).state == VisitState.DONE


def test_a_phone_whose_clock_runs_ahead_is_not_believed_but_a_late_one_is() -> None:
    hours = timedelta(hours=3)
    assert believed(EIGHT + hours, EIGHT) == EIGHT
    assert believed(EIGHT - hours, EIGHT) == EIGHT - hours


def test_a_report_from_afar_is_flagged_unless_the_fix_is_too_rough_to_say() -> None:
    home, away = Position(31.8, 119.9), Position(31.8, 119.904)
    assert proximity(home, Fix(at=away, accuracy_m=20)).far
    assert not proximity(home, Fix(at=away, accuracy_m=500)).far
    assert not proximity(home, Fix(at=home)).far
    assert proximity(home, None).distance_m is None


def meal(state: OrderState, minutes: int) -> MealReport:
    at = EIGHT + timedelta(minutes=minutes)
    return MealReport(event_id=uuid4(), state=state, by=ANNA, device_at=at, received_at=at)


def test_the_newest_report_on_a_meal_counts_and_loading_never_undoes_delivery() -> None:
    assert supersedes(meal(OrderState.LOADED, 0), OrderState.ORDERED, None)
    assert supersedes(meal(OrderState.NO_ANSWER, 10), OrderState.LOADED, EIGHT)
    delivered_at = EIGHT + timedelta(minutes=20)
    assert supersedes(meal(OrderState.DELIVERED, 20), OrderState.NO_ANSWER, EIGHT)
    assert not supersedes(meal(OrderState.NO_ANSWER, 10), OrderState.DELIVERED, delivered_at)
    assert not supersedes(meal(OrderState.LOADED, 30), OrderState.DELIVERED, delivered_at)
    assert not supersedes(meal(OrderState.DELIVERED, 30), OrderState.DELIVERED, delivered_at)
