"""Looks at what Carebell stands on, and says what to do about what is missing."""

import asyncio
import os
import platform as machine
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import asyncpg
from alembic.config import Config
from alembic.script import ScriptDirectory

import kernel
from carebell.embedded.files import port_is_free
from carebell.embedded.part import StartError
from carebell.reaching import Reached, reached, running
from carebell.retention import Retention, retention
from devices.mqtt.address import Address
from kernel import db
from kernel.clock import Clock
from web.settings import WebSettings

OLDEST_PYTHON: Final = (3, 11)
OLDEST_NODE: Final = 20
OLDEST_POSTGRES: Final = 150_000
SKEW_S: Final = 2.0
LITTLE_DISK: Final = 2 * 10**9
NO_DISK: Final = 2 * 10**8


class Verdict(StrEnum):
    """How bad it is."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was looked at, what was found, and what to do."""

    what: str
    verdict: Verdict
    found: str
    remedy: str = ""


async def examine(data_dir: Path, ports: dict[str, int], clock: Clock) -> list[Finding]:
    """Look at everything. Parts that do not run are started for the look, elsewhere if need be."""
    there = running(data_dir)
    findings = list(look_at_machine(data_dir, ports, is_running=there is not None))
    with tempfile.TemporaryDirectory(prefix="carebell-") as scratch:
        folder = data_dir if (data_dir / "lock").is_file() else Path(scratch)
        try:
            async with reached(folder, clock, broker=True) as parts:
                findings += await look_at_database(parts, clock)
                findings.append(await asyncio.to_thread(look_at_broker, parts))
        except StartError as refusal:
            findings.append(
                Finding(
                    what="Embedded parts",
                    verdict=Verdict.BAD,
                    found="do not start",
                    remedy=refusal.detail,
                )
            )
    return findings


def _finding(what: str, found: str, *, good: bool, remedy: str, bad: Verdict) -> Finding:
    if good:
        return Finding(what=what, verdict=Verdict.GOOD, found=found)
    return Finding(what=what, verdict=bad, found=found, remedy=remedy)


def look_at_machine(
    data_dir: Path, ports: dict[str, int], *, is_running: bool
) -> Iterator[Finding]:
    """Yield findings that need neither database nor broker."""
    yield _finding(
        "Python",
        machine.python_version(),
        good=sys.version_info >= OLDEST_PYTHON,
        remedy="Install Python 3.11 or newer, then `make clean setup`.",
        bad=Verdict.BAD,
    )
    node = _version(["node", "--version"])
    pages = WebSettings().ui_dir / "console.html"
    yield _finding(
        "Node.js",
        node or "not found",
        good=node is not None and int(node.partition(".")[0]) >= OLDEST_NODE,
        remedy="Only building the pages needs it: install Node.js 20 or newer.",
        bad=Verdict.WARNING,
    )
    yield _finding(
        "Pages",
        "built" if pages.is_file() else "not built",
        good=pages.is_file(),
        remedy="Build them: make setup",
        bad=Verdict.BAD,
    )
    for option, port in ports.items():
        free = port_is_free(port)
        yield _finding(
            f"Port {port}",
            "free" if free else "used by this Carebell" if is_running else "taken",
            good=free or is_running,
            remedy=f"Stop the program that uses it, or choose another with {option}.",
            bad=Verdict.BAD,
        )
    yield from _look_at_folder(data_dir)


def _look_at_folder(data_dir: Path) -> Iterator[Finding]:
    there = next(
        path for path in (data_dir.absolute(), *data_dir.absolute().parents) if path.exists()
    )
    yield _finding(
        "Data folder",
        str(data_dir.absolute()),
        good=os.access(there, os.W_OK),
        remedy=f"You may not write to {there}: choose another folder with --data-dir.",
        bad=Verdict.BAD,
    )
    if data_dir.exists():
        closed = data_dir.stat().st_mode & 0o077 == 0
        yield _finding(
            "Data folder's rights",
            "for its owner only" if closed else "open to others",
            good=closed,
            remedy=f"It holds secrets: chmod 700 {data_dir.absolute()}",
            bad=Verdict.BAD,
        )
    free = shutil.disk_usage(there).free
    yield _finding(
        "Disk",
        f"{free / 1e9:.1f} GB free",
        good=free >= LITTLE_DISK,
        remedy="Make room: a full disk stops the database, and with it every alarm.",
        bad=Verdict.BAD if free < NO_DISK else Verdict.WARNING,
    )


