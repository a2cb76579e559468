"""One table of a router's answers, closed roads, and estimates for the rest (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kernel.geo import Position
from scheduler.model.problem import Matrix, Mode
from scheduler.travel.builtin import Builtin
from scheduler.travel.closures import may_pass
from scheduler.travel.model import NOTHING_CLOSED, Circle
from scheduler.travel.pairs import Flags, Keys, key_of, place_of
from scheduler.travel.slots import base


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Said:
    """What a router said about one mode; below 0: nothing.

    Attributes:
        routed: with all roads open.
        avoiding: with closed roads closed; None: it was not told of any.
        factor: for the time of day, if it does not know that.
        extra: seconds on top of each way.
    """

    routed: Matrix
    avoiding: Matrix | None = None
    factor: float = 1.0
    extra: int = 0


def passing(
    builtin: Builtin, keys: Keys, mode: Mode, circles: Sequence[Circle], routed: Matrix
) -> Flags:
    """Return the pairs whose way may lead through a circle, and few others.

    If it does, then the way over the circle's middle is hardly longer: by what it takes from the
    rim to the middle and back, four radii being generous. Where the router knows no way to the
    middle, the straight line decides.

    Args:
        builtin: says how long a metre takes.
        keys: of the places, the middle of each circle among them.
        mode: with its time of day.
        circles: what is closed.
        routed: seconds between the places with all roads open.
    """
    pace = builtin.detour / builtin.speeds[base(mode)]
    places = [place_of(key) for key in keys.tolist()]
    found: Flags = np.zeros(routed.shape, dtype=np.bool_)
    for circle in circles:
        middle = int(np.searchsorted(keys, key_of(circle.at)))
        there, back = routed[:, middle, None], routed[None, middle, :]
        known = (there >= 0) & (back >= 0) & (routed >= 0)
        found |= (there + back <= routed + 4 * circle.radius_m * pace) & known
        if not known.all():
            found |= may_pass(places, [circle]) & ~known
    np.fill_diagonal(found, val=False)
    return found


def around(routed: Matrix, answered: Matrix, near: Flags) -> Matrix:
    """Return the times with roads closed: asked anew for pairs `near` them, else as they were.

    A router's answers differ a little with what else is asked; a closed road shortens no way.
    """
    longer = np.where((answered >= 0) & (routed > answered), routed, answered)
    found: Matrix = np.where(near, longer, routed)
    return found


def joined(
    said: Said,
    builtin: Builtin,
    places: Sequence[Position],
    mode: Mode,
    circles: tuple[Circle, ...],
) -> tuple[Matrix, Flags]:
    """Return seconds between all places, and which of them are estimates.

    Where the router was not told of a closed road, or found no way around, its open way counts
    with the built-in detour on top.
    """
    routed, avoiding = said.routed, said.avoiding
    answered = routed if avoiding is None else avoiding
    seconds, missing = answered * said.factor + said.extra, answered < 0
    estimated = missing.copy()
    detoured = (missing if avoiding is not None else ~missing) & (routed >= 0)
    if circles and detoured.any():
        longer = builtin.detours(places, mode, circles)
        seconds = np.where(detoured, routed * said.factor + said.extra + longer, seconds)
        missing = missing & ~detoured
    if missing.any():
        seconds = np.where(missing, estimate(builtin, places, mode, circles), seconds)
    table: Matrix = np.rint(seconds).astype(np.int32)
    np.fill_diagonal(table, 0)
    return table, estimated


def estimate(
    builtin: Builtin, places: Sequence[Position], mode: Mode, circles: tuple[Circle, ...]
) -> Matrix:
    """Return the built-in seconds between all places."""
    closed = {mode: circles} if circles else NOTHING_CLOSED
    return builtin.times(places, frozenset({mode}), closed)[mode]
