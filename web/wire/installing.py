"""What an installer is shown: a terminal as it was last heard, homes, areas."""

from uuid import UUID

from pydantic import Field

from web.wire.base import Shown, Time
from web.wire.map import TerminalItem


class HeardAlarm(Shown):
    """An alarm of a terminal as it came in."""

    id: str
    kind: str
    received_at: Time


class TerminalDetail(TerminalItem):
    """A terminal with what its messages told last."""

    model: str
    rssi: int | None = Field(description="Signal strength in dBm")
    heartbeat_s: int
    installed_at: Time | None
    alarms: list[HeardAlarm] = Field(description="The last few, newest first")


class FoundHome(Shown):
    """A home to put a terminal into."""

    home_id: UUID
    area: str
    address: str
    residents: list[str]
    terminals: list[str] = Field(description="What stands there already")


class FoundHomes(Shown):
    """Homes, those of a matching resident first."""

    items: list[FoundHome]


class Place(Shown):
    """An area, named from the top down to itself."""

    id: str
    place: list[str]


class Places(Shown):
    """The areas one may work in, in the order of their places."""

    items: list[Place]
