"""Small days on a line: location n is n minutes from location 0."""

from typing import Any

import numpy as np

from scheduler.model.problem import (
    EBIKE,
    Caregiver,
    CaregiverId,
    Matrix,
    Problem,
    Shift,
    Task,
    TaskId,
    Window,
)

MINUTE = 60
HOUR = 3_600


def line(places: int) -> Matrix:
    """Travel along a line, a minute between neighbours."""
    at = np.arange(places)
    seconds: Matrix = (np.abs(at[:, None] - at[None, :]) * MINUTE).astype(np.int32)
    return seconds


def visit(name: str, **changes: Any) -> Task:
    """A visit of half an hour, any time from 9 to 12, at location 1."""
    settings: dict[str, Any] = {
        "location": 1,
        "duration": 30 * MINUTE,
        "window": Window(start=9 * HOUR, end=12 * HOUR),
    }
    return Task(id=TaskId(name), **(settings | changes))


def shift(start: int = 8, end: int = 16, **changes: Any) -> Shift:
    """A shift from and to location 0, in hours."""
    settings: dict[str, Any] = {"origin": 0, "destination": 0}
    return Shift(window=Window(start=start * HOUR, end=end * HOUR), **(settings | changes))


def person(name: str, **changes: Any) -> Caregiver:
    """Somebody on duty from 8 to 16."""
    settings: dict[str, Any] = {"shifts": (shift(),)}
    return Caregiver(id=CaregiverId(name), **(settings | changes))


def day(tasks: list[Task], people: list[Caregiver], **changes: Any) -> Problem:
    """A problem on a line of twelve places."""
    settings: dict[str, Any] = {"travel": {EBIKE: line(12)}}
    return Problem(tasks=tuple(tasks), caregivers=tuple(people), **(settings | changes))
