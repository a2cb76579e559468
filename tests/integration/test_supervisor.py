"""The supervisor keeps parts running, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from carebell.embedded.part import Part, StartError
from carebell.processes import Happening, Supervisor, What, folder_lock
from kernel.clock import SystemClock

READY = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text(str(__import__('os').getpid()));"
SLEEP = "__import__('time').sleep(60)"


def part(folder: Path, name: str, code: str = READY + SLEEP, **changes: object) -> Part:
    mark = folder / f"{name}.pid"
    fields: dict[str, object] = {
        "name": name,
        "argv": (sys.executable, "-c", code, str(mark)),
        "marker": str(mark),
        "log": folder / f"{name}.log",
        "is_ready": mark.is_file,
    }
    return Part(**{**fields, **changes})  # type: ignore[arg-type]


def pid_of(folder: Path, name: str) -> int:
    return int((folder / f"{name}.pid").read_text())


async def until(condition: object, within_s: float = 60) -> None:
    assert callable(condition)
    clock = SystemClock()
    for _ in range(int(within_s / 0.02)):
        if condition():
            return
        await clock.sleep(0.02)
    pytest.fail("it never came true")


async def test_a_killed_part_is_started_again(tmp_path: Path) -> None:
    told: list[Happening] = []
    supervisor = Supervisor(SystemClock(), told.append)
    await supervisor.up(part(tmp_path, "a"))
    first = pid_of(tmp_path, "a")
    os.kill(first, signal.SIGKILL)
    await until(lambda: pid_of(tmp_path, "a") != first)
    await supervisor.down()
    assert [h.what for h in told][:2] == [What.READY, What.ENDED]
    assert "was ended by SIGKILL" in told[1].detail
    assert not psutil.pid_exists(pid_of(tmp_path, "a"))


async def test_groups_stop_in_reverse_order(tmp_path: Path) -> None:
    told: list[Happening] = []
    supervisor = Supervisor(SystemClock(), told.append)
    await supervisor.up(part(tmp_path, "database"))
    await supervisor.up(part(tmp_path, "web"))
    await supervisor.down()
    assert [h.part for h in told if h.what is What.STOPPED] == ["web", "database"]


async def test_what_a_part_started_ends_with_it(tmp_path: Path) -> None:
    child = tmp_path / "grandchild"
    code = (
        "import subprocess, sys; from pathlib import Path;"
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        f"Path({str(child)!r}).write_text(str(p.pid));"
    )
    supervisor = Supervisor(SystemClock())
    await supervisor.up(part(tmp_path, "planner", code + READY + SLEEP))
    os.kill(pid_of(tmp_path, "planner"), signal.SIGKILL)
    grandchild = int(child.read_text())
    await until(lambda: _is_gone(grandchild))
    await supervisor.down()


async def test_a_part_that_ignores_the_polite_signal_is_killed(tmp_path: Path) -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + READY + SLEEP
    supervisor = Supervisor(SystemClock())
    await supervisor.up(part(tmp_path, "deaf", deaf, stop_within_s=0.2))
    await supervisor.down()
    assert _is_gone(pid_of(tmp_path, "deaf"))


async def test_a_part_that_no_longer_answers_is_started_again(tmp_path: Path) -> None:
    told: list[Happening] = []
    answering = tmp_path / "answering"
    answering.touch()
    supervisor = Supervisor(SystemClock(), told.append)
    await supervisor.up(
        part(tmp_path, "stuck", is_ready=answering.exists, hangs_after_s=0.5), within_s=60
    )
    answering.unlink()
    await until(lambda: any(h.what is What.UNRESPONSIVE for h in told))
    await until(lambda: any(h.what is What.ENDED for h in told))
    await supervisor.down()


async def test_a_part_that_never_gets_ready_shows_the_end_of_its_log(tmp_path: Path) -> None:
    supervisor = Supervisor(SystemClock())
    broken = part(tmp_path, "broken", "raise SystemExit('the disk is full')")
    with pytest.raises(StartError, match="the disk is full"):
        await supervisor.up(broken, within_s=1)
    await supervisor.down()


def test_a_folder_has_one_supervisor(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from carebell.processes import folder_lock\n"
        "from carebell.embedded.part import StartError\n"
        "try:\n"
        f"    with folder_lock(Path({str(tmp_path)!r})): print('got it')\n"
        "except StartError as refusal: print(refusal.detail)\n"
    )

    def attempt() -> str:
        return subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout

    with folder_lock(tmp_path):
        assert f"already runs in {tmp_path} (process {os.getpid()})" in attempt()
    assert attempt() == "got it\n"


def _is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
