"""Run a solve in a process of its own, from asyncio, without ever blocking the loop.

The child is `python -m scheduler.solve.worker`. It reads one request, writes `Progress` lines and
at last the `Plan`, see `frames`. A closed stdin tells it that we are gone and it ends; any byte on
stdin asks it to hand in what it has.
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncGenerator, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scheduler.model.plan import Plan
from scheduler.model.problem import Problem
from scheduler.solve import frames
from scheduler.solve.progress import OnProgress, ignore

NICENESS: Final = 5
"""Planning gives way to alarms on a shared machine."""


class SolveFailed(RuntimeError):  # noqa: N818 - a fact about the child
    """The child ended without a plan; the message carries the end of its stderr."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveRequest:
    """What the child is asked; see `scheduler.solve.solve` for the fields."""

    problem: Problem
    seconds: float
    threads: int
    seed: int
    iterations: int | None
    initial: Plan | None
    previous: Plan | None


async def solve_in_process(
    problem: Problem,
    *,
    seconds: float,
    threads: int = 2,
    seed: int = 1,
    initial: Plan | None = None,
    previous: Plan | None = None,
    on_progress: OnProgress = ignore,
    stop: asyncio.Event | None = None,
    standby: "Standby | None" = None,
) -> Plan:
    """Solve in a child process; cancelling the task kills the child.

    Args:
        problem: the day.
        seconds: wall time for the search; a first start on a machine compiles on top of it.
        threads: cores to use.
        seed: of the search.
        initial: a plan to start from.
        previous: the plan in force, when changes against it have their price in the search too.
        on_progress: called on the loop for each line of progress.
        stop: when set, the child hands in the best plan it has.
        standby: has a child ready, so that nobody waits for one to start.

    Raises:
        SolveFailed: the child died.
    """
    request = SolveRequest(
        problem=problem,
        seconds=seconds,
        threads=threads,
        seed=seed,
        iterations=None,
        initial=initial,
        previous=previous,
    )
    payload = await asyncio.to_thread(frames.pack, request)
    child = await (_start() if standby is None else standby.take())
    async with conversing(child) as stdout:
        asking = asyncio.create_task(_ask(child, payload, stop))
        try:
            while not isinstance(message := await frames.receive(stdout), Plan):
                on_progress(message)
            return message
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)


@contextlib.asynccontextmanager
async def conversing(
    child: asyncio.subprocess.Process,
) -> AsyncGenerator[asyncio.StreamReader, None]:
    """What a child writes; however it ends, nothing is left of the child.

    Raises:
        SolveFailed: it ended in the middle, with the end of its stderr.
    """
    if child.stdout is None or child.stderr is None:  # pragma: no cover - we asked for pipes
        raise SolveFailed("the child has no pipes")
    errors = asyncio.create_task(child.stderr.read())
    try:
        yield child.stdout
    except asyncio.IncompleteReadError:
        raise SolveFailed((await errors)[-2000:].decode(errors="replace")) from None
    finally:
        errors.cancel()
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
        await asyncio.gather(errors, child.wait(), return_exceptions=True)


class Standby:
    """Keeps one child started and its compiled code loaded; it sleeps on stdin until it is asked.

    Starting Python and loading compiled code costs a second or two: nothing for a day's plan, most
    of the time of a repair. Close it, or its child ends with this process.
    """

    def __init__(self) -> None:
        self._next: asyncio.Task[asyncio.subprocess.Process] | None = None

    def prepare(self) -> None:
        """See to it that a child is there or on its way; returns at once."""
        if self._next is None:
            self._next = asyncio.create_task(_start("--warm"))

    async def take(self) -> asyncio.subprocess.Process:
        """Hand out the child that is ready and prepare the next; a dead one is replaced."""
        self.prepare()
        ready, self._next = self._next, None
        child = await ready if ready is not None else await _start()
        self.prepare()
        return child if child.returncode is None else await _start()

    async def close(self) -> None:
        """End the child that waits."""
        waiting, self._next = self._next, None
        if waiting is not None:
            child = await waiting
            if child.returncode is None:
                child.kill()
            await child.wait()


async def _start(*options: str) -> asyncio.subprocess.Process:
    return await start("scheduler.solve.worker", *options)


async def start(module: str, *options: str) -> asyncio.subprocess.Process:
    """Start one of our modules as a child with pipes for frames and errors."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *options,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=_environment(),
    )


async def _ask(
    child: asyncio.subprocess.Process, payload: bytes, stop: asyncio.Event | None
) -> None:
    stdin = child.stdin
    if stdin is None:  # pragma: no cover - we asked for a pipe
        return
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        stdin.write(payload)
        await stdin.drain()
        await _wait(stop)
        stdin.write(b"s")
        await stdin.drain()


def _wait(stop: asyncio.Event | None) -> Coroutine[Any, Any, object]:
    return (asyncio.Event() if stop is None else stop).wait()


def _environment() -> dict[str, str]:
    root = str(Path(__file__).resolve().parents[2])
    inherited = os.environ.get("PYTHONPATH")
    return os.environ | {"PYTHONPATH": root if not inherited else f"{root}{os.pathsep}{inherited}"}
