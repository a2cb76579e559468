"""Secrets of terminals: made here, shown once, kept only as hashes."""

import secrets
from dataclasses import dataclass, field

from devices.mqtt.hashes import mosquitto_hash, nats_hash


@dataclass(frozen=True, slots=True)
class Credential:
    """A secret with the hashes that the brokers want."""

    secret: str = field(repr=False)
    bcrypt_hash: str = field(repr=False)
    pbkdf2_hash: str = field(repr=False)


def make(secret: str | None = None) -> Credential:
    """Return a new credential; `secret` names one only where the terminal brings its own."""
    secret = secret or secrets.token_urlsafe(24)
    return Credential(secret, nats_hash(secret), mosquitto_hash(secret))
