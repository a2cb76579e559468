"""What one process has found out about travel times (pure)."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import numpy as np

from scheduler.model.problem import Matrix
from scheduler.travel.model import Layer
from scheduler.travel.pairs import Keys, empty

MOST: Final = 6
"""Tables kept: one of 2,000 places is 16 MB."""


@dataclass(slots=True)
class TableCache:
    """Tables by centre and layer, the newest last.

    Attributes:
        resting_until: a router that failed is left alone until then.
    """

    tables: OrderedDict[tuple[str, Layer], tuple[Keys, Matrix, datetime]] = field(
        default_factory=OrderedDict
    )
    resting_until: datetime | None = None

    def recall(self, area: str, layer: Layer, keys: Keys, now: datetime) -> tuple[Matrix, datetime]:
        """Return a new table of `keys` with what is remembered, and until when that holds."""
        table, found = empty(len(keys)), self.tables.get((area, layer))
        if found is None or found[2] <= now:
            return table, never(now)
        theirs, seconds, until = found
        if np.array_equal(keys, theirs):
            return seconds.copy(), until
        _, mine, at = np.intersect1d(keys, theirs, assume_unique=True, return_indices=True)
        table[np.ix_(mine, mine)] = seconds[np.ix_(at, at)]
        return table, until

    def remember(self, area: str, layer: Layer, keys: Keys, table: Matrix, until: datetime) -> None:
        """Keep a table in place of the one before; nobody may change it any more."""
        self.tables[area, layer] = (keys, table, until)
        self.tables.move_to_end((area, layer))
        while len(self.tables) > MOST:
            self.tables.popitem(last=False)


def never(now: datetime) -> datetime:
    """Return a time that does not come."""
    return datetime.max.replace(tzinfo=now.tzinfo)
