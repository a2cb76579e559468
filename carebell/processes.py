"""The supervisor: starts parts in order, starts again what ends, stops all in reverse order.

Nothing is left behind: a part leads its own process group, which ends with it, and every part is
tied to this process's life (`carebell.embedded.launch`).
"""

import asyncio
import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar

from carebell.embedded.files import private_folder
from carebell.embedded.part import Part, StartError, end_orphans, last_lines, open_log
from carebell.restarts import Restarts
from kernel.clock import Clock

T = TypeVar("T")

LOOK_EVERY_S: Final = 0.05
#: A part that falls over so often at its first start will not get better by waiting.
HOPELESS_AFTER: Final = 7
WATCH_EVERY_S: Final = 2.0


class What(StrEnum):
    """What can happen to a part."""

    READY = "ready"
    ENDED = "ended"
    UNRESPONSIVE = "unresponsive"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something a person at the terminal may want to know."""

    part: str
    what: What
    detail: str = ""


class _HopelessError(Exception):
    pass


class _Keeper:
    """Keeps one part running until told otherwise."""

    def __init__(self, part: Part, clock: Clock, tell: Callable[[Happening], None]) -> None:
        self.part = part
        self.ready = asyncio.Event()
        self.in_a_row = 0
        self._clock = clock
        self._tell = tell
        self._stopping = asyncio.Event()
        self._child: asyncio.subprocess.Process | None = None
        self._task = asyncio.create_task(self._keep(), name=f"keep {part.name}")

    async def _keep(self) -> None:
        restarts = Restarts()
        await asyncio.to_thread(end_orphans, self.part)
        while not self._stopping.is_set():
            await asyncio.to_thread(self.part.before_start)
            began = time.monotonic()
            code = await self._run_once()
            if self._stopping.is_set():
                break
            restarts = restarts.ended(time.monotonic() - began)
            self.in_a_row = restarts.in_a_row
            self._tell(
                Happening(
                    part=self.part.name,
                    what=What.ENDED,
                    detail=f"{_reason(code)}; starting again in {restarts.delay_s:g} s",
                )
            )
            await self._clock.sleep(restarts.delay_s)

    async def _run_once(self) -> int:
        with open_log(self.part.log) as log:
            self._child = await asyncio.create_subprocess_exec(
                *self.part.command(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self.part.env},
                cwd="/",
                start_new_session=True,
            )
        child = self._child
        if self._stopping.is_set():  # `stop` came while the process was being made
            child.send_signal(self.part.stop_signal)
        watch = asyncio.create_task(self._watch(child), name=f"watch {self.part.name}")
        try:
            return await child.wait()
        finally:
            watch.cancel()
            self.ready.clear()
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)  # what the part itself left behind

    async def _watch(self, child: asyncio.subprocess.Process) -> None:
        while not await asyncio.to_thread(self.part.is_ready):
            await self._clock.sleep(LOOK_EVERY_S)
        self.ready.set()
        self._tell(Happening(part=self.part.name, what=What.READY))
        if self.part.hangs_after_s is None:
            return
        answered = time.monotonic()
        while time.monotonic() - answered < self.part.hangs_after_s:
            await self._clock.sleep(WATCH_EVERY_S)
            if await asyncio.to_thread(self.part.is_ready):
                answered = time.monotonic()
        self._tell(Happening(part=self.part.name, what=What.UNRESPONSIVE))
        child.kill()

    @property
    def pid(self) -> int | None:
        """The process id of the part, while it runs."""
        child = self._child
        return child.pid if child is not None and child.returncode is None else None

    async def stop(self) -> None:
        """Stop the part in order; kill it when it does not comply in its time."""
        self._stopping.set()
        if self._child is not None and self._child.returncode is None:
            self._child.send_signal(self.part.stop_signal)
            try:
                async with asyncio.timeout(self.part.stop_within_s):
                    await self._child.wait()
            except TimeoutError:
                self._child.kill()
        else:
            self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        self._tell(Happening(part=self.part.name, what=What.STOPPED))


class Supervisor:
    """Keeps parts running, group after group."""

    def __init__(self, clock: Clock, tell: Callable[[Happening], None] = lambda _: None) -> None:
        self._clock = clock
        self._tell = tell
        self._groups: list[list[_Keeper]] = []

    async def up(self, *parts: Part, within_s: float = 60) -> None:
        """Start `parts` side by side and return once all are ready.

        Raises:
            StartError: one was not ready in time, or keeps falling over; the detail holds the end
                of its log.
        """
        group = [_Keeper(part, self._clock, self._tell) for part in parts]
        self._groups.append(group)
        try:
            async with asyncio.timeout(within_s):
                await self._all_ready(group)
        except (TimeoutError, _HopelessError):
            late = [keeper.part for keeper in group if not keeper.ready.is_set()]
            raise StartError(
                "\n".join(
                    f"{part.name} did not get ready. The end of {part.log}:\n{last_lines(part.log)}"
                    for part in late
                )
            ) from None

    def pid(self, name: str) -> int | None:
        """Return the process id of a part; None while it does not run."""
        keepers = (keeper for group in self._groups for keeper in group)
        return next((keeper.pid for keeper in keepers if keeper.part.name == name), None)

    async def _all_ready(self, group: Sequence[_Keeper]) -> None:
        while not all(keeper.ready.is_set() for keeper in group):
            if any(keeper.in_a_row >= HOPELESS_AFTER for keeper in group):
                raise _HopelessError
            await self._clock.sleep(LOOK_EVERY_S)

    async def down(self) -> None:
        """Stop everything, the last group first; each group side by side."""
        while self._groups:
            await asyncio.gather(*(keeper.stop() for keeper in self._groups.pop()))


def _reason(code: int) -> str:
    if code >= 0:
        return f"ended with code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"


@contextlib.contextmanager
def folder_lock(data_dir: Path) -> Iterator[None]:
    """Hold the data folder for this process; the lock dies with it.

    Raises:
        StartError: another Carebell runs in this folder.
    """
    path = private_folder(data_dir) / "lock"
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise StartError(
                f"Carebell already runs in {path.parent} (process {file.read().strip()}). "
                "Stop it with Ctrl-C there, or choose another folder with --data-dir."
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def stop_on_signals(stop: asyncio.Event) -> None:
    """Have Ctrl-C, SIGTERM and a closed terminal set `stop`."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)


async def unless_stopped(stop: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """Return what `work` returns, or None when `stop` is set first; then `work` is cancelled."""
    working, stopped = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        for task in (working, stopped):
            task.cancel()
        await asyncio.gather(working, stopped, return_exceptions=True)
