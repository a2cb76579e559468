"""How long visits really take, from those that were reported (pure).

A plan made of agreed minutes is late by noon wherever care takes longer. What is planned is the
length that the last weeks' visits of the same service and care level kept within, as far as it is
more than what was agreed: nobody's time is cut.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

LOOK_BACK: Final = timedelta(weeks=8)
LEAST: Final = 8
"""Fewer visits than this say nothing."""
MOST_FACTOR: Final = 2
"""No visit is planned for longer than so many times its agreed minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What was measured: how many visits, and the seconds that the wanted share kept within."""

    visits: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredLengths:
    """Samples of a centre's last weeks.

    Attributes:
        alike: by service and care level.
        resident: by service and resident.
    """

    alike: Mapping[tuple[str, int], Sample]
    resident: Mapping[tuple[str, UUID], Sample]

    def seconds(self, service: str, care_level: int, resident: UUID, minutes: int) -> int:
        """Return the seconds to plan: never less than agreed, the resident's own if known.

        Args:
            service: of the visit.
            care_level: 0 to 4.
            resident: visited.
            minutes: agreed.
        """
        samples = (self.resident.get((service, resident)), self.alike.get((service, care_level)))
        known = next((one for one in samples if one is not None and one.visits >= LEAST), None)
        agreed = minutes * 60
        return agreed if known is None else max(agreed, min(known.seconds, MOST_FACTOR * agreed))


NOTHING: Final = MeasuredLengths(alike={}, resident={})
