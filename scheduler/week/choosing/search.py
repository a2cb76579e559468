"""How the two models of a week are searched: effort, progress, parameters."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

from ortools.sat.python import cp_model

OnProgress = Callable[[str, float, int], None]
"""Told the stage ("days", "people"), the seconds since the start and the cost."""


def ignore(_stage: str, _seconds: float, _cost: int) -> None:
    """Hear of progress and do nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchLimits:
    """How long and with what: seconds of wall time, threads, seed."""

    seconds: float
    threads: int = 2
    seed: int = 1


def solver(limits: SearchLimits, seconds: float) -> Any:
    """Return a solver that spends its time on searching.

    Visits of a town are much alike: looking for symmetries and dominance among them takes longer
    than the search.
    """
    engine = cp_model.CpSolver()
    parameters = engine.parameters
    parameters.max_time_in_seconds = max(0.1, seconds)
    parameters.num_workers = limits.threads
    parameters.random_seed = limits.seed
    parameters.symmetry_level = 0
    parameters.cp_model_probing_level = 0
    parameters.max_presolve_iterations = 1
    parameters.relative_gap_limit = 0.005
    return engine


class ProgressCallback(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]  # ortools has no types
    """Passes each better choice on."""

    def __init__(self, stage: str, start: float, on_progress: OnProgress) -> None:
        super().__init__()
        self._stage, self._start, self._on_progress = stage, start, on_progress

    def on_solution_callback(self) -> None:
        """Say how far the search is."""
        self._on_progress(
            self._stage, round(monotonic() - self._start, 2), round(self.objective_value)
        )
