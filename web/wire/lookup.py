"""Finding people and terminals, revealing a door code, what could not be read."""

from uuid import UUID

from pydantic import Field

from web.wire.base import Asked, Shown, Time


class Found(Shown):
    """A line of the search's answer."""

    resident_id: UUID
    home_id: UUID
    area: str
    name: str
    phone: str | None
    address: str
    terminal_id: str | None


class SearchResult(Shown):
    """What was found, best first."""

    items: list[Found]


class WhyDoorCode(Asked):
    """A door code is shown for a reason, which is written down."""

    reason: str = Field(min_length=1, max_length=500)


class DoorCode(Shown):
    """A door code; who saw it has been written down."""

    door_code: str


class Quarantined(Shown):
    """A message that could not be read."""

    id: UUID
    terminal: str | None
    area: str
    topic: str
    error: str
    detail: str
    count: int
    first_at: Time
    last_at: Time
    size_bytes: int


class Quarantine(Shown):
    """Messages that could not be read, newest first."""

    items: list[Quarantined]
