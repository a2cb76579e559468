"""Folders and secrets that only their owner may read, and free ports."""

import os
import secrets
import socket
from pathlib import Path
from typing import Final

#: Addresses that mean "every network of this machine".
OPEN_TO_ALL: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared with, not bound
OWNER_ONLY: Final = 0o600
OWNER_FOLDER: Final = 0o700


def private_folder(path: Path) -> Path:
    """Create `path` for its owner only and return it, absolute."""
    path.mkdir(mode=OWNER_FOLDER, parents=True, exist_ok=True)
    return path.resolve()


def write_private(path: Path, text: str) -> None:
    """Write `text` so that a reader sees the old file or the new one, never half of it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)


def secret(path: Path) -> str:
    """Return the secret kept in `path`, made (192 random bits) on first use."""
    if path.is_file() and (kept := path.read_text(encoding="utf-8").strip()):
        return kept
    made = secrets.token_urlsafe(24)
    write_private(path, made + "\n")
    return made


def free_port(host: str = "127.0.0.1") -> int:
    """Return a TCP port on `host` that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Say whether a server could listen on `host`:`port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True
