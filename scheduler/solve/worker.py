"""The child side of `scheduler.solve.process`."""

import os
import sys
import threading
from typing import BinaryIO

from scheduler.solve import frames
from scheduler.solve.engine import solve, warm
from scheduler.solve.process import NICENESS, SolveRequest


def main() -> None:
    """Read the request, solve, write progress and the plan."""
    out = frames.own_stdout()
    os.nice(NICENESS)
    if "--warm" in sys.argv:
        warm()
    source = sys.stdin.buffer
    request: SolveRequest | None = frames.take(source)
    if request is None:
        return  # the parent ended without a question
    asked = threading.Event()
    threading.Thread(target=_watch, args=(source, asked), daemon=True).start()
    plan = solve(
        request.problem,
        seconds=request.seconds,
        threads=request.threads,
        seed=request.seed,
        iterations=request.iterations,
        initial=request.initial,
        previous=request.previous,
        on_progress=lambda line: frames.give(out, line),
        should_stop=asked.is_set,
    )
    frames.give(out, plan)


def _watch(source: BinaryIO, asked: threading.Event) -> None:
    if not source.read(1):
        os._exit(3)  # the parent is gone: nobody would read the plan
    asked.set()
    if not source.read(1):
        os._exit(3)


if __name__ == "__main__":
    main()
