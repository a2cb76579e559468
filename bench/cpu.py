"""How much of a core each process takes, its children included."""

import time
from collections.abc import Mapping
from typing import Self

import psutil


class Cpu:
    """Counts from its making on."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = pids
        self._began = time.perf_counter()
        self._spent = {name: spent(pid) for name, pid in pids.items()}

    @classmethod
    def of(cls, **pids: int | None) -> Self:
        """Watch those of the processes that run."""
        return cls({name: pid for name, pid in pids.items() if pid is not None})

    def percent(self) -> dict[str, float]:
        """Return for each process how many per cent of a core it has taken."""
        lasted = time.perf_counter() - self._began
        return {
            name: 100 * (spent(pid) - self._spent[name]) / lasted
            for name, pid in self._pids.items()
        }


def spent(pid: int) -> float:
    """Return the seconds that a process and its children, ended ones included, have computed."""
    root = psutil.Process(pid)
    total = 0.0
    for process in (root, *root.children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
        if process is root:
            total += times.children_user + times.children_system
    return total
