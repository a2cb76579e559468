"""The geometry of a closed road (pure).

A closure is a circle. A straight leg through it goes around instead: along a tangent to the rim,
along the rim, and along a tangent to its end. A leg that begins or ends inside is slow there: its
part inside counts `INSIDE` times. All on a plane around the circle, which is good to a tenth of a
percent within a city.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kernel.geo import EARTH_RADIUS_M, Position
from scheduler.model.problem import Mode, Window
from scheduler.travel.model import Circle, Closed, Closure
from scheduler.travel.slots import Slots

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

INSIDE: Final = 2.0
"""How often a metre inside a closed circle counts."""
CORNERS: Final = 16
"""Of the polygon a router is given; it holds the circle."""
STRAY: Final = 1.5
"""A router's way is hardly longer than so many times the straight line."""
_ROWS: Final = 256
"""Origins worked on at once: bounds the memory of a large day."""


def closed_to(
    closures: Sequence[Closure], modes: frozenset[Mode], slots: Slots, midnight: datetime
) -> Closed:
    """Return what is closed to each mode.

    A closure counts for the whole of every time of day it touches, and for a plain mode all day:
    then no plan is too tight, only some leg a little slow.
    """

    def span(closure: Closure) -> Window:
        return Window(
            start=int((closure.starts_at - midnight).total_seconds()),
            end=int((closure.ends_at - midnight).total_seconds()),
        )

    found = {
        mode: tuple(each.circle for each in closures if slots.touches(mode, span(each)))
        for mode in modes
    }
    return {mode: circles for mode, circles in found.items() if circles}


def extra_metres(positions: Sequence[Position], circles: Sequence[Circle]) -> Floats:
    """Return how much longer each straight leg becomes, square as `positions`.

    Circles that overlap add up.
    """
    extra: Floats = np.zeros((len(positions), len(positions)))
    for circle in circles:
        points, radius = _plane(positions, circle.at), float(circle.radius_m)
        for low in range(0, len(points), _ROWS):
            rows, columns = _meeting(points[low : low + _ROWS], points, radius)
            extra[rows + low, columns] += _around(points[rows + low], points[columns], radius)
    return extra


def may_pass(positions: Sequence[Position], circles: Sequence[Circle]) -> Flags:
    """Return for each leg whether a way of at most `STRAY` times its length meets a circle."""
    found: Flags = np.zeros((len(positions), len(positions)), dtype=np.bool_)
    for circle in circles:
        points = _plane(positions, circle.at)
        away = np.hypot(points[:, 0], points[:, 1])
        for low in range(0, len(points), _ROWS):
            rows = points[low : low + _ROWS]
            straight = np.hypot(*(rows[:, None, :] - points[None, :, :]).transpose(2, 0, 1))
            via = away[low : low + _ROWS, None] + away[None, :]
            found[low : low + _ROWS] |= via <= STRAY * straight + 2 * circle.radius_m
    np.fill_diagonal(found, val=False)
    return found


def polygon(circle: Circle) -> list[tuple[float, float]]:
    """Return a ring of (lon, lat) around the circle, first corner again at the end."""
    reach = circle.radius_m / np.cos(np.pi / CORNERS)
    up = np.degrees(reach / EARTH_RADIUS_M)
    right = up / np.cos(np.radians(circle.at.lat))
    turns = [2 * np.pi * n / CORNERS for n in (*range(CORNERS), 0)]
    return [
        (
            round(float(circle.at.lon + right * np.cos(turn)), 6),
            round(float(circle.at.lat + up * np.sin(turn)), 6),
        )
        for turn in turns
    ]


def _plane(positions: Sequence[Position], middle: Position) -> Floats:
    """Metres east and north of `middle`."""
    lat = np.radians(np.array([at.lat for at in positions], dtype=np.float64))
    lon = np.radians(np.array([at.lon for at in positions], dtype=np.float64))
    east = (lon - np.radians(middle.lon)) * np.cos(np.radians(middle.lat))
    plane: Floats = np.column_stack([east, lat - np.radians(middle.lat)]) * EARTH_RADIUS_M
    return plane


def _meeting(
    starts: Floats, ends: Floats, radius: float
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return which legs may meet the circle at (0, 0): those within a metre of it."""
    dot = starts @ ends.T
    one, other = (starts**2).sum(axis=1)[:, None], (ends**2).sum(axis=1)[None, :]
    length = one + other - 2 * dot  # squared
    aside = (one * other - dot**2) < (radius + 1) ** 2 * length
    between = (one - dot > 0) & (other - dot > 0)
    inside = np.minimum(one, other) < (radius + 1) ** 2
    rows, columns = np.nonzero((aside & between) | inside)
    return rows, columns


def _around(starts: Floats, ends: Floats, radius: float) -> Floats:
    """Extra metres of legs, start by start and end by end; the circle is at (0, 0)."""
    leg = ends - starts
    length = np.hypot(leg[:, 0], leg[:, 1])
    safe = np.where(length > 0, length, 1.0)
    # Where along the leg, in metres from its start, it comes nearest to the middle, and how near.
    along = -(leg * starts).sum(axis=1) / safe
    from_start, from_end = (np.hypot(each[:, 0], each[:, 1]) for each in (starts, ends))
    near = np.sqrt(np.maximum(from_start**2 - along**2, 0))
    half = np.sqrt(np.maximum(radius**2 - near**2, 0))
    within = np.minimum(along + half, length) - np.maximum(along - half, 0)
    meets = (near < radius) & (length > 0) & (within > 0)
    outside = (from_start >= radius) & (from_end >= radius)
    # Two tangents and the arc between them, less the straight line.
    far, other = np.maximum(from_start, radius), np.maximum(from_end, radius)
    angle = np.arccos(np.clip((starts * ends).sum(axis=1) / (far * other), -1, 1))
    arc = np.maximum(angle - np.arccos(radius / far) - np.arccos(radius / other), 0)
    tangents = np.sqrt(far**2 - radius**2) + np.sqrt(other**2 - radius**2)
    detour = np.maximum(tangents + radius * arc - length, 0)
    extra: Floats = np.where(meets, np.where(outside, detour, within * (INSIDE - 1)), 0)
    return extra
