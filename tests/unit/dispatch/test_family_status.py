"""One colour and its reason for each resident."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from dispatch.family_status import LATE_S, MealToday, VisitToday, status_of
from dispatch.incidents.views.model import AlertView, Stage

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
BATH = {"id": "bath", "zh": "助浴", "en": "Bathing"}

Day = tuple[list[VisitToday], MealToday | None]


def alert(**changes: Any) -> AlertView:
    given: dict[str, Any] = {
        "id": uuid4(),
        "home_id": uuid4(),
        "category": "emergency",
        "kind": "sos",
        "priority": 1,
        "test": False,
        "state": "open",
        "stages": (Stage(stage="received", at=NOW), Stage(stage="answered", at=None)),
        "responder_name": None,
        "eta_at": None,
        "seen_at": None,
        "going_at": None,
    }
    return AlertView(**{**given, **changes})


def visit(**changes: Any) -> VisitToday:
    given: dict[str, Any] = {
        "start_at": NOW,
        "end_at": NOW + timedelta(hours=1),
        "service": BATH,
        "state": "planned",
        "late_s": 0,
    }
    return VisitToday(**{**given, **changes})


def meal(state: str) -> MealToday:
    return MealToday(state=state, at=NOW)


def today(*visits: VisitToday, lunch: MealToday | None = None) -> Day:
    return list(visits), lunch


@pytest.mark.parametrize(
    ("alarm", "day", "colour", "code"),
    [
        (None, today(), "green", "all_well"),
        (None, today(visit(), lunch=meal("delivered")), "green", "all_well"),
        (alert(), today(), "red", "alarm"),
        (alert(), today(visit(state="missed")), "red", "alarm"),
        (alert(state="closed"), today(), "green", "all_well"),
        (alert(category="technical", kind="went_silent"), today(), "amber", "terminal_silent"),
        (alert(category="technical", kind="low_battery"), today(), "amber", "terminal_fault"),
        (None, today(visit(state="missed")), "amber", "visit_missed"),
        (None, today(visit(late_s=LATE_S)), "amber", "visit_late"),
        (None, today(visit(late_s=LATE_S - 1)), "green", "all_well"),
        (None, today(visit(late_s=LATE_S, state="done")), "green", "all_well"),
        (None, today(lunch=meal("no_answer")), "amber", "meal_no_answer"),
        (None, today(lunch=meal("refused")), "amber", "meal_refused"),
        # what is about the person goes before what is about the terminal
        (
            alert(category="technical", kind="went_silent"),
            today(lunch=meal("no_answer")),
            "amber",
            "meal_no_answer",
        ),
    ],
)
def test_the_colour_has_a_reason(alarm: AlertView | None, day: Day, colour: str, code: str) -> None:
    status = status_of(alarm, *day, NOW)
    assert (status.colour, status.code) == (colour, code)


def test_an_alarm_says_what_it_is_and_how_far_it_has_come() -> None:
    assert status_of(alert(), *today(), NOW).data == {"kind": "sos", "stage": "received"}


def test_a_visit_is_named_as_families_call_it() -> None:
    status = status_of(None, *today(visit(late_s=LATE_S)), NOW)
    assert status.data == {"service": BATH, "start_at": NOW, "late_s": LATE_S}
