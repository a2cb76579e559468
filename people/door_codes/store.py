"""The one place that selects a door code."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kernel import audit
from kernel.audit import Act
from kernel.db import Connection
from people.ids import AccountId, HomeId

REVEAL: Final = """
SELECT area, door_code FROM dispatch.home WHERE id = $1 AND area = ANY($2::text[])
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reveal:
    """Somebody's wish to see a door code."""

    at: datetime
    by: AccountId
    home_id: HomeId
    reason: str


async def select(
    conn: Connection, home_id: HomeId, areas: frozenset[str]
) -> tuple[str, str | None] | None:
    """Return (area, door code) of a home in `areas`."""
    row = await conn.fetchrow(REVEAL, home_id, list(areas))
    return None if row is None else (row["area"], row["door_code"])


async def write_down(conn: Connection, reveal: Reveal, area: str) -> None:
    """Record who saw it, when and why."""
    act = Act(
        at=reveal.at,
        by=reveal.by,
        action="door_code_revealed",
        area=area,
        subject=f"home:{reveal.home_id}",
        reason=reveal.reason.strip(),
    )
    await audit.write_down(conn, act)
