"""What a repair answers with; apart from the search, so that who asks need not load it."""

from dataclasses import dataclass
from enum import StrEnum

from scheduler.model.cost import Cost
from scheduler.model.plan import Change, Plan


class Reach(StrEnum):
    """How far an answer reaches."""

    ONLY_DISPLACED = "only_displaced"
    NEARBY = "nearby"
    WHOLE_DAY = "whole_day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One way to go on.

    Attributes:
        reach: which visits were free to move.
        plan: verified; what broke a rule was left out.
        cost: changes included.
        changes: against the plan in force, within `Weights.change_tolerance`.
        seconds: since the question.
    """

    reach: Reach
    plan: Plan
    cost: Cost
    changes: tuple[Change, ...]
    seconds: float
