"""Rows of accounts and of the areas granted to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

from kernel.db import Connection, Record
from people.ids import AccountId, CaregiverId

FIND: Final = """
SELECT id, username, name, role, locale, caregiver_id, active,
       ARRAY(SELECT jsonb_build_object('id', a.id, 'name', a.name, 'level', a.level)
             FROM dispatch.account_area AS g JOIN dispatch.area AS a ON a.id = g.area
             WHERE g.account_id = account.id ORDER BY cardinality(a.path), a.id) AS areas
FROM dispatch.account WHERE id = $1
"""

CREDENTIALS: Final = """
SELECT id, password_hash FROM dispatch.account WHERE username = lower($1) AND active
"""

VISIBLE: Final = """
SELECT id FROM dispatch.area
WHERE path && ARRAY(SELECT area FROM dispatch.account_area WHERE account_id = $1)
"""

ACTIVE: Final = "SELECT id FROM dispatch.account WHERE id = ANY($1::uuid[]) AND active"

SET_LOCALE: Final = """
UPDATE dispatch.account SET locale = $2 WHERE id = $1 AND locale <> $2 RETURNING id
"""

Role = Literal["operator", "supervisor", "planner", "caregiver", "family", "installer", "admin"]
Locale = Literal["zh-CN", "en"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A part of the city; `level` is city, district, street, community or grid."""

    id: str
    name: str
    level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who may log in.

    Attributes:
        caregiver_id: set for caregivers only.
        active: False: may not log in any more.
        areas: those granted, topmost first; the account sees all below them too.
    """

    id: AccountId
    username: str
    name: str
    role: Role
    locale: Locale
    caregiver_id: CaregiverId | None
    active: bool
    areas: tuple[Area, ...]


async def find(conn: Connection, account_id: UUID) -> Account | None:
    """Return the account, active or not."""
    row = await conn.fetchrow(FIND, account_id)
    return None if row is None else _from_row(row)


async def credentials(conn: Connection, username: str) -> tuple[AccountId, str] | None:
    """Return id and password hash of the active account of that name, in any case."""
    row = await conn.fetchrow(CREDENTIALS, username)
    return None if row is None else (AccountId(row["id"]), row["password_hash"])


async def visible_areas(conn: Connection, account_id: UUID) -> frozenset[str]:
    """Return every area the account sees: those granted and all below them."""
    return frozenset(row["id"] for row in await conn.fetch(VISIBLE, account_id))


async def active(conn: Connection, ids: Iterable[UUID]) -> frozenset[UUID]:
    """Return which of these accounts may still log in."""
    return frozenset(row["id"] for row in await conn.fetch(ACTIVE, list(ids)))


async def set_locale(conn: Connection, account_id: UUID, locale: Locale) -> bool:
    """Remember the language the account's pages are shown in; whether it was another before."""
    return await conn.fetchval(SET_LOCALE, account_id, locale) is not None


def _from_row(row: Record) -> Account:
    kept = {**dict(row), "areas": tuple(Area(**area) for area in row["areas"])}
    return Account(**kept)
