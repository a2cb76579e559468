"""What happens in one home, day after day. Seeded: the same seed, the same life. Pure.

Times are seconds since the start of the simulation. Rates are for the whole fleet where they are
for the operator's eyes (presses), and per home where they are nature's (power, network).
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

HOUR_S: Final = 3600.0
DAY_S: Final = 86_400.0
#: How likely a press is in each hour of the day, against the average.
DAYTIME: Final = (
    *(0.5, 0.4, 0.4, 0.4, 0.5, 0.9, 1.4, 1.5, 1.3, 1.2, 1.1, 1.1),
    *(1.0, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.4, 1.3, 1.1, 0.9, 0.7),
)
#: What a real emergency announces itself as, by weight.
REAL_KINDS: Final = {"sos": 70, "fall": 12, "no_motion": 8, "smoke": 3, "bed_exit": 7}


class Happening(StrEnum):
    """What may happen in a home."""

    EMERGENCY = "emergency"  # a person needs help
    ACCIDENT = "accident"  # the button was touched by mistake
    CANCEL = "cancel"  # … and noticed
    POWER_LOST = "power_lost"
    POWER_BACK = "power_back"
    NETWORK_LOST = "network_lost"
    NETWORK_BACK = "network_back"
    BATTERY_CHANGED = "battery_changed"
    MEASURED = "measured"


@dataclass(frozen=True, slots=True)
class Rates:
    """How eventful life is.

    Attributes:
        emergencies_per_hour, accidents_per_hour: of the whole fleet.
        repeat_chance: that whoever presses presses again.
        power_cuts_per_day, network_losses_per_day: of one home.
        measured_per_day: readings (blood pressure, pulse) of one home.
        battery_days: from full to empty.
    """

    emergencies_per_hour: float = 3.0
    accidents_per_hour: float = 2.0
    repeat_chance: float = 0.4
    power_cuts_per_day: float = 0.01
    network_losses_per_day: float = 0.05
    measured_per_day: float = 1.0
    battery_days: float = 400.0


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """Something that happens at `at_s`. `kind` is the protocol's word for an alarm."""

    at_s: float
    what: Happening
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Temper:
    """What a home's terminal is like.

    Attributes:
        phase_s: when in its heartbeat interval it beats.
        drift: of its clock, seconds gained per day.
        battery: percent at the start.
    """

    phase_s: float
    drift: float
    battery: float
    rssi: int


def temper(seed: str, heartbeat_s: float) -> Temper:
    """Return the character of the home named by `seed`."""
    random = Random(f"temper:{seed}")
    return Temper(
        phase_s=random.uniform(0, heartbeat_s),
        drift=random.gauss(0, 4),
        battery=random.choice((100, 95, 90, 80, 70, 55, 40, 28)) - random.random(),
        rssi=random.randint(-95, -55),
    )


def life(seed: str, homes: int, rates: Rates, *, start_hour: float = 0.0) -> Iterator[Event]:
    """Yield what happens in the home named by `seed`, one of `homes`, for ever and in order.

    Args:
        seed: names the home and the run.
        homes: how many share the fleet's rates.
        rates: how eventful life is.
        start_hour: local hour of the day at which the simulation starts.
    """
    random = Random(f"life:{seed}")
    waiting: list[Event] = []
    sources = (
        (rates.emergencies_per_hour / homes / HOUR_S, Happening.EMERGENCY),
        (rates.accidents_per_hour / homes / HOUR_S, Happening.ACCIDENT),
        (rates.power_cuts_per_day / DAY_S, Happening.POWER_LOST),
        (rates.network_losses_per_day / DAY_S, Happening.NETWORK_LOST),
        (rates.measured_per_day / DAY_S, Happening.MEASURED),
    )
    per_second = {what: rate for rate, what in sources if rate > 0}
    for what, rate in per_second.items():
        heapq.heappush(waiting, Event(random.expovariate(rate), what))
    while waiting:
        event = heapq.heappop(waiting)
        rate = per_second.get(event.what, 0)
        by_hand = event.what in {Happening.EMERGENCY, Happening.ACCIDENT}
        if rate and not event.kind:
            heapq.heappush(waiting, Event(event.at_s + random.expovariate(rate), event.what))
            hour = int(start_hour + event.at_s / HOUR_S) % 24
            if by_hand and random.random() * max(DAYTIME) > DAYTIME[hour]:
                continue
        for follower in _followers(event, random, rates):
            heapq.heappush(waiting, follower)
        yield Event(event.at_s, event.what, event.kind or _kind(event.what, random))


def _kind(what: Happening, random: Random) -> str:
    if what is Happening.EMERGENCY:
        return random.choices(list(REAL_KINDS), list(REAL_KINDS.values()))[0]
    return "sos" if what is Happening.ACCIDENT else ""


def _followers(event: Event, random: Random, rates: Rates) -> Iterator[Event]:
    """Yield what one event brings about later."""
    match event.what:
        case Happening.EMERGENCY if random.random() < rates.repeat_chance:
            yield Event(event.at_s + random.uniform(2, 60), Happening.EMERGENCY, "sos")
        case Happening.ACCIDENT if not event.kind and random.random() < 0.5:
            yield Event(event.at_s + random.uniform(2, 15), Happening.CANCEL)
        case Happening.POWER_LOST:
            yield Event(
                event.at_s + random.lognormvariate(7.5, 1), Happening.POWER_BACK
            )  # half an hour, often less, sometimes hours
        case Happening.NETWORK_LOST:
            yield Event(event.at_s + random.lognormvariate(5.5, 1.2), Happening.NETWORK_BACK)
        case _:
            return
