"""Accounts: who may log in, as what, and see which areas."""

from people.accounts.checking import verify
from people.accounts.passwords import hash_password
from people.accounts.store import (
    Account,
    Area,
    Locale,
    Role,
    active,
    find,
    set_locale,
    visible_areas,
)

__all__ = [
    "Account",
    "Area",
    "Locale",
    "Role",
    "active",
    "find",
    "hash_password",
    "set_locale",
    "verify",
    "visible_areas",
]
