"""The child side of `scheduler.solve.week_process`."""

import os
import pickle
import sys
import threading
from typing import BinaryIO

from scheduler.solve.process import LENGTH_BYTES, NICENESS
from scheduler.solve.week import choose
from scheduler.week.model import Choice


def main() -> None:
    """Read the week, choose, write progress and the choice."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library that prints cannot spoil frames
    os.nice(NICENESS)
    source = sys.stdin.buffer
    asked = source.read(int.from_bytes(source.read(LENGTH_BYTES)))
    if not asked:
        return  # the parent ended without a question
    week, effort = pickle.loads(asked)  # noqa: S301 - our own parent wrote it
    threading.Thread(target=_watch, args=(source,), daemon=True).start()
    choice = choose(week, effort, lambda *line: _write(out, line))
    _write(out, choice)


def _watch(source: BinaryIO) -> None:
    if not source.read(1):
        os._exit(3)  # the parent is gone: nobody would read the choice


def _write(out: BinaryIO, message: tuple[str, float, int] | Choice) -> None:
    frame = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    out.write(len(frame).to_bytes(LENGTH_BYTES) + frame)
    out.flush()


if __name__ == "__main__":
    main()
