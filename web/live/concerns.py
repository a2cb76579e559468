"""Which facts concern a phone, and which of its pages must be fetched again (pure)."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from uuid import UUID

from kernel.outbox import RecordedFact


def of_caregiver(caregiver_id: UUID) -> Callable[[RecordedFact], str | None]:
    """Return what tells a caregiver's own facts: "job" for alarm jobs, "today" for the list."""
    me = str(caregiver_id)

    def concerns(told: RecordedFact) -> str | None:
        payload = told.fact.payload
        match told.fact.topic.partition(".")[0]:
            case "assignment" if payload.get("caregiver_id") == me:
                return "job"
            case "visit" if me in payload.get("caregiver_ids", ()):
                return "today"
            case "meal" if payload.get("caregiver_id") == me:
                return "today"
            case "plan" if any(one.get("caregiver_id") == me for one in payload.get("changed", ())):
                return "today"
            case _:
                return None

    return concerns


def of_family(
    residents: AbstractSet[UUID], homes: AbstractSet[UUID]
) -> Callable[[RecordedFact], str | None]:
    """Return what tells the facts about a family's residents and their homes."""
    people = {str(one) for one in residents}
    places = {str(one) for one in homes}

    def concerns(told: RecordedFact) -> str | None:
        payload = told.fact.payload
        match told.fact.topic.partition(".")[0]:
            case "incident" | "assignment":
                mine = payload.get("home_id") in places
            case "visit" | "meal":
                mine = payload.get("resident_id") in people
            case "plan":
                mine = not people.isdisjoint(payload.get("residents", ()))
            case _:
                mine = False
        return "status" if mine else None

    return concerns
