"""When people work, as the problem wants it: shifts, breaks, and room for what has happened (pure).

The rules bind what is still to be decided. What has happened, or an alarm that somebody has to
answer, may lie outside a shift or across a break; then the shift gives way.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from scheduler.model.problem import Break, Shift, Window

HOUR: Final = 3_600
BREAK_AFTER_S: Final = 6 * HOUR
"""A shift at least this long has a break."""
BREAK_S: Final = 1_800
BREAK_WINDOW: Final = Window(start=11 * HOUR, end=13 * HOUR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """Somebody was or is bound from `start` to `end` at most; `home` is the way back from it."""

    start: int
    end: int
    home: int
    alarm: bool = False


def shift(start: int, end: int, base: int) -> Shift:
    """Return a shift from and to `base`, with the break that its length calls for."""
    rests = end - start >= BREAK_AFTER_S and start <= BREAK_WINDOW.start
    rests = rests and end >= BREAK_WINDOW.end + BREAK_S
    return Shift(
        window=Window(start=start, end=end),
        origin=base,
        destination=base,
        breaks=(Break(window=BREAK_WINDOW, duration=BREAK_S),) if rests else (),
    )


def with_room(
    shifts: Sequence[Shift], commitments: Sequence[Commitment], *, now: int = 0
) -> tuple[Shift, ...]:
    """Return `shifts` widened so that `commitments` fit, without breaks they leave no room for.

    Args:
        shifts: in order, apart from each other; all from and to the same place.
        commitments: in any order. Without shifts they are ignored: nobody is planned for there.
        now: breaks that had to be taken before are history.
    """
    widened = [_rested(shift, commitments, now) for shift in shifts]
    for commitment in commitments:
        if not widened:
            break
        nearest = min(range(len(widened)), key=lambda n: _apart(widened[n].window, commitment))
        widened[nearest] = _widen(widened[nearest], commitment)
    return _merged(widened)


def _apart(window: Window, commitment: Commitment) -> int:
    return max(window.start - commitment.start, commitment.start - window.end, 0)


def _widen(shift: Shift, commitment: Commitment) -> Shift:
    return replace(
        shift,
        window=Window(
            start=min(shift.window.start, commitment.start),
            end=max(shift.window.end, commitment.end + commitment.home),
        ),
    )


def _rested(shift: Shift, commitments: Sequence[Commitment], now: int) -> Shift:
    return replace(
        shift,
        breaks=tuple(
            rest
            for rest in shift.breaks
            if rest.window.end + rest.duration > now
            and not any(one.alarm and _overlap(one, rest) for one in commitments)
            and _has_room(rest, commitments)
        ),
    )


def _overlap(commitment: Commitment, rest: Break) -> bool:
    return commitment.start < rest.window.end + rest.duration and commitment.end > rest.window.start


def _has_room(rest: Break, commitments: Sequence[Commitment]) -> bool:
    """Whether some start in the break's window leaves it clear of all commitments."""
    starts = [rest.window.start, *(commitment.end for commitment in commitments)]
    return any(
        rest.window.start <= start <= rest.window.end
        and all(
            commitment.end <= start or commitment.start >= start + rest.duration
            for commitment in commitments
        )
        for start in starts
    )


def _merged(shifts: Sequence[Shift]) -> tuple[Shift, ...]:
    merged: list[Shift] = []
    for current in sorted(shifts, key=lambda one: one.window.start):
        if merged and current.window.start < merged[-1].window.end:
            before = merged[-1]
            merged[-1] = replace(
                before,
                window=Window(
                    start=before.window.start, end=max(before.window.end, current.window.end)
                ),
                breaks=before.breaks + current.breaks,
            )
        else:
            merged.append(current)
    return tuple(merged)
