"""What a part is: a command, how to see that it works, and how to stop it.

`Part` is only a description. The supervisor (`carebell.processes`) runs it under asyncio; tests
and short commands use `Running`, which blocks.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

import psutil
from tenacity import Retrying, stop_after_delay, wait_fixed

from kernel.errors import DomainError

LAUNCH: Final = Path(__file__).with_name("launch.py")
LOOK_EVERY_S: Final = 0.03
LONG_LOG: Final = 20_000_000  # bytes


class StartError(DomainError):
    """A part does not start; the detail says what a person can do about it."""

    code = "cannot-start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The unprivileged account a part runs as when we are root."""

    uid: int
    gid: int
    enters_any_folder: bool  # needs CAP_DAC_READ_SEARCH to reach its files


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A child process, described.

    `marker` is an argument that no other process on this machine has (a path in the data folder):
    by it an orphan of a former run is recognised. `is_ready` may block for a second at most; a part
    that has not been ready for `hangs_after_s` seconds is killed and started again. `before_start`
    prepares every start; `env` adds to the environment.
    """

    name: str
    argv: tuple[str, ...]
    marker: str
    log: Path
    is_ready: Callable[[], bool]
    before_start: Callable[[], None] = lambda: None
    env: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within_s: float = 10
    hangs_after_s: float | None = None
    account: Account | None = None

    def command(self) -> list[str]:
        """Return the command that starts this part as a child of this very process."""
        account = "-"
        if self.account:
            reach = "+" if self.account.enters_any_folder else ""
            account = f"{self.account.uid}:{self.account.gid}{reach}"
        stub = [sys.executable, "-I", "-S", str(LAUNCH), str(os.getpid())]
        return [*stub, str(int(self.stop_signal)), account, "--", *self.argv]


def end_orphans(part: Part) -> None:
    """Stop what a former run left behind: first politely, then by SIGKILL.

    The caller holds the data folder's lock, so nobody living owns these processes.
    """
    left = [
        process
        for process in psutil.process_iter(["cmdline"])
        if part.marker in (process.info["cmdline"] or ()) and process.pid != os.getpid()
    ]
    for process in left:
        _send(process, part.stop_signal)
    _, stubborn = psutil.wait_procs(left, timeout=part.stop_within_s)
    for process in stubborn:
        _send(process, signal.SIGKILL)
    psutil.wait_procs(stubborn, timeout=part.stop_within_s)


def _send(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return


def open_log(log: Path) -> IO[bytes]:
    """Open a log for appending; one that has grown long becomes `….1` first."""
    if log.is_file() and log.stat().st_size > LONG_LOG:
        log.replace(log.with_name(f"{log.name}.1"))
    return log.open("ab")


def last_lines(log: Path, count: int = 12) -> str:
    """Return the end of a log, for the message that says why a part did not start."""
    if not log.is_file():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 8192))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-count:])


class Running:
    """A started part, for callers without an event loop. Stops it on leaving the `with`."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id of the part itself (the launching stub has become it)."""
        if self._child is None:
            raise StartError(f"{self.part.name} is not running.")
        return self._child.pid

    def start(self, within_s: float = 30) -> Self:
        """Start the part and return once it is ready.

        A part that ends at once is started again until the time is up: after SIGKILL a PostgreSQL
        needs a moment until the last of its workers has let go of the shared memory.

        Raises:
            StartError: it was not ready in time; the detail holds the end of its log.
        """
        end_orphans(self.part)
        try:
            self._await_ready(within_s)
        except StartError:
            self.kill()
            raise
        return self

    def _await_ready(self, within_s: float) -> None:
        for attempt in Retrying(
            stop=stop_after_delay(within_s), wait=wait_fixed(LOOK_EVERY_S), reraise=True
        ):
            with attempt:
                if self._child is None or self._child.poll() is not None:
                    self._spawn()
                if not self.part.is_ready():
                    raise StartError(
                        f"{self.part.name} was not ready within {within_s:g} s. "
                        f"The end of {self.part.log}:\n{last_lines(self.part.log)}"
                    )

    def _spawn(self) -> None:
        self.part.before_start()
        with open_log(self.part.log) as log:
            self._child = subprocess.Popen(
                self.part.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.part.env},
                cwd="/",  # ours may be closed to the part's account
                start_new_session=True,  # Ctrl-C is ours; we stop the parts in order
            )

    def reload(self) -> None:
        """Have the part read its configuration again (SIGHUP)."""
        os.kill(self.pid, signal.SIGHUP)

    def kill(self) -> None:
        """Kill the part as a power cut would (SIGKILL)."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child = None

    def stop(self) -> None:
        """Stop the part in order, and kill it when it does not comply in its time."""
        if self._child is None:
            return
        self._child.send_signal(self.part.stop_signal)
        try:
            self._child.wait(self.part.stop_within_s)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._child = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
