"""Who can be asked, and asking one; a peer is imported only when it is asked."""

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from shutil import which
from typing import Final

from bench.peers.answer import Answer
from scheduler.model.problem import Problem

Peer = Callable[[Problem, float, int], Answer]

PEERS: Final[Mapping[str, tuple[str, str]]] = {
    "pyvrp": ("pyvrp", "bench.peers.by_pyvrp"),
    "vroom": ("vroom", "bench.peers.by_vroom"),
    "ortools": ("ortools", "bench.peers.by_ortools"),
    "timefold": ("timefold", "bench.peers.by_timefold"),
}
"""Name → the package it needs, the module that asks it."""


def ask(name: str, problem: Problem, seconds: float, seed: int) -> Answer:
    """Let a peer solve the problem; an answer without a plan says why there is none."""
    package, module = PEERS[name]
    if find_spec(package) is None:
        return Answer(plan=None, seconds=0.0, note="not installed")
    if name == "timefold" and which("java") is None:
        return Answer(plan=None, seconds=0.0, note="needs a Java runtime, 17 or later")
    solve: Peer = import_module(module).solve
    return solve(problem, seconds, seed)
