"""The child side of `scheduler.solve.process`."""

import os
import pickle
import sys
import threading
from typing import BinaryIO

from scheduler.plan import Plan
from scheduler.solve import solve, warm
from scheduler.solve.process import LENGTH_BYTES, NICENESS, Request
from scheduler.solve.progress import Progress


def main() -> None:
    """Read the request, solve, write progress and the plan."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library that prints cannot spoil frames
    os.nice(NICENESS)
    if "--warm" in sys.argv:
        warm()
    source = sys.stdin.buffer
    asked_for = _read_frame(source)
    if not asked_for:
        return  # the parent ended without a question
    request: Request = pickle.loads(asked_for)  # noqa: S301 - our own parent wrote it
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
        on_progress=lambda line: _write_frame(out, line),
        should_stop=asked.is_set,
    )
    _write_frame(out, plan)


def _watch(source: BinaryIO, asked: threading.Event) -> None:
    if not source.read(1):
        os._exit(3)  # the parent is gone: nobody would read the plan
    asked.set()
    if not source.read(1):
        os._exit(3)


def _read_frame(source: BinaryIO) -> bytes:
    return source.read(int.from_bytes(source.read(LENGTH_BYTES)))


def _write_frame(out: BinaryIO, message: Progress | Plan) -> None:
    frame = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    out.write(len(frame).to_bytes(LENGTH_BYTES) + frame)
    out.flush()


if __name__ == "__main__":
    main()
