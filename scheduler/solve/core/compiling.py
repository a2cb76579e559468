"""How functions are compiled, and where what was compiled is kept.

Numba's cache does not see changes in functions that a cached one calls, so it is kept in a folder
named after the digest of these sources, under `NUMBA_CACHE_DIR` or the user's cache folder.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from tempfile import gettempdir
from typing import Final, ParamSpec, TypeVar, cast

import numba
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

_OPTIONS: Final = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}
_P = ParamSpec("_P")
_R = TypeVar("_R")


def jit(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Compile without Python's lock, once for a machine; keeps the types of the source.

    Without reference counts (`_nrt`): nothing here allocates, and counting each array at each use
    in atomic steps took five sixths of the time.
    """
    compiled = numba.njit(**_OPTIONS)(function)
    return cast("Callable[_P, _R]", compiled)


def inlined(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """`jit` for small functions of inner loops, made part of every caller.

    A call hands over each array of `Data`, `State` and `Work` word by word, which costs more than
    such a function does.
    """
    compiled = numba.njit(**_OPTIONS, forceinline=True)(function)
    return cast("Callable[_P, _R]", compiled)
