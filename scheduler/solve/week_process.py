"""Choose a week in a process of its own, from asyncio, without ever blocking the loop.

The child is `python -m scheduler.solve.week_worker`; frames are as in `scheduler.solve.process`.
"""

import asyncio
import contextlib
import pickle

from scheduler.solve.process import LENGTH_BYTES, SolveFailed, start
from scheduler.solve.week_search import Effort, OnProgress, ignore
from scheduler.week.model import Choice, Week


async def choose_in_process(week: Week, effort: Effort, on_progress: OnProgress = ignore) -> Choice:
    """Choose in a child process; cancelling the task kills the child.

    Args:
        week: the problem.
        effort: for the search.
        on_progress: called on the loop for each better choice.

    Raises:
        SolveFailed: the child died.
    """
    payload = await asyncio.to_thread(pickle.dumps, (week, effort), pickle.HIGHEST_PROTOCOL)
    child = await start("scheduler.solve.week_worker")
    if child.stdin is None or child.stdout is None or child.stderr is None:  # pragma: no cover
        raise SolveFailed("the child has no pipes")
    errors = asyncio.create_task(child.stderr.read())
    try:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            child.stdin.write(len(payload).to_bytes(LENGTH_BYTES) + payload)
            await child.stdin.drain()
        choice = await _listen(child.stdout, on_progress)
        if choice is None:
            raise SolveFailed((await errors)[-2000:].decode(errors="replace"))
        return choice
    finally:
        errors.cancel()
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
        await asyncio.gather(errors, child.wait(), return_exceptions=True)


async def _listen(stdout: asyncio.StreamReader, on_progress: OnProgress) -> Choice | None:
    while True:
        try:
            size = int.from_bytes(await stdout.readexactly(LENGTH_BYTES))
            frame = await stdout.readexactly(size)
        except asyncio.IncompleteReadError:
            return None
        message = pickle.loads(frame)  # noqa: S301 - our own child wrote it
        if isinstance(message, Choice):
            return message
        on_progress(*message)