def _version(command: list[str]) -> str | None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"\d+(\.\d+)*", done.stdout)
    return match.group() if match else None


async def look_at_database(reached: Reached, clock: Clock) -> list[Finding]:
    """Return what there is to say about the database."""
    try:
        connection = await db.connect(reached.database_url)
    except (*db.UNAVAILABLE, asyncpg.PostgresError) as error:
        return [
            Finding(
                what="Database",
                verdict=Verdict.BAD,
                found=f"{type(error).__name__}: {error}",
                remedy="Is it running, and is CAREBELL_DATABASE_URL right?",
            )
        ]
    try:
        version = await connection.fetchval("SHOW server_version")
        number = int(await connection.fetchval("SHOW server_version_num"))
        before = clock.now()
        theirs = await connection.fetchval("SELECT clock_timestamp()")
        skew = abs((theirs - before - (clock.now() - before) / 2).total_seconds())
        fsync = await connection.fetchval("SHOW fsync")
        schema = await connection.fetchval("SELECT to_regclass('public.schema_version')::text")
        at = schema and await connection.fetchval("SELECT version_num FROM schema_version")
    finally:
        await connection.close()
    return [
        _finding(
            "Database",
            f"PostgreSQL {version}",
            good=number >= OLDEST_POSTGRES,
            remedy="Carebell needs PostgreSQL 15 or newer.",
            bad=Verdict.BAD,
        ),
        _look_at_schema(at, Verdict.WARNING if reached.started_here else Verdict.BAD),
        _finding(
            "Durability",
            f"fsync {fsync}",
            good=fsync == "on",
            remedy="Set fsync = on: a power cut would lose alarms that were acknowledged.",
            bad=Verdict.BAD,
        ),
        _finding(
            "Clock",
            f"{skew:.2f} s apart from the database's",
            good=skew < SKEW_S,
            remedy="Set both machines by NTP (chrony or systemd-timesyncd).",
            bad=Verdict.BAD,
        ),
    ]


def _look_at_schema(at: str | None, behind: Verdict) -> Finding:
    """Compare where the schema stands with what this version knows; `behind` is how bad that is."""
    config = Config()
    config.set_main_option("script_location", str(Path(str(kernel.__file__)).parent / "migrations"))
    script = ScriptDirectory.from_config(config)
    newest = script.get_current_head()
    is_known = at is None or at in {step.revision for step in script.walk_revisions()}
    return _finding(
        "Schema",
        f"at {at or 'nothing'}, newest is {newest}",
        good=at == newest,
        remedy="The next `carebell up` brings it up to date, or `carebell migrate`. There is no way"
        " back but a backup: make one first (pg_dump)."
        if is_known
        else "A newer Carebell made it: install that version, or restore a backup from before.",
        bad=behind if is_known else Verdict.BAD,
    )


def look_at_broker(reached: Reached) -> Finding:
    """Say whether the broker takes us in and keeps what is not acknowledged."""
    address = Address.parse(reached.mqtt_url)
    where = f"{address.host}:{address.port}"
    found = retention(address)
    match found:
        case Retention.KEEPS:
            return Finding(
                what="Broker",
                verdict=Verdict.GOOD,
                found=f"{where} keeps what is not acknowledged",
            )
        case Retention.REFUSED:
            remedy = "Are user and password in CAREBELL_MQTT_URL right?"
        case Retention.AWAY:
            remedy = "Is it running, and is the address in CAREBELL_MQTT_URL right?"
        case Retention.FORGETS:
            remedy = "It must keep durable sessions (Mosquitto: persistence true)."
    return Finding(what="Broker", verdict=Verdict.BAD, found=f"{where}: {found}", remedy=remedy)
