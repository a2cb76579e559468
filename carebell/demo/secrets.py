"""Passwords and terminal secrets of a demo town, different on every installation.

All follow from one master key in the data folder, so that the simulator can log in as any terminal
while the database keeps hashes only.
"""

import base64
import hmac
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from carebell.embedded.files import private_folder, secret
from devices.registry.credentials import Credential, make
from people.accounts.passwords import hash_password


class Keys:
    """The secrets of one installation."""

    def __init__(self, data_dir: Path) -> None:
        self._master = secret(private_folder(data_dir) / "demo.key").encode()

    def _derived(self, label: str) -> bytes:
        return hmac.digest(self._master, label.encode(), "sha256")

    def terminal(self, terminal: str) -> str:
        """Return a terminal's MQTT password: 192 bits, 32 characters."""
        return base64.urlsafe_b64encode(self._derived(f"terminal:{terminal}")[:24]).decode()

    def password(self, role: str) -> str:
        """Return the password all demo accounts of a role share: 50 bits, easy to read out."""
        letters = base64.b32encode(self._derived(f"role:{role}")).decode().lower()[:10]
        return f"{letters[:5]}-{letters[5:]}"

    def password_hash(self, role: str) -> str:
        """Return the hash of `password(role)` as log-in wants it."""
        return hash_password(self.password(role))

    def credentials(self, terminals: Sequence[str]) -> list[Credential]:
        """Return the hashes of many terminals' secrets, using all cores."""
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            return list(threads.map(lambda name: make(self.terminal(name)), terminals))
