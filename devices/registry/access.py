"""Keeps the broker's users in step with the registry: `keep` writes, and has them read again."""

import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import structlog

from devices.dialects.known import KNOWN, Dialects
from devices.mqtt.broker_auth import (
    ServiceAccount,
    TerminalAccess,
    render_mosquitto,
    render_nats_users,
)
from devices.registry import store
from devices.waking import Waker
from kernel.clock import Clock
from kernel.db import UNAVAILABLE, Pool

_log = structlog.get_logger()
CHANNEL: Final = "carebell_access"
POLL_S: Final = 5.0
OWNER_ONLY: Final = 0o600


class BrokerKind(StrEnum):
    """Brokers whose users we write ourselves."""

    NATS = "nats"
    MOSQUITTO = "mosquitto"


@dataclass(frozen=True, slots=True, kw_only=True)
class UsersFile:
    """Where a broker reads its users.

    Attributes:
        path: NATS: the file that `authorization` includes; Mosquitto: `password_file`, with
            `acl_file` beside it under the name `acl`.
        pid_file: of the broker, which is sent SIGHUP; None: nobody is told.
    """

    kind: BrokerKind
    path: Path
    pid_file: Path | None
    services: Sequence[ServiceAccount]
    dialects: Dialects = KNOWN


def write(users: UsersFile, terminals: Sequence[TerminalAccess]) -> bool:
    """Write the users file(s); False when they said so already."""
    if users.kind is BrokerKind.NATS:
        return _replace(users.path, render_nats_users(terminals, users.services, users.dialects))
    passwords, rights = render_mosquitto(terminals, users.services, users.dialects)
    changed = _replace(users.path.with_name("acl"), rights)
    return _replace(users.path, passwords) or changed


def _replace(path: Path, text: str) -> bool:
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if path.is_file():
        before = path.stat()
        draft.chmod(before.st_mode & 0o777)
        if os.geteuid() == 0:
            os.chown(draft, before.st_uid, before.st_gid)
    draft.replace(path)
    return True


def reload(users: UsersFile) -> None:
    """Have the broker read its users again, if it runs."""
    if users.pid_file is None or not users.pid_file.is_file():
        return
    try:
        os.kill(int(users.pid_file.read_text()), signal.SIGHUP)
    except (ValueError, ProcessLookupError):
        _log.warning("broker_not_running")


async def refresh(
    pool: Pool, users: UsersFile, *, tell: Callable[[UsersFile], None] = reload
) -> int:
    """Bring the broker's users up to date and return the version they are of."""
    async with pool.acquire() as conn, conn.transaction(isolation="repeatable_read"):
        version = await store.access_version(conn)
        terminals = await store.access(conn)
    if write(users, terminals):
        tell(users)
        _log.info("broker_users_written", terminals=len(terminals), version=version)
    return version


async def keep(
    pool: Pool,
    clock: Clock,
    users: UsersFile,
    *,
    tell: Callable[[UsersFile], None] = reload,
) -> None:
    """Keep the broker's users up to date until cancelled."""
    done = -1
    async with Waker(pool, clock, CHANNEL, poll_s=POLL_S) as waker:
        while True:
            try:
                async with pool.acquire() as conn:
                    version = await store.access_version(conn)
                if version != done:
                    done = await refresh(pool, users, tell=tell)
            except UNAVAILABLE as error:
                _log.warning("database_away", error=type(error).__name__)
            await waker.wait()
