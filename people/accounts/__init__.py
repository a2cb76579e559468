"""Accounts: who may log in, as what, and see which areas.

- `changing`  what people do to their own account, written down
- `checking`  who is it that logs in
- `founding`  the first account of an empty platform, and the area it stands for
- `passwords` passwords: argon2id with the library's own (RFC 9106, low memory) parameters
- `store`     rows of accounts and of the areas granted to them
"""

from people.accounts.changing import set_locale, write_down
from people.accounts.checking import verify
from people.accounts.passwords import hash_password
from people.accounts.store import (
    Account,
    Area,
    Locale,
    Role,
    active,
    find,
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
    "write_down",
]
