"""How long an incident may wait for each of the people it waits for (pure).

A priority-1 incident rings at its area's consoles at once, louder after `louder_s`, at every seat
after `every_seat_s`, at the supervisor's after `supervisor_s`, and goes on ringing there. Priority
2 and 3 take the same way in longer strides. An incident keeps the policy it was opened with.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

#: Levels of ringing; the console shows and sounds them.
QUIETEST: Final = 0
LOUDER: Final = 1
SUPERVISOR: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The patience of one area, in seconds.

    Attributes:
        louder_s: from waiting to level 1, for priority 1.
        every_seat_s: from waiting to level 2.
        supervisor_s: from waiting to level 3; then the step repeats after as long again.
        stretch_2: factor on the three above for priority 2.
        stretch_3: factor on them for priority 3.
        act_within_s: an owner who does nothing for so long loses the incident to the queue.
        offer_within_s: a responder who does not answer an offer for so long loses the offer.
        arrive_within_s: from dispatch to the arrival, before the queue hears of it again.
        scene_within_s: from the arrival to the end of the job, likewise.
    """

    louder_s: int = 20
    every_seat_s: int = 40
    supervisor_s: int = 60
    stretch_2: int = 3
    stretch_3: int = 90
    act_within_s: int = 180
    offer_within_s: int = 90
    arrive_within_s: int = 2700
    scene_within_s: int = 3600

    def gap(self, priority: int, step: int) -> timedelta:
        """Return how long an unowned incident stays at `step` before it rings further."""
        marks = (0, self.louder_s, self.every_seat_s, self.supervisor_s)
        seconds = marks[step + 1] - marks[step] if step < SUPERVISOR else self.supervisor_s
        return timedelta(seconds=seconds * {1: 1, 2: self.stretch_2, 3: self.stretch_3}[priority])

    def advance(
        self, priority: int, step: int, due: datetime, at: datetime
    ) -> tuple[int, datetime]:
        """Return the step and next deadline at `at` of a wait at `step` that was due at `due`.

        Steps missed while nobody looked are made up for at once, repeats are not.
        """
        while due <= at:
            step += 1
            due = (due if step < SUPERVISOR else at) + self.gap(priority, step)
        return step, due

    @property
    def act_within(self) -> timedelta:
        """How long an owner may do nothing."""
        return timedelta(seconds=self.act_within_s)

    @property
    def offer_within(self) -> timedelta:
        """How long an offer stands."""
        return timedelta(seconds=self.offer_within_s)

    @property
    def arrive_within(self) -> timedelta:
        """How long from dispatch to arrival."""
        return timedelta(seconds=self.arrive_within_s)

    @property
    def scene_within(self) -> timedelta:
        """How long from arrival to the job's end."""
        return timedelta(seconds=self.scene_within_s)

    def as_json(self) -> dict[str, int]:
        """Return what `from_json` reads."""
        return asdict(self)


DEFAULT: Final = Policy()


def from_json(stored: Mapping[str, Any]) -> Policy:
    """Return the policy stored with an incident; figures added since then take their defaults."""
    known = DEFAULT.as_json()
    return Policy(**{name: int(stored.get(name, default)) for name, default in known.items()})


def level_of(step: int) -> int:
    """Return the level of ringing (0–3) at `step`."""
    return min(step, SUPERVISOR)
