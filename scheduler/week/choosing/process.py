"""Choose a week in a process of its own, from asyncio, without ever blocking the loop.

The child is `python -m scheduler.week.choosing.worker`, see `frames`.
"""

import asyncio
import contextlib

from scheduler.solve import frames
from scheduler.solve.process import conversing, start
from scheduler.week.choosing.search import OnProgress, SearchLimits, ignore
from scheduler.week.model import Week, WeekChoice


async def choose_in_process(
    week: Week, limits: SearchLimits, on_progress: OnProgress = ignore
) -> WeekChoice:
    """Choose in a child process; cancelling the task kills the child.

    Args:
        week: the problem.
        limits: for the search.
        on_progress: called on the loop for each better choice.

    Raises:
        SolveFailed: the child died.
    """
    payload = await asyncio.to_thread(frames.pack, (week, limits))
    child = await start("scheduler.week.choosing.worker")
    async with conversing(child) as stdout:
        if child.stdin is not None:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                child.stdin.write(payload)
                await child.stdin.drain()
        while not isinstance(message := await frames.receive(stdout), WeekChoice):
            on_progress(*message)
        return message
