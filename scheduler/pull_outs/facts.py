"""Dispatch's `assignment.…` facts in our own words; only what planning needs of them."""

from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from kernel.outbox import Fact

TOPIC: Final = "assignment."


class Standing(StrEnum):
    """What an assignment's state means for a plan."""

    ON_THE_WAY = "on_the_way"
    THERE = "there"
    OVER = "over"
    NOTHING = "nothing"


MEANING: Final = {
    "offered": Standing.NOTHING,
    "accepted": Standing.ON_THE_WAY,
    "en_route": Standing.ON_THE_WAY,
    "on_scene": Standing.THERE,
    "done": Standing.OVER,
    "declined": Standing.OVER,
    "withdrawn": Standing.OVER,
    "expired": Standing.OVER,
}


class Told(BaseModel):
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
    def standing(self) -> Standing:
        """What the state means for a plan; one we do not know means nothing."""
        return MEANING.get(self.state, Standing.NOTHING)


def parse(fact: Fact) -> Told | None:
    """Return an assignment's fact in our words; None for other facts.

    Raises:
        pydantic.ValidationError: dispatch broke its promise.
    """
    return Told.model_validate(fact.payload) if fact.topic.startswith(TOPIC) else None
