"""The command, as a person types it."""

import socket
import subprocess
import sys
from pathlib import Path

COMMAND = Path(sys.executable).with_name("carebell")


def carebell(*arguments: str, within_s: float = 60) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, *arguments], capture_output=True, text=True, timeout=within_s, check=False
    )


def test_help_names_every_command() -> None:
    shown = carebell("--help")
    assert shown.returncode == 0
    for name in ("demo", "up", "migrate", "simulate", "plan", "solve", "work", "bench", "doctor"):
        assert f" {name} " in shown.stdout


def test_a_worker_without_a_database_says_what_to_name(tmp_path: Path) -> None:
    done = carebell("work", "--data-dir", str(tmp_path))
    assert done.returncode == 1
    assert "CAREBELL_DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_migrate_may_run_twice(tmp_path: Path) -> None:
    for _ in range(2):
        done = carebell("migrate", "--data-dir", str(tmp_path / "data"))
        assert done.returncode == 0, done.stderr
        assert "up to date" in done.stdout


def test_a_taken_port_is_one_sentence_with_a_way_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = carebell("demo", "--port", str(port), "--data-dir", str(tmp_path / "data"))
    assert done.returncode == 1
    assert f"Port {port} on 127.0.0.1 is taken" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_platform_gets_its_first_account(tmp_path: Path) -> None:
    make = ("account", "chief", "--area", "suzhou", "--data-dir", str(tmp_path / "data"))
    assert "at least 8" in carebell(*make, "--password", "short").stderr
    assert "chief may log in" in carebell(*make, "--password", "long enough").stdout
    again = carebell(*make, "--password", "long enough")
    assert again.returncode == 1
    assert "There is an account chief already" in again.stderr
