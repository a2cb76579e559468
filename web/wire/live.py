"""Frames of `/ws/console` and `/ws/phone`, for the API's description; see docs/console-protocol.md.

The sockets write the same shapes without these models, once for all listeners; tests hold what is
sent against them.
"""

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, RootModel

from web.wire.base import Shown, Time, VisitState
from web.wire.incident import Incident
from web.wire.map import CaregiverPosition, TerminalCounts
from web.wire.plan import JobState, PlanKind, Progress
from web.wire.week import WeekProgress


class RingingSteps(Shown):
    """When an unclaimed incident of priority 1 rings further, in seconds."""

    louder_s: int
    every_seat_s: int
    supervisor_s: int


class SnapshotFrame(Shown):
    """Everything as it stands; forget what you had."""

    type: Literal["snapshot"]
    epoch: UUID
    seq: int
    now: Time
    incidents: list[Incident]
    caregivers: list[CaregiverPosition]
    terminals: TerminalCounts
    settings: RingingSteps


class VisitNews(Shown):
    """A visit that began, ended, was missed or changed."""

    visit_id: UUID
    resident_id: UUID
    home_id: UUID
    caregiver_ids: list[UUID]
    state: VisitState
    at: Time


class CaregiverVisits(Shown):
    """Which visits changed for a caregiver."""

    caregiver_id: UUID
    visits: list[UUID]


class PlanNews(Shown):
    """A plan that is in force from now on."""

    plan_id: UUID
    day: dt.date
    kind: PlanKind
    version: int
    cause: str
    changed: list[CaregiverVisits]
    residents: list[UUID]


class JobNews(Shown):
    """A planning job with at most one new point of its curve."""

    id: UUID
    day: dt.date
    kind: PlanKind
    state: JobState
    progress: list[Progress]


class WeekNews(Shown):
    """A week being chosen, with at most one new point of its curve."""

    id: UUID
    monday: dt.date
    state: JobState
    progress: list[WeekProgress]


class ChangeFrame(Shown):
    """Something happened; the thing it is about as it stands now."""

    type: Literal["change"]
    seq: int
    prev: int = Field(description="`seq` of the snapshot or change before this one")
    topic: str
    at: Time
    incident: Incident | None
    visit: VisitNews | None
    plan: PlanNews | None
    job: JobNews | None
    week: WeekNews | None


class PositionsFrame(Shown):
    """Where the caregivers are; replaces what you have."""

    type: Literal["positions"]
    items: list[CaregiverPosition]


class TerminalsFrame(TerminalCounts):
    """How the terminals are; replaces what you have."""

    type: Literal["terminals"]


class PingFrame(Shown):
    """The platform sees its database."""

    type: Literal["ping"]
    now: Time


class ChangedFrame(Shown):
    """A phone is to fetch again."""

    type: Literal["changed"]
    seq: int
    what: Literal["job", "today", "status"]


class ConsoleFrame(
    RootModel[
        Annotated[
            SnapshotFrame | ChangeFrame | PositionsFrame | TerminalsFrame | PingFrame,
            Field(discriminator="type"),
        ]
    ]
):
    """What a console hears."""


class PhoneFrame(RootModel[Annotated[ChangedFrame | PingFrame, Field(discriminator="type")]]):
    """What a phone hears."""
