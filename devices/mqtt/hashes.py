"""Password hashes as the brokers want them. Pure.

Their cost is low on purpose: what is hashed are random secrets of 192 bits, and a district that
reconnects at once must not wait for its hashes.
"""

import base64
import hashlib
import secrets
from typing import Final

import bcrypt

BCRYPT_ROUNDS: Final = 4  # the least there is
PBKDF2_ROUNDS: Final = 101  # Mosquitto's own figure
SALT_BYTES: Final = 12


def nats_hash(secret: str) -> str:
    """Return a bcrypt hash."""
    return bcrypt.hashpw(secret.encode(), bcrypt.gensalt(BCRYPT_ROUNDS)).decode()


def mosquitto_hash(secret: str, *, of: str | None = None) -> str:
    """Return `$7$rounds$salt$hash`: PBKDF2 with SHA-512, as `mosquitto_passwd` writes it.

    With `of`, the salt follows from that name and the secret, so that the same account always
    renders the same line; else it is random.
    """
    salt = secrets.token_bytes(SALT_BYTES)
    if of is not None:
        salt = hashlib.sha256(f"{of}:{secret}".encode()).digest()[:SALT_BYTES]
    digest = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, PBKDF2_ROUNDS)
    encoded = (base64.b64encode(part).decode() for part in (salt, digest))
    return f"$7${PBKDF2_ROUNDS}$" + "$".join(encoded)
