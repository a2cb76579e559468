"""Rows of certificates. Each change is written down with who made it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from kernel import audit
from kernel.audit import Act
from kernel.columns import Columns, filled
from kernel.db import Connection, Record
from people.ids import AccountId, CaregiverId

HOLDERS: Final = """
SELECT c.id, c.name, c.area, c.skills FROM dispatch.caregiver AS c
WHERE c.active AND c.area = ANY($1::text[]) ORDER BY c.name, c.id
"""

_CERTIFICATE: Final = Columns(
    ("id", "caregiver_id", "skill", "number", "valid_from", "valid_to", "version")
)
_NEW: Final = _CERTIFICATE.without("version")

CERTIFICATES: Final = filled(
    """
SELECT {certificate}
FROM dispatch.certificate AS d JOIN dispatch.caregiver AS c ON c.id = d.caregiver_id
WHERE c.active AND c.area = ANY($1::text[]) ORDER BY d.skill, d.valid_from, d.id
""",
    certificate=_CERTIFICATE.of("d"),
)

SKILLS: Final = """
SELECT unnest(c.skills) FROM dispatch.caregiver AS c WHERE c.active AND c.area = ANY($1::text[])
UNION
SELECT d.skill FROM dispatch.certificate AS d JOIN dispatch.caregiver AS c ON c.id = d.caregiver_id
WHERE c.active AND c.area = ANY($1::text[])
"""

HOLDER_AREA: Final = """
SELECT area FROM dispatch.caregiver WHERE id = $1 AND active AND area = ANY($2::text[])
"""

LOCK: Final = filled(
    """
SELECT {certificate}, c.area
FROM dispatch.certificate AS d JOIN dispatch.caregiver AS c ON c.id = d.caregiver_id
WHERE d.id = $1 AND c.area = ANY($2::text[]) FOR UPDATE OF d
""",
    certificate=_CERTIFICATE.of("d"),
)

ADD: Final = filled(
    """
INSERT INTO dispatch.certificate ({new}) VALUES ({values}) ON CONFLICT DO NOTHING RETURNING id
""",
    new=_NEW.of(),
    values=_NEW.parameters(),
)

SAVE: Final = """
UPDATE dispatch.certificate SET number = $2, valid_from = $3, valid_to = $4, version = version + 1
WHERE id = $1
"""

IS_TAKEN: Final = """
SELECT EXISTS (
    SELECT FROM dispatch.certificate
    WHERE caregiver_id = $1 AND skill = $2 AND valid_from = $3 AND id <> $4
)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The days on which a certificate is valid, both included; no last day: until further notice.

    Attributes:
        number: as printed on it.
    """

    number: str | None
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate; `version` counts its changes."""

    id: UUID
    caregiver_id: CaregiverId
    skill: str
    span: Span
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Somebody who may hold certificates.

    Attributes:
        skills: said of them; those without a certificate always count.
    """

    id: CaregiverId
    name: str
    area: str
    skills: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Who changes something, when, and what it is called in the record."""

    by: AccountId
    at: datetime
    action: str


async def holders(conn: Connection, areas: Sequence[str]) -> list[Holder]:
    """Return who works in `areas`, by name."""
    return [
        Holder(
            id=CaregiverId(row["id"]),
            name=row["name"],
            area=row["area"],
            skills=tuple(row["skills"]),
        )
        for row in await conn.fetch(HOLDERS, areas)
    ]


async def certificates(conn: Connection, areas: Sequence[str]) -> list[Certificate]:
    """Return the certificates of who works in `areas`, by skill and first day."""
    return [_certificate(row) for row in await conn.fetch(CERTIFICATES, areas)]


async def skills(conn: Connection, areas: Sequence[str]) -> set[str]:
    """Return what is said of, or certified to, anybody who works in `areas`."""
    return {skill for (skill,) in await conn.fetch(SKILLS, areas)}


async def holder_area(
    conn: Connection, caregiver_id: CaregiverId, areas: Sequence[str]
) -> str | None:
    """Return the area of somebody who works in `areas`."""
    found: str | None = await conn.fetchval(HOLDER_AREA, caregiver_id, areas)
    return found


async def lock(
    conn: Connection, certificate_id: UUID, areas: Sequence[str]
) -> tuple[Certificate, str] | None:
    """Return a certificate of `areas` and its holder's area, locked until the transaction ends."""
    row = await conn.fetchrow(LOCK, certificate_id, areas)
    if row is None:
        return None
    area: str = row["area"]
    return _certificate(row), area


async def add(conn: Connection, certificate: Certificate) -> bool:
    """Store a new one; False if its id, or one of that skill from that day on, is there."""
    span = certificate.span
    added = await conn.fetchval(
        ADD,
        certificate.id,
        certificate.caregiver_id,
        certificate.skill,
        span.number,
        span.valid_from,
        span.valid_to,
    )
    return added is not None


async def save(conn: Connection, certificate_id: UUID, span: Span) -> None:
    """Change a certificate that is locked; its version is the next."""
    await conn.execute(SAVE, certificate_id, span.number, span.valid_from, span.valid_to)


async def is_taken(conn: Connection, certificate: Certificate, valid_from: date) -> bool:
    """Whether another of the same person and skill begins on that day."""
    return bool(
        await conn.fetchval(
            IS_TAKEN, certificate.caregiver_id, certificate.skill, valid_from, certificate.id
        )
    )


async def write_down(
    conn: Connection, change: Change, certificate: Certificate, area: str, span: Span
) -> None:
    """Record who changed it, when, and to which days."""
    until = "" if span.valid_to is None else span.valid_to.isoformat()
    act = Act(
        at=change.at,
        by=change.by,
        action=change.action,
        area=area,
        subject=f"certificate:{certificate.id}",
        reason=f"{certificate.skill} {span.valid_from.isoformat()}/{until}",
    )
    await audit.write_down(conn, act)


def _certificate(row: Record) -> Certificate:
    return Certificate(
        id=row["id"],
        caregiver_id=row["caregiver_id"],
        skill=row["skill"],
        span=Span(number=row["number"], valid_from=row["valid_from"], valid_to=row["valid_to"]),
        version=row["version"],
    )
