"""Secrets of terminals: made here, shown once, kept only as hashes."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Final

import bcrypt

#: The cheapest there is: a secret of 192 random bits needs no slow hash.
BCRYPT_ROUNDS: Final = 4
PBKDF2_ROUNDS: Final = 101  # Mosquitto's own figure


@dataclass(frozen=True, slots=True)
class Credential:
    """A secret with the hashes that the brokers want."""

    secret: str = field(repr=False)
    bcrypt_hash: str = field(repr=False)
    pbkdf2_hash: str = field(repr=False)


def make(secret: str | None = None) -> Credential:
    """Return a new credential; `secret` names one only where the terminal brings its own."""
    secret = secret or secrets.token_urlsafe(24)
    hashed = bcrypt.hashpw(secret.encode(), bcrypt.gensalt(BCRYPT_ROUNDS)).decode()
    return Credential(secret, hashed, mosquitto_hash(secret))


def mosquitto_hash(secret: str) -> str:
    """Return `$7$rounds$salt$hash`: PBKDF2 with SHA-512, as `mosquitto_passwd` writes it."""
    salt = secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, PBKDF2_ROUNDS)
    encoded = (base64.b64encode(part).decode() for part in (salt, digest))
    return f"$7${PBKDF2_ROUNDS}$" + "$".join(encoded)
