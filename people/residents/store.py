"""Rows of homes, residents and contacts, as screens need them."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from kernel.columns import Columns, filled
from kernel.db import Connection, Record, literal
from people.ids import AccountId, ContactId, HomeId, ResidentId

Gender = Literal["female", "male", "unknown"]

_RESIDENT: Final = Columns(
    (
        "id",
        "home_id",
        "name",
        "gender",
        "born",
        "phone",
        "care_level",
        "conditions",
        "languages",
        "lives_alone",
    )
)

OF_HOMES: Final = filled(
    """
SELECT {resident} FROM dispatch.resident
WHERE home_id = ANY($1::uuid[]) AND active ORDER BY born NULLS LAST, id
""",
    resident=_RESIDENT.of(),
)

CONTACTS: Final = """
SELECT c.id, c.resident_id, c.name, c.relation, c.phone, c.has_key, c.position,
       coalesce((SELECT array_agg(DISTINCT k.purpose ORDER BY k.purpose)
                 FROM dispatch.consent AS k
                 WHERE k.contact_id = c.id AND k.withdrawn_at IS NULL), '{}') AS consents
FROM dispatch.contact AS c JOIN dispatch.resident AS r ON r.id = c.resident_id
WHERE r.home_id = ANY($1::uuid[]) AND r.active
ORDER BY c.resident_id, c.position
"""

# A relative sees a resident only while that resident's consent to them stands.
OF_FAMILY: Final = filled(
    """
SELECT DISTINCT {resident}
FROM dispatch.account_contact AS l
JOIN dispatch.contact AS c ON c.id = l.contact_id
JOIN dispatch.resident AS r ON r.id = c.resident_id
WHERE l.account_id = $1 AND r.active AND EXISTS (
    SELECT FROM dispatch.consent AS k WHERE k.contact_id = c.id AND k.resident_id = r.id
    AND k.purpose = 'alerts' AND k.withdrawn_at IS NULL)
ORDER BY r.id
""",
    resident=_RESIDENT.of("r"),
)

# `$2` has its wildcards escaped: a part of a name or phone number, or the start of a terminal's id.
SEARCH: Final = r"""
WITH found AS (
    SELECT r.id FROM dispatch.resident AS r
    WHERE r.name ILIKE '%' || $2 || '%' OR r.phone LIKE '%' || $2 || '%'
    UNION
    SELECT r.id
    FROM devices.terminal_v1 AS t JOIN dispatch.resident AS r ON r.home_id = t.home_id
    WHERE t.terminal_id ILIKE $2 || '%'
)
SELECT r.id AS resident_id, h.id AS home_id, h.area, r.name, r.phone, h.address, t.terminal_id
FROM found
JOIN dispatch.resident AS r ON r.id = found.id
JOIN dispatch.home AS h ON h.id = r.home_id
LEFT JOIN LATERAL (
    SELECT terminal_id FROM devices.terminal_v1 AS t WHERE t.home_id = h.id
    ORDER BY (t.terminal_id ILIKE $2 || '%') DESC, t.terminal_id LIMIT 1
) AS t ON true
WHERE h.area = ANY($1::text[]) AND r.active
ORDER BY (r.name ILIKE $2 || '%') DESC, r.name, r.id
LIMIT $3
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """A person cared for; `care_level` is 0 (able) to 4, conditions are health data."""

    id: ResidentId
    home_id: HomeId
    name: str
    gender: Gender
    born: date | None
    phone: str | None
    care_level: int
    conditions: tuple[str, ...]
    languages: tuple[str, ...]
    lives_alone: bool

    def age(self, today: date) -> int | None:
        """Return the full years lived by `today`, None when the birthday is unknown."""
        return age(self.born, today)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A relative or neighbour; `position` is the rung on the contact ladder, 1 first."""

    id: ContactId
    resident_id: ResidentId
    name: str
    relation: str
    phone: str
    has_key: bool
    position: int
    consents: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A line of the search's answer."""

    resident_id: ResidentId
    home_id: HomeId
    area: str
    name: str
    phone: str | None
    address: str
    terminal_id: str | None


def age(born: date | None, today: date) -> int | None:
    """Return the full years from `born` to `today`."""
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


async def of_homes(conn: Connection, homes: list[HomeId]) -> list[Resident]:
    """Return the active residents of `homes`, the eldest first."""
    return [_resident(row) for row in await conn.fetch(OF_HOMES, homes)]


async def contacts(conn: Connection, homes: list[HomeId]) -> list[Contact]:
    """Return the contacts of the residents of `homes`, in the order to call them."""
    return [
        Contact(**{**dict(row), "consents": tuple(row["consents"])})
        for row in await conn.fetch(CONTACTS, homes)
    ]


async def of_family(conn: Connection, account_id: AccountId) -> list[Resident]:
    """Return the residents who consent to this relative's being told."""
    return [_resident(row) for row in await conn.fetch(OF_FAMILY, account_id)]


async def search(
    conn: Connection, areas: frozenset[str], text: str, limit: int = 20
) -> list[Found]:
    """Return residents whose name, phone number or terminal matches `text`."""
    wanted = text.strip()
    if not wanted:
        return []
    rows = await conn.fetch(SEARCH, list(areas), literal(wanted), limit)
    return [Found(**dict(row)) for row in rows]


def _resident(row: Record) -> Resident:
    kept = {**dict(row), "conditions": tuple(row["conditions"])}
    return Resident(**{**kept, "languages": tuple(row["languages"])})
