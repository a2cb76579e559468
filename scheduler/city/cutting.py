"""Cuts a city into parts that one search can take (pure).

Areas are kept whole as far as the size allows: city, district, street, community, grid. What must
stay together does, whatever its size. The same city is always cut the same way.
"""

from collections.abc import Sequence
from typing import Final

from scheduler.city.bisecting import bisect
from scheduler.city.blocks import atoms, blocks, tied
from scheduler.city.model import BOUNDS, Bounds, City, Part
from scheduler.city.staffing import shortages, staff
from scheduler.model.problem import CaregiverId

FILL: Final = 0.9
"""How full parts are meant to be: room to follow borders and to balance."""
FINE: Final = 6
"""Areas are taken apart until one holds at most this fraction of a part."""


def cut(city: City, bounds: Bounds = BOUNDS) -> tuple[Part, ...]:
    """Return the parts of a city, in the order of their first tasks.

    Every task and every caregiver is in exactly one. No part has more than `bounds.visits` visits
    unless so many are tied together.
    """
    tasks, people = city.problem.tasks, city.problem.caregivers
    if not tasks:
        return ()
    found = blocks(city)
    wanted = max(
        -(-len(tasks) // max(1, int(FILL * bounds.visits))),
        -(-len(people) // max(1, int(FILL * bounds.caregivers))),
    )
    wanted = min(wanted, len(found))
    fine = max(1, min(bounds.visits, len(tasks) // wanted) // FINE)
    dealt = bisect(
        atoms(found, fine=fine, most=max(1, min(bounds.visits, len(tasks) // wanted) // 2)),
        parts=wanted,
        most=bounds.visits,
    )
    numbers = sorted(
        sorted(n for atom in part for block in atom.blocks for n in block.tasks) for part in dealt
    )
    staffed = staff(city, numbers, _bound(city, numbers), bounds.caregivers)
    short = shortages(city, numbers, staffed)
    return tuple(
        Part(
            tasks=tuple(tasks[n].id for n in mine),
            caregivers=tuple(people[n].id for n in who),
            shortages=missing,
        )
        for mine, who, missing in zip(numbers, staffed, short, strict=True)
    )


def _bound(city: City, parts: Sequence[Sequence[int]]) -> dict[CaregiverId, int]:
    where = {n: part for part, numbers in enumerate(parts) for n in numbers}
    return {who: where[n] for who, n in tied(city).items()}
