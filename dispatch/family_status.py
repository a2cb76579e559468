"""How a family's people are, in one colour with its reason in words (pure).

Red: an emergency is open. Amber: something wants attention, and somebody at the centre knows. Green
otherwise. The first reason in the order below is the one shown; a colour never stands alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from dispatch.incidents.views.model import AlertView

#: A visit this late is worth a word.
LATE_S: Final = 30 * 60

Colour = Literal["green", "amber", "red"]
ReasonCode = Literal[
    "alarm",
    "visit_missed",
    "meal_no_answer",
    "meal_refused",
    "visit_late",
    "terminal_silent",
    "terminal_fault",
    "all_well",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitToday:
    """What of a visit matters here; times are estimates.

    Attributes:
        service: what it is called, by language; passed on unread.
        late_s: seconds after what was planned.
    """

    service: Mapping[str, str]
    start_at: datetime
    end_at: datetime
    state: str
    late_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MealToday:
    """What of the day's meal matters here; `at` is when it was reported on."""

    state: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A colour and why."""

    colour: Colour
    code: ReasonCode
    data: dict[str, Any]


def status_of(
    alert: AlertView | None, visits: Sequence[VisitToday], meal: MealToday | None, now: datetime
) -> Status:
    """Return how a resident is; `visits` are the day's, in order of time."""
    return next(_concerns(alert, visits, meal, now))


def _concerns(
    alert: AlertView | None, visits: Sequence[VisitToday], meal: MealToday | None, now: datetime
) -> Iterator[Status]:
    is_open = alert is not None and alert.state != "closed"
    if alert is not None and is_open and alert.category == "emergency":
        yield _status("red", "alarm", kind=alert.kind, stage=alert.stage)
    for visit in visits:
        if visit.state == "missed":
            yield _status("amber", "visit_missed", **_visit(visit))
    if meal is not None and meal.state == "no_answer":
        yield _status("amber", "meal_no_answer", at=meal.at)
    if meal is not None and meal.state == "refused":
        yield _status("amber", "meal_refused", at=meal.at)
    for visit in visits:
        if visit.state == "planned" and visit.late_s >= LATE_S and visit.end_at > now:
            yield _status("amber", "visit_late", **_visit(visit), late_s=visit.late_s)
    if alert is not None and is_open and alert.category == "technical":
        silent = alert.kind in {"went_silent", "area_silent"}
        yield _status("amber", "terminal_silent" if silent else "terminal_fault", kind=alert.kind)
    yield _status("green", "all_well")


def _visit(visit: VisitToday) -> dict[str, Any]:
    return {"service": dict(visit.service), "start_at": visit.start_at}


def _status(colour: Colour, code: ReasonCode, **data: Any) -> Status:
    return Status(colour=colour, code=code, data=data)
