"""The child side of `scheduler.week.choosing.process`."""

import os
import sys
import threading
from typing import BinaryIO

from scheduler.solve import frames
from scheduler.solve.process import NICENESS
from scheduler.week.choosing.solving import choose


def main() -> None:
    """Read the week, choose, write progress and the choice."""
    out = frames.own_stdout()
    os.nice(NICENESS)
    source = sys.stdin.buffer
    asked = frames.take(source)
    if asked is None:
        return  # the parent ended without a question
    week, limits = asked
    threading.Thread(target=_watch, args=(source,), daemon=True).start()
    choice = choose(week, limits, lambda *line: frames.give(out, line))
    frames.give(out, choice)


def _watch(source: BinaryIO) -> None:
    if not source.read(1):
        os._exit(3)  # the parent is gone: nobody would read the choice


if __name__ == "__main__":
    main()
