"""How long somebody is away for an alarm (pure)."""

from datetime import datetime, timedelta
from typing import Final

from scheduler.pull_outs.facts import AssignmentFact, PullOutState

UNDER_WAY: Final = timedelta(minutes=15)
"""Taken for the way there while nobody said when to expect the responder."""
ON_SCENE: Final = timedelta(minutes=30)
"""Taken for the time at the home."""
EXTEND_BEFORE: Final = timedelta(minutes=5)
"""An estimate that ends so soon while the responder is still there is too short."""
EXTEND_BY: Final = timedelta(minutes=15)
WORTH_REPLANNING: Final = timedelta(minutes=5)
"""An estimate that moves by less changes no plan."""


def until(fact: AssignmentFact) -> datetime:
    """Return when the responder is expected to be free, as of this fact."""
    match fact.means:
        case PullOutState.ON_THE_WAY:
            return max(fact.eta_at or fact.at + UNDER_WAY, fact.at) + ON_SCENE
        case PullOutState.THERE:
            return fact.at + ON_SCENE
        case _:
            return fact.at
