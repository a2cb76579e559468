"""Passwords: argon2id with the library's own (RFC 9106, low memory) parameters."""

import asyncio
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER: Final = PasswordHasher()
#: Checked when the name is unknown, so that the time taken does not tell which names exist.
_NOBODY: Final = _HASHER.hash("nobody's password")


def hash_password(password: str) -> str:
    """Return the hash to store; takes tens of milliseconds on purpose."""
    return _HASHER.hash(password)


async def matches(password: str, stored: str | None) -> bool:
    """Say whether `password` is the one hashed in `stored`; in a thread, for the loop's sake."""
    right = await asyncio.to_thread(_verify, stored or _NOBODY, password)
    return right and stored is not None


def _verify(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
