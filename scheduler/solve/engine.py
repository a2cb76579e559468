"""The whole engine behind two calls. Importing this loads no solver; calling does."""

from scheduler.model.plan import Plan
from scheduler.model.problem import Problem
from scheduler.solve.progress import OnProgress, ShouldStop, ignore, never


def solve(
    problem: Problem,
    *,
    seconds: float,
    threads: int = 1,
    seed: int = 1,
    iterations: int | None = None,
    initial: Plan | None = None,
    previous: Plan | None = None,
    on_progress: OnProgress = ignore,
    should_stop: ShouldStop = never,
) -> Plan:
    """Plan the day as well as the time allows. Blocks: see `process.solve_in_process`.

    Args:
        problem: the day.
        seconds: wall time; the best plan found by then is returned.
        threads: cores to use; more than one gives a search with its own seed to each.
        seed: of the search.
        iterations: tries for each thread. With it one seed gives one plan on every machine, as
            long as `seconds` is not what ends the search.
        initial: a plan to start from; what of it no longer fits is dropped and re-inserted.
        previous: the plan in force, when changes against it have their price in the search too.
        on_progress: called about twice a second from this thread.
        should_stop: polled about five times a second.
    """
    from scheduler.solve.driver import run  # noqa: PLC0415 - solvers load on first use

    return run(
        problem,
        seconds=seconds,
        threads=threads,
        seed=seed,
        iterations=iterations,
        initial=initial,
        previous=previous,
        on_progress=on_progress,
        should_stop=should_stop,
    )


def warm() -> float:
    """Compile the engine and keep it on disk; called at set-up. Returns the seconds it took."""
    from scheduler.solve.warming import warm_up  # noqa: PLC0415 - solvers load on first use

    return warm_up()
