"""A terminal as the registry knows it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from devices.events import TerminalId


class TerminalState(StrEnum):
    """Where a terminal is in its life."""

    ENROLLED = "enrolled"  # may log in, stands in no home
    INSTALLED = "installed"
    RETIRED = "retired"  # may not log in any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """A terminal. `supervision_s` without a word from it make it silent."""

    id: TerminalId
    area: str
    home_id: UUID | None
    model: str
    dialect: str
    state: TerminalState
    heartbeat_s: int
    supervision_s: int
    enrolled_at: datetime
    installed_at: datetime | None
    retired_at: datetime | None
