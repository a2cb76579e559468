"""Incidents as operators see them."""

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from web.wire.base import MealState, Named, Priority, Shown, TerminalCondition, Time, Whole, Write

Category = Literal["emergency", "technical"]
State = Literal["open", "claimed", "assigned", "on_scene", "closed"]
Disposition = Literal["real", "accidental", "test", "device_fault", "no_answer"]
Gender = Literal["female", "male", "unknown"]
AssignmentState = Literal[
    "offered", "accepted", "declined", "en_route", "on_scene", "done", "withdrawn", "expired"
]


class Responder(Named):
    """A caregiver who can be called."""

    phone: str


class Assignment(Shown):
    """A responder's job for an incident."""

    id: UUID
    incident_id: UUID
    caregiver: Responder
    state: AssignmentState
    offered_at: Time
    accepted_at: Time | None
    en_route_at: Time | None
    on_scene_at: Time | None
    done_at: Time | None
    reason: str | None
    eta_at: Time | None


class ResidentBrief(Named):
    """Who it is, in a row of the queue."""

    age: int | None
    gender: Gender


class Incident(Shown):
    """A home's open case, as it stands now."""

    id: UUID
    number: int
    area: str
    place: list[str] = Field(description="Names from city to grid")
    home_id: UUID | None
    terminal_id: str | None
    category: Category
    kind: str
    priority: Priority = Field(description="1 is the most urgent")
    state: State
    presses: int
    opened_at: Time
    last_signal_at: Time
    waiting_since: Time | None = Field(description="Since when nobody owns it")
    claimed_by: Named | None
    claimed_at: Time | None
    level: Literal[0, 1, 2, 3] = Field(
        description="Escalation reached: louder, every seat, supervisor"
    )
    step_due_at: Time | None = Field(description="When it escalates or rings again")
    cleared: bool = Field(description="The device says that the cause is gone")
    test: bool
    disposition: Disposition | None
    note: str | None
    closed_at: Time | None
    resident: ResidentBrief | None
    address: str | None
    lat: float | None
    lon: float | None
    assignment: Assignment | None
    version: int


class Resident(ResidentBrief):
    """Who it is, for the one who answers."""

    lives_alone: bool
    care_level: int = Field(ge=0, le=4)
    conditions: list[str]
    languages: list[str]
    phone: str | None


class Contact(Named):
    """Whom to call, in the agreed order."""

    relation: str
    phone: str
    has_key: bool
    position: int
    consents: list[str] = Field(description="Purposes consented to and not withdrawn")


class TimelineItem(Shown):
    """Something that happened in an incident."""

    id: UUID
    at: Time
    type: str
    by: Named | None
    data: dict[str, Any]


class Alarm(Shown):
    """A signal that needs a human."""

    id: UUID
    kind: str
    received_at: Time
    device_at: Time | None
    clock_suspect: bool
    battery: int | None
    test: bool
    location: dict[str, Any] | None


class LastVisit(Shown):
    """The last visit that was made."""

    service: str
    at: Time
    caregiver: str | None


class LastMeal(Shown):
    """The last meal that was brought."""

    at: Time
    state: MealState


class TerminalBrief(Shown):
    """The terminal at this home."""

    id: str
    condition: TerminalCondition
    battery: int | None
    last_seen_at: Time | None


class IncidentDetail(Incident):
    """The screen pop: all that helps to act."""

    residents: list[Resident]
    contacts: list[Contact]
    way_in: str | None
    has_door_code: bool
    timeline: list[TimelineItem]
    alarms: list[Alarm]
    other: list[Incident] = Field(description="Other open incidents at this home")
    last_visit: LastVisit | None
    last_meal: LastMeal | None
    last_activity_at: Time | None
    terminal: TerminalBrief | None


class IncidentPage(Shown):
    """One page of incidents."""

    items: list[Incident]
    next: str | None = Field(description="Send as `before` for the next page; null: no more")


class Delay(Shown):
    """What a caregiver's leaving does to one visit."""

    visit_id: UUID
    resident_name: str
    service: str
    planned_start: Time
    new_start: Time | None = Field(description="null: nobody could be found for it")
    delay_s: int


class Candidate(Shown):
    """A caregiver who could respond."""

    caregiver: Responder
    distance_m: Whole
    eta_s: int
    fix_age_s: int | None
    on_shift_until: Time | None
    skills_missing: list[str] = Field(description="Languages of the residents, not spoken")
    delays: list[Delay]
    delay_total_s: int
    unplaced: int = Field(description="Visits that nobody could take over")


class Candidates(Shown):
    """The nearest able responders, nearest first, three at most."""

    items: list[Candidate]


class Plain(Write):
    """A write that needs nothing but its id."""


class Note(Write):
    """A remark for the timeline."""

    text: str = Field(min_length=1, max_length=4000)


class Close(Write):
    """The end of an incident."""

    disposition: Disposition
    note: str = Field("", max_length=4000, description="Needed for no_answer")


class Dispatch(Write):
    """Send a caregiver."""

    caregiver_id: UUID


class Withdraw(Write):
    """Take a job back."""

    assignment_id: UUID
    reason: str = Field("", max_length=500)


class ContactCalled(Write):
    """A contact was called."""

    contact_id: UUID
    outcome: str = Field(min_length=1, max_length=200)
