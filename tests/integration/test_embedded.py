"""The embedded parts start, come back after SIGKILL, and leave nothing behind."""

import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import psutil
import pytest

from carebell.embedded import nats, postgres
from carebell.embedded.files import free_port
from carebell.embedded.part import Account, Part, Running, StartError
from kernel import db


def commands_naming(marker: str) -> list[psutil.Process]:
    return [p for p in psutil.process_iter(["cmdline"]) if marker in (p.info["cmdline"] or ())]


@pytest.fixture
def closed_folder(tmp_path: Path) -> Path:
    """A folder that only its owner may enter, as /root is."""
    folder = tmp_path / "only mine"
    folder.mkdir(mode=0o700)
    return folder


async def test_postgres_starts_below_a_folder_closed_to_others(closed_folder: Path) -> None:
    cluster = postgres.prepare(closed_folder / "data", options=postgres.HASTY)
    with Running(cluster.part):
        connection = await db.connect(cluster.url())
        assert await connection.fetchval("SELECT current_user") == "carebell"
        assert not await connection.fetchval(
            "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
        )
        await connection.close()
    assert commands_naming(cluster.part.marker) == []


async def test_a_wrong_password_is_refused(closed_folder: Path) -> None:
    cluster = postgres.prepare(closed_folder, options=postgres.HASTY)
    with Running(cluster.part), pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(cluster.url().replace(cluster.password, "guess"))


def test_secrets_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    postgres.prepare(tmp_path)
    nats.prepare(tmp_path, free_port())
    for name in ("postgres.password", "postgres.superuser", "broker.password", "broker/users.conf"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0, name


async def test_committed_rows_survive_sigkill_of_postgres(tmp_path: Path) -> None:
    cluster = postgres.prepare(tmp_path)
    running = Running(cluster.part).start()
    connection = await db.connect(cluster.url())
    await connection.execute("CREATE TABLE t AS SELECT 42 AS x")
    running.kill()
    connection.terminate()
    with running:
        connection = await db.connect(cluster.url())
        assert await connection.fetchval("SELECT x FROM t") == 42
        await connection.close()


def test_a_stale_lock_file_naming_a_living_stranger_does_not_stop_postgres(tmp_path: Path) -> None:
    cluster = postgres.prepare(tmp_path, options=postgres.HASTY)
    running = Running(cluster.part).start()
    lock = tmp_path / "postgres" / "data" / "postmaster.pid"
    left_behind = lock.read_text().partition("\n")[2]
    running.kill()
    stranger = subprocess.Popen(["sleep", "60"], user=lock.stat().st_uid)
    lock.write_text(f"{stranger.pid}\n{left_behind}")
    with running:
        assert running.part.is_ready()
    stranger.kill()
    stranger.wait()


def test_an_interrupted_creation_of_the_cluster_is_made_again(tmp_path: Path) -> None:
    cluster = postgres.prepare(tmp_path)
    (tmp_path / "postgres" / "data").rename(tmp_path / "postgres" / "data.new")
    again = postgres.prepare(tmp_path, options=postgres.HASTY)
    with Running(again.part):
        assert again.password == cluster.password


def test_parts_of_a_killed_parent_end_with_it(tmp_path: Path) -> None:
    script = (
        "import sys, os, signal\n"
        "from pathlib import Path\n"
        "from carebell.embedded import nats, postgres\n"
        "from carebell.embedded.part import Running\n"
        f"home, port = Path({str(tmp_path)!r}), {free_port()}\n"
        "Running(postgres.prepare(home).part).start()\n"
        "Running(nats.prepare(home, port).part).start()\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=False, cwd=Path.cwd())
    markers = (str(tmp_path / "postgres" / "data"), str(tmp_path / "broker" / "nats.conf"))
    left = [process for marker in markers for process in commands_naming(marker)]
    assert psutil.wait_procs(left, timeout=60)[1] == []


def test_an_orphan_is_ended_before_a_new_start(tmp_path: Path) -> None:
    described = nats.prepare(tmp_path, free_port())
    orphan = subprocess.Popen(
        described.part.argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    with Running(described.part) as running:
        assert orphan.wait(10) is not None
        assert [p.pid for p in commands_naming(described.part.marker)] == [running.pid]


def test_a_part_that_cannot_start_shows_the_end_of_its_log(tmp_path: Path) -> None:
    described = nats.prepare(tmp_path, free_port())
    (tmp_path / "broker" / "nats.conf").write_text("no such setting {")
    with pytest.raises(StartError, match="broker was not ready"):
        Running(described.part).start(within_s=1)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops its rights")
def test_as_root_postgres_runs_as_an_unprivileged_account(tmp_path: Path) -> None:
    cluster = postgres.prepare(tmp_path, options=postgres.HASTY)
    with Running(cluster.part) as running:
        assert psutil.Process(running.pid).uids().effective != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops its rights")
def test_programs_in_a_folder_closed_to_others_are_found_without_further_rights(
    closed_folder: Path,
) -> None:
    program = closed_folder / "program"
    program.write_text('#!/bin/sh\n[ -x "$0" ] && grep CapEff /proc/self/status\n')
    program.chmod(0o755)
    part = Part(
        name="program",
        argv=(str(program),),
        marker=str(program),
        log=closed_folder / "log",
        is_ready=lambda: True,
        account=Account(uid=65534, gid=65534, enters_any_folder=True),
    )
    said = subprocess.run(part.command(), capture_output=True, text=True, check=True, cwd="/")
    assert int(said.stdout.split()[1], 16) == 1 << 2  # CAP_DAC_READ_SEARCH and nothing else
