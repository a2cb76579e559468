"""Dispatch's `assignment.…` facts in our own words; only what planning needs of them."""

from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from kernel.outbox import Fact

TOPIC: Final = "assignment."


class PullOutState(StrEnum):
    """What an assignment's state means for a plan."""

    ON_THE_WAY = "on_the_way"
    THERE = "there"
    OVER = "over"
    NOTHING = "nothing"


MEANING: Final = {
    "offered": PullOutState.NOTHING,
    "accepted": PullOutState.ON_THE_WAY,
    "en_route": PullOutState.ON_THE_WAY,
    "on_scene": PullOutState.THERE,
    "done": PullOutState.OVER,
    "declined": PullOutState.OVER,
    "withdrawn": PullOutState.OVER,
    "expired": PullOutState.OVER,
}


class AssignmentFact(BaseModel):
    """An assignment's fact.

    Attributes:
        lat: of the incident, WGS-84 like `lon`; None: that of the home, if there is one.
        eta_at: when the responder is expected there.
        at: when the state was reached.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    assignment_id: UUID
    caregiver_id: UUID
    state: str
    home_id: UUID | None = None
    lat: float | None = None
    lon: float | None = None
    eta_at: datetime | None = None
    at: datetime

    @property
    def means(self) -> PullOutState:
        """What the state means for a plan; one we do not know means nothing."""
        return MEANING.get(self.state, PullOutState.NOTHING)


def parse(fact: Fact) -> AssignmentFact | None:
    """Return an assignment's fact in our words; None for other facts.

    Raises:
        pydantic.ValidationError: dispatch broke its promise.
    """
    return AssignmentFact.model_validate(fact.payload) if fact.topic.startswith(TOPIC) else None
