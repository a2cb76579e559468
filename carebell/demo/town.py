"""The whole town in one value (pure, seeded)."""

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from carebell.demo import care, geography, people, rota

USUAL_RESIDENTS: Final = 2000
USUAL_CAREGIVERS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """People, places and what they agreed on."""

    map: geography.Map
    residents: tuple[people.Resident, ...]
    workers: tuple[rota.Worker, ...]
    items: tuple[care.Item, ...]
    subscriptions: tuple[care.Subscription, ...]

    @property
    def homes(self) -> tuple[people.Home, ...]:
        """Every home once, in the order of its first resident."""
        return tuple({resident.home.id: resident.home for resident in self.residents}.values())


def build(*, seed: int, residents: int, caregivers: int, today: date) -> Town:
    """Return the town of a seed. Demand follows residents, as far as the caregivers can serve it.

    `today` decides only on birthdays and on when care plans began.
    """
    random = Random(seed)
    kitchens = max(1, round(10 * min(1.0, residents / USUAL_RESIDENTS)))
    drawn = geography.draw(random, meal_points=kitchens)
    dwellers = tuple(people.residents(random, drawn, residents, today))
    staff = tuple(people.caregivers(random, drawn.stations, drawn.meal_points, caregivers))
    workers = rota.rota(random, staff)
    scale = min(residents / USUAL_RESIDENTS, caregivers / USUAL_CAREGIVERS)
    return Town(
        map=drawn,
        residents=dwellers,
        workers=workers,
        items=tuple(care.items(random, dwellers, workers, today, scale=scale)),
        subscriptions=tuple(care.subscriptions(random, dwellers, scale=scale)),
    )
