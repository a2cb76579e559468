"""When a part that ended is started again (pure).

A part that falls over at once is retried with growing patience; one that stayed up for a while has
earned a quick restart. Nobody gives up: at three in the morning nobody is there to press a button.
"""

from dataclasses import dataclass, replace
from typing import Final

FIRST_DELAY_S: Final = 0.1
LONGEST_DELAY_S: Final = 10.0
#: After so long a part counts as healthy, and its next restart is quick again.
SETTLED_AFTER_S: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Restarts:
    """How often a part has fallen over since it last settled."""

    in_a_row: int = 0

    def ended(self, after_s: float) -> "Restarts":
        """Return the state once the part has ended, `after_s` seconds after its start."""
        return replace(self, in_a_row=1 if after_s >= SETTLED_AFTER_S else self.in_a_row + 1)

    @property
    def delay_s(self) -> float:
        """Seconds to wait before the next start."""
        if self.in_a_row == 0:
            return 0.0
        return float(min(LONGEST_DELAY_S, FIRST_DELAY_S * 2 ** min(self.in_a_row - 1, 16)))
