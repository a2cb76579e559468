"""What a family sees: how their people are, and what is being done."""

from typing import Any, Literal
from uuid import UUID

from web.wire.base import Bilingual, MealState, Named, Shown, Time, VisitState


class Why(Shown):
    """The reason of a status; the page puts it in words.

    `data` has for `alarm` kind and stage; for `visit_missed` and `visit_late` service, start_at and
    late_s; for `meal_…` at; for `terminal_…` kind.
    """

    code: Literal[
        "alarm",
        "visit_missed",
        "meal_no_answer",
        "meal_refused",
        "visit_late",
        "terminal_silent",
        "terminal_fault",
        "all_well",
    ]
    data: dict[str, Any]


StageName = Literal["received", "answered", "help_coming", "arrived", "safe"]


class Stage(Shown):
    """A step of an alert, like following a parcel."""

    stage: StageName
    at: Time | None


class Alert(Shown):
    """An incident as the family follows it."""

    id: UUID
    stage: StageName
    stages: list[Stage]
    responder_name: str | None
    eta_at: Time | None
    seen_at: Time | None
    going_at: Time | None


class FamilyVisit(Shown):
    """One of today's visits."""

    id: UUID
    start_at: Time
    end_at: Time
    service: Bilingual
    caregiver_name: str | None
    state: VisitState


class FamilyMeal(Shown):
    """Today's meal."""

    state: MealState
    eta_at: Time | None
    at: Time | None


class NextVisit(Shown):
    """The next visit after today."""

    start_at: Time
    service: Bilingual


class ResidentStatus(Shown):
    """One card."""

    resident: Named
    status: Literal["green", "amber", "red"]
    reason: Why
    last_seen_at: Time | None
    incident: Alert | None
    visits: list[FamilyVisit]
    meal: FamilyMeal | None
    next_visit: NextVisit | None


class FamilyStatus(Shown):
    """All cards of a family account."""

    now: Time
    residents: list[ResidentStatus]
    hotline: str
