"""Rows of accounts."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dispatch.ids import AccountId, CaregiverId
from kernel.db import Connection, Record

FIND: Final = """
SELECT id, username, name, role, locale, caregiver_id
FROM dispatch.account WHERE id = $1 AND active
"""

CREDENTIALS: Final = """
SELECT id, username, name, role, locale, caregiver_id, password_hash
FROM dispatch.account WHERE username = lower($1) AND active
"""

SET_LOCALE: Final = "UPDATE dispatch.account SET locale = $2 WHERE id = $1"


class Role(StrEnum):
    """What an account may do; where it may do it is a matter of areas."""

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    PLANNER = "planner"
    CAREGIVER = "caregiver"
    FAMILY = "family"
    INSTALLER = "installer"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who may log in; `caregiver_id` is set for caregivers only."""

    id: AccountId
    username: str
    name: str
    role: Role
    locale: str
    caregiver_id: CaregiverId | None


async def find(conn: Connection, account_id: AccountId) -> Account | None:
    """Return the account unless it is unknown or switched off."""
    row = await conn.fetchrow(FIND, account_id)
    return None if row is None else _from_row(row)


async def credentials(conn: Connection, username: str) -> tuple[Account, str] | None:
    """Return the account of that name, in any case, and its password hash."""
    row = await conn.fetchrow(CREDENTIALS, username)
    return None if row is None else (_from_row(row), row["password_hash"])


async def set_locale(conn: Connection, account_id: AccountId, locale: str) -> None:
    """Remember the language the account's pages are shown in."""
    await conn.execute(SET_LOCALE, account_id, locale)


def _from_row(row: Record) -> Account:
    return Account(
        id=AccountId(row["id"]),
        username=row["username"],
        name=row["name"],
        role=Role(row["role"]),
        locale=row["locale"],
        caregiver_id=row["caregiver_id"],
    )
