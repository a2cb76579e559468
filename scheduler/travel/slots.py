"""Times of day with travel times of their own (pure).

A shift travels by the matrix of the slot that most of it lies in, under a mode key such as
"car@morning"; outside all slots it is the plain mode. Seconds are of the local day; a slot that
goes on after midnight ends beyond `DAY`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from scheduler.model.problem import DAY, Mode, Window

_NAME: Final = re.compile(r"[a-z0-9_-]{1,32}")
_AT: Final = "@"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A time of day.

    Attributes:
        factors: what multiplies a mode's times where no router knows the time of day; 1 if absent.
    """

    name: str
    window: Window
    factors: Mapping[Mode, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Slots:
    """The slots of a day, in order of time and apart from each other."""

    slots: tuple[Slot, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what could mean two things.

        Raises:
            ValueError: a name is odd or used twice, slots overlap or are empty, or a factor is
                not positive.
        """
        names = [slot.name for slot in self.slots]
        if len(set(names)) != len(names) or not all(_NAME.fullmatch(name) for name in names):
            raise ValueError("names of travel slots must differ, and be of a-z 0-9 _ -")
        for slot in self.slots:
            if not 0 <= slot.window.start < slot.window.end <= slot.window.start + DAY:
                raise ValueError(f"travel slot {slot.name} is empty or longer than a day")
            if any(factor <= 0 for factor in slot.factors.values()):
                raise ValueError(f"travel slot {slot.name}: factors must be positive")
        for before, after in pairwise(self.slots):
            if before.window.end > after.window.start:
                raise ValueError(f"travel slots {before.name} and {after.name} overlap")
        if self.slots and self.slots[-1].window.end - DAY > self.slots[0].window.start:
            raise ValueError(f"travel slot {self.slots[-1].name} runs into the first of the day")

    def timed(self, mode: Mode, window: Window) -> Mode:
        """Return the mode key for a shift: of the slot it mostly lies in, or the plain mode."""
        inside = {slot.name: _overlap(slot.window, window) for slot in self.slots}
        best = max(inside, key=lambda name: inside[name], default=None)
        outside = window.end - window.start - sum(inside.values())
        if best is None or inside[best] <= outside:
            return mode
        return Mode(f"{mode}{_AT}{best}")

    def slot_of(self, mode: Mode) -> Slot | None:
        """Return the slot a mode key names; None for a plain mode, or a slot that is no more."""
        _, _, name = mode.partition(_AT)
        return next((slot for slot in self.slots if slot.name == name), None)

    def factor(self, mode: Mode) -> float:
        """Return what multiplies the times of a mode key."""
        slot = self.slot_of(mode)
        return 1.0 if slot is None else slot.factors.get(base(mode), 1.0)

    def touches(self, mode: Mode, window: Window) -> bool:
        """Whether the time a mode key stands for meets `window`; a plain mode stands for all."""
        slot = self.slot_of(mode)
        return slot is None or _overlap(slot.window, window) > 0


ALL_DAY: Final = Slots()
"""No time of day has travel times of its own."""


def base(mode: Mode) -> Mode:
    """Return the mode without its time of day."""
    return Mode(mode.partition(_AT)[0])


def _overlap(slot: Window, window: Window) -> int:
    """Seconds of `window` in the slot, on this day, the one before and the one after."""
    return sum(
        max(0, min(slot.end + shift, window.end) - max(slot.start + shift, window.start))
        for shift in (-DAY, 0, DAY)
    )
