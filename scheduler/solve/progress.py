"""What a running solve tells the world."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """What the solver is doing."""

    CONSTRUCT = "construct"
    SEARCH = "search"
    MERGE = "merge"
    EXPLAIN = "explain"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A line of the convergence curve.

    Attributes:
        seconds: since the solve began.
        cost: points of the best plan so far, unplaced tasks included.
        unplaced: tasks left out of it.
    """

    phase: Phase
    seconds: float
    cost: int
    unplaced: int
    iterations: int


def ignore(_: Progress) -> None:
    """Nobody is watching."""


def never() -> bool:
    """Nobody asks to stop."""
    return False


OnProgress = Callable[[Progress], None]
ShouldStop = Callable[[], bool]
