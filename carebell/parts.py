"""Our own processes, described for the supervisor."""

import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from carebell.embedded.files import private_folder
from carebell.embedded.part import Part

#: A sign of life older than this is none.
FRESH_S: Final = 5.0
HANGS_AFTER_S: Final = 60.0


def process(
    name: str,
    data_dir: Path,
    env: Mapping[str, str],
    *,
    answers: Callable[[], bool] = lambda: True,
) -> Part:
    """Describe one of the processes in `carebell.run`.

    `answers` says more than its sign of life can: that its port is open, for one.
    """
    folder = data_dir.resolve()
    alive = private_folder(folder / "run") / f"{name}.alive"
    return Part(
        name=name,
        argv=(sys.executable, "-P", "-m", "carebell.run", name, "--alive", str(alive)),
        marker=str(alive),
        log=private_folder(folder / "logs") / f"{name}.log",
        is_ready=lambda: shows_life(alive) and answers(),
        before_start=lambda: alive.unlink(missing_ok=True),
        env=env,
        stop_within_s=10,
        hangs_after_s=HANGS_AFTER_S,
    )


def shows_life(alive: Path) -> bool:
    """Say whether the process has written its sign of life within the last seconds."""
    try:
        return time.monotonic() - float(alive.read_text()) < FRESH_S
    except (FileNotFoundError, ValueError):
        return False
