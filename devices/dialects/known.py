"""The table of dialects. Pure."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from devices.dialects import carebell_v1
from devices.dialects.dialect import Dialect, Lane
from devices.topics import matches

REMEMBERED: Final = 65_536  # topics whose dialect is not looked for again


class Dialects:
    """Dialects by name and by topic."""

    def __init__(self, *dialects: Dialect) -> None:
        self._named = {dialect.name: dialect for dialect in dialects}
        if len(self._named) < len(dialects):
            raise ValueError("two dialects have the same name")
        #: Return the dialect spoken on a topic; None when none is.
        self.of = lru_cache(REMEMBERED)(self._of)

    def __iter__(self) -> Iterator[Dialect]:
        return iter(self._named.values())

    def _of(self, topic: str) -> Dialect | None:
        for dialect in self:
            if any(matches(one.filter, topic) for one in dialect.subscriptions):
                return dialect
        return None

    def named(self, name: str) -> Dialect | None:
        """Return the dialect of this name."""
        return self._named.get(name)

    def heard(self, lane: Lane) -> list[tuple[str, int]]:
        """Return the filters a lane subscribes to, each with its QoS."""
        return [
            (one.filter, one.qos)
            for dialect in self
            for one in dialect.subscriptions
            if one.lane is lane
        ]


#: A new dialect is one more row here.
KNOWN: Final = Dialects(
    carebell_v1.DIALECT,
)
