"""Who works when: three kinds of shift around the clock, one day off in seven (pure, seeded).

The night is covered by two shifts that overlap, so that at every hour somebody is at work whose
visits still lie ahead.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from carebell.demo.people import Caregiver


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftKind:
    """From and to in minutes of the local day; `to` may pass midnight.

    Attributes:
        least: people in a team that can spare them, so that a day off leaves somebody.
    """

    start: int
    end: int
    share: int
    least: int = 1

    def covers(self, window: tuple[int, int]) -> bool:
        """Say whether a visit that starts in `window` fits with room on both sides."""
        return self.start + 20 <= window[1] and window[0] + 30 <= self.end


EARLY: Final = ShiftKind(start=390, end=900, share=13)  # 06:30-15:00
DAY: Final = ShiftKind(start=480, end=1020, share=19)  # 08:00-17:00
LATE: Final = ShiftKind(start=600, end=1140, share=10)  # 10:00-19:00
EVENING: Final = ShiftKind(start=900, end=1410, share=10)  # 15:00-23:30
NIGHT_FIRST: Final = ShiftKind(start=1200, end=1680, share=4, least=2)  # 20:00-04:00
NIGHT_SECOND: Final = ShiftKind(start=0, end=480, share=4, least=2)  # 00:00-08:00
KINDS: Final = (EARLY, DAY, LATE, EVENING, NIGHT_FIRST, NIGHT_SECOND)
SMALL: Final = 15
"""So few caregivers cannot spare two for a part of the night."""
LUNCH: Final = ShiftKind(start=615, end=810, share=1)  # 10:15-13:30
SUPPER: Final = ShiftKind(start=975, end=1155, share=1)  # 16:15-19:15


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A caregiver with shifts and a weekly day off (0 is Monday)."""

    caregiver: Caregiver
    shifts: tuple[ShiftKind, ...]
    day_off: int


def rota(random: Random, people: Sequence[Caregiver]) -> tuple[Worker, ...]:
    """Give everybody a shift. Each kind is spread over the stations, its days off over the week."""
    caregivers = [person for person in people if not person.courier]
    couriers = [person for person in people if person.courier]
    kinds = _kinds(len(caregivers))
    random.shuffle(kinds)
    numbered: dict[ShiftKind, int] = dict.fromkeys(KINDS, random.randrange(7))
    workers = []
    for person, kind in zip(caregivers, kinds, strict=True):
        numbered[kind] += 2  # 2 and 7 share no factor: the days off of a kind stay apart
        workers.append(Worker(caregiver=person, shifts=(kind,), day_off=numbered[kind] % 7))
    for place, person in enumerate(couriers):
        workers.append(Worker(caregiver=person, shifts=(LUNCH, SUPPER), day_off=place * 2 % 7))
    return tuple(workers)


def _kinds(count: int) -> list[ShiftKind]:
    """Share `count` people out over the kinds; no kind is left empty while there are enough."""
    whole = sum(kind.share for kind in KINDS)
    small = count < SMALL
    counts = {
        kind: max(1 if small else kind.least, round(count * kind.share / whole)) for kind in KINDS
    }
    while (over := sum(counts.values()) - count) != 0:
        kind = max(KINDS, key=lambda kind: (counts[kind], kind.share))
        counts[kind] -= 1 if over > 0 else -1
    return [kind for kind, number in counts.items() for _ in range(number)]


def shifts(
    workers: Sequence[Worker], day: date, zone: ZoneInfo
) -> Iterator[tuple[Worker, datetime, datetime]]:
    """Yield the shifts that begin on `day`."""
    midnight = datetime.combine(day, time(), zone)
    for worker in workers:
        if day.weekday() == worker.day_off:
            continue
        for kind in worker.shifts:
            yield (
                worker,
                midnight + timedelta(minutes=kind.start),
                midnight + timedelta(minutes=kind.end),
            )
