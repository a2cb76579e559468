"""Rows of consents. A withdrawal ends one; a new consent is a new row."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from kernel import audit
from kernel.audit import Act, By
from kernel.columns import Columns, filled
from kernel.db import Connection
from people.ids import ContactId, ResidentId

_CONSENT: Final = Columns(
    (
        "id",
        "resident_id",
        "contact_id",
        "purpose",
        "text_version",
        "giver",
        "scope",
        "given_at",
        "withdrawn_at",
    )
)
_GIVEN: Final = _CONSENT.without("withdrawn_at")

GIVE: Final = filled(
    """
INSERT INTO dispatch.consent ({given}) VALUES ({values}) ON CONFLICT (id) DO NOTHING RETURNING id
""",
    given=_GIVEN.of(),
    values=_GIVEN.parameters(),
)

WITHDRAW: Final = """
UPDATE dispatch.consent SET withdrawn_at = $4
WHERE resident_id = $1 AND purpose = $2 AND contact_id IS NOT DISTINCT FROM $3
  AND withdrawn_at IS NULL
RETURNING id
"""

# Where the resident lives.
AREA: Final = """
SELECT h.area FROM dispatch.resident AS r JOIN dispatch.home AS h ON h.id = r.home_id
WHERE r.id = $1
"""

OF_RESIDENT: Final = filled(
    "SELECT {consent} FROM dispatch.consent WHERE resident_id = $1 ORDER BY given_at, id",
    consent=_CONSENT.of(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One agreement.

    Attributes:
        contact_id: to whom it opens the resident's data; None: to the centre.
        purpose: what for, `service`, `health`, `alerts` …
        text_version: of the words that were agreed to.
        giver: the resident, or who signed for them.
        scope: which data.
    """

    id: UUID
    resident_id: ResidentId
    contact_id: ContactId | None
    purpose: str
    text_version: str
    giver: str
    scope: str
    given_at: datetime
    withdrawn_at: datetime | None = None


async def give(conn: Connection, consent: Consent, *, by: By) -> None:
    """Record an agreement; the same id again changes nothing."""
    async with conn.transaction():
        given = await conn.fetchval(GIVE, *(getattr(consent, name) for name in _GIVEN.names))
        if given is not None:
            act = Act(
                at=consent.given_at,
                by=by,
                action="consent_given",
                area=await conn.fetchval(AREA, consent.resident_id),
                subject=f"consent:{consent.id}",
                reason=consent.purpose,
            )
            await audit.write_down(conn, act)


async def withdraw(
    conn: Connection,
    resident_id: ResidentId,
    purpose: str,
    contact_id: ContactId | None,
    at: datetime,
    *,
    by: By,
) -> None:
    """End whatever stands for this purpose and contact."""
    async with conn.transaction():
        ended = await conn.fetch(WITHDRAW, resident_id, purpose, contact_id, at)
        area = await conn.fetchval(AREA, resident_id)
        acts = [
            Act(
                at=at,
                by=by,
                action="consent_withdrawn",
                area=area,
                subject=f"consent:{row['id']}",
                reason=purpose,
            )
            for row in ended
        ]
        await audit.write_down(conn, *acts)


async def of_resident(conn: Connection, resident_id: ResidentId) -> list[Consent]:
    """Return all agreements of a resident, ended ones too, oldest first."""
    return [Consent(**dict(row)) for row in await conn.fetch(OF_RESIDENT, resident_id)]
