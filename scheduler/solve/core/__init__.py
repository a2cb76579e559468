"""The compiled search: routes as linked lists, exact times, insertion, ruin and recreate.

Words used here: an *op* is one person's part of a task, so a visit for two is two ops that form a
*unit*, inserted and removed together. A *chain* is one shift of one caregiver: a circular list
that begins and ends at its *sentinel*. A *load op* is a courier's stop at a meal point; the ops
behind it, up to the next load op, are its *trip*.

Numbers of ops: tasks' ops first, then load ops, then one sentinel for each chain; the time a
chain ends is kept behind them. `types` describes the arrays.

Numba's cache does not see changes in functions that a cached one calls, so it is kept in a folder
named after the digest of these sources, under `NUMBA_CACHE_DIR` or the user's cache folder.
"""

import hashlib
import os
from pathlib import Path
from tempfile import gettempdir

from numba import config


def _cache_folder() -> Path:
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    configured = os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    for base in (configured, str(Path("~/.cache").expanduser()), gettempdir()):
        if base is None:
            continue
        folder = Path(base) / "carebell" / f"solver-{digest.hexdigest()[:12]}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return Path(__file__).parent / "__pycache__"


config.CACHE_DIR = str(_cache_folder())
