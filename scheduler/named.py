"""Names that people read: of residents, caregivers and services."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from kernel.db import Connection

CAREGIVERS: Final = """
SELECT caregiver_id, name FROM dispatch.caregiver_v1 WHERE caregiver_id = ANY ($1) ORDER BY name
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service's or a meal's name in both languages."""

    id: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Somebody or something with a name."""

    id: UUID
    name: str


MEALS: Final[Mapping[str, Service]] = {
    "lunch": Service(id="lunch", zh="午餐", en="Lunch"),
    "supper": Service(id="supper", zh="晚餐", en="Supper"),
}


async def caregivers(conn: Connection, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the names of those caregivers that are known, in their order."""
    return {row["caregiver_id"]: row["name"] for row in await conn.fetch(CAREGIVERS, ids)}
