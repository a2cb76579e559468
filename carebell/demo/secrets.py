"""Passwords and terminal secrets of a demo town, different on every installation.

All follow from one master key in the data folder, so that the simulator can log in as any terminal
while the database keeps hashes only.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import bcrypt
from argon2 import PasswordHasher

from carebell.embedded.files import private_folder, secret

#: Terminal secrets are 128 random bits: nobody guesses them, so stretching would only cost time.
BCRYPT_COST: Final = 4
PBKDF2_ROUNDS: Final = 101  # the number in Mosquitto's own password files


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalHashes:
    """What the registry keeps of a secret: one form for each broker."""

    bcrypt: str
    pbkdf2: str


class Keys:
    """The secrets of one installation."""

    def __init__(self, data_dir: Path) -> None:
        self._master = secret(private_folder(data_dir) / "demo.key").encode()

    def _derived(self, label: str) -> bytes:
        return hmac.digest(self._master, label.encode(), "sha256")

    def terminal(self, terminal: str) -> str:
        """Return a terminal's MQTT password: 128 bits, 22 characters."""
        digest = self._derived(f"terminal:{terminal}")[:16]
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def password(self, role: str) -> str:
        """Return the password all demo accounts of a role share: 50 bits, easy to read out."""
        letters = base64.b32encode(self._derived(f"role:{role}")).decode().lower()[:10]
        return f"{letters[:5]}-{letters[5:]}"

    def password_hash(self, role: str) -> str:
        """Return the hash of `password(role)` as log-in wants it."""
        return PasswordHasher().hash(self.password(role))

    def terminal_hashes(self, terminals: Sequence[str]) -> list[TerminalHashes]:
        """Return the hashes of many terminals' secrets, using all cores."""
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            return list(threads.map(self._hashes, terminals, chunksize=64))

    def _hashes(self, terminal: str) -> TerminalHashes:
        word = self.terminal(terminal).encode()
        salt = self._derived(f"salt:{terminal}")[:12]
        stretched = hashlib.pbkdf2_hmac("sha512", word, salt, PBKDF2_ROUNDS)
        parts = (base64.b64encode(salt).decode(), base64.b64encode(stretched).decode())
        return TerminalHashes(
            bcrypt=bcrypt.hashpw(word, bcrypt.gensalt(BCRYPT_COST, b"2a")).decode(),
            pbkdf2=f"$7${PBKDF2_ROUNDS}${parts[0]}${parts[1]}",
        )
