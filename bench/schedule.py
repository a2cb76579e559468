"""Plans against the best known values and against peers, side by side in one run.

    carebell bench schedule DIR [--seconds 10] [--threads 1] [--seed 1] [--match '*' …]
                                [--peers pyvrp,vroom,ortools,timefold | all] [--jobs 1]
                                [--out FOLDER]
    carebell bench schedule --day 2000 250 [--seconds 60] [--threads 2] [--peers ortools]

DIR holds instances of one public format and, as a rule, `best_known.csv` with the columns
`file,best_known` and perhaps `group`. Every solver gets the same wall time, model building and
compiling not counted; a peer's routes are checked and priced by our verifier. `--jobs 2` runs two
instances at once, each in a process of its own on a core of its own. `--out` writes the table
(Markdown, JSON) and a plot, and takes up a run that was broken off. `--day` plans a synthetic day
of so many visits and caregivers; its yardstick is the greedy plan the search begins with.
"""

import argparse
import json
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatch
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from typing import Any

from bench.peers.roster import PEERS, ask
from bench.schedule_days import visit_day
from bench.schedule_table import Known, Row, known_values, line, summary, write
from scheduler.formats.files import guess, load, solve_file
from scheduler.model.plan import Plan
from scheduler.model.problem import Problem
from scheduler.model.verify import cost, violations
from scheduler.solve.engine import solve, warm
from scheduler.solve.progress import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One instance and what is asked of everybody."""

    path: Path
    known: Known | None
    seconds: float
    threads: int
    seed: int
    peers: tuple[str, ...]


def measure(work: Work) -> Row:
    """Solve one file, ours first, then the peers."""
    kind = guess(work.path)
    if kind is None:
        raise SystemExit(f"{work.path.name} is in no format known here.")
    solved = solve_file(work.path, kind, seconds=work.seconds, threads=work.threads, seed=work.seed)
    row: Row = {
        "instance": solved["instance"],
        "file": work.path.name,
        "group": work.known.group if work.known else "",
        "best_known": work.known.value if work.known else None,
        "solvers": {
            "carebell": {
                "objective": solved["objective"],
                "seconds": solved["seconds"],
                "valid": solved["valid"],
                "note": "",
            }
        },
    }
    instance = load(work.path, kind)
    for name in work.peers:
        answer = ask(name, instance.problem, work.seconds, work.seed)
        value = None if answer.plan is None else instance.objective(answer.plan)
        row["solvers"][name] = _judged(
            instance.problem, answer.plan, value, answer.seconds, answer.note
        )
    return row


def _judged(
    problem: Problem, plan: Plan | None, value: float | None, seconds: float, note: str
) -> dict[str, Any]:
    valid = plan is not None and not violations(problem, plan) and not plan.unplaced
    return {
        "objective": None if value is None else round(value, 6),
        "seconds": round(seconds, 3),
        "valid": valid,
        "note": note,
    }


def rows_of(works: Sequence[Work], jobs: int) -> Iterator[Row]:
    """Measure all, in order; with several jobs each process keeps to one core."""
    if jobs <= 1:
        warm()
        yield from map(measure, works)
        return
    context = get_context("spawn")
    cores: SimpleQueue[int] = context.SimpleQueue()
    for core in sorted(os.sched_getaffinity(0))[:jobs]:
        cores.put(core)
    with ProcessPoolExecutor(jobs, context, _settle, (cores,)) as pool:
        yield from pool.map(measure, works)


def _settle(cores: "SimpleQueue[int]") -> None:
    os.sched_setaffinity(0, {cores.get()})
    warm()


def works_of(folder: Path, asked: argparse.Namespace, done: set[str]) -> list[Work]:
    """What is to be measured, by name."""
    known = known_values(folder)
    return [
        Work(
            path=path,
            known=known.get(path.name),
            seconds=asked.seconds,
            threads=asked.threads,
            seed=asked.seed,
            peers=asked.peers,
        )
        for path in sorted(folder.iterdir())
        if any(fnmatch(path.name, pattern) for pattern in asked.match)
        and path.suffix not in {".csv", ".md", ".sol"}
        and path.name not in done
        and guess(path) is not None
    ]


def plan_day(asked: argparse.Namespace) -> Row:
    """Plan a synthetic day; the first line of progress is the greedy plan."""
    visits, caregivers = asked.day
    warm()
    problem = visit_day(visits, caregivers, seed=asked.seed)
    curve: list[Progress] = []
    began = time.perf_counter()
    plan = solve(
        problem,
        seconds=asked.seconds,
        threads=asked.threads,
        seed=asked.seed,
        on_progress=curve.append,
    )
    took = time.perf_counter() - began
    solvers = {"carebell": _judged(problem, plan, cost(problem, plan).total, took, "")}
    if asked.peers:
        easier = visit_day(visits, caregivers, seed=asked.seed, breaks=False)
        for name in asked.peers:
            answer = ask(name, easier, asked.seconds, asked.seed)
            value = None if answer.plan is None else cost(easier, answer.plan).total
            note = f"{answer.note}; without breaks" if answer.note else "without breaks"
            solvers[name] = _judged(easier, answer.plan, value, answer.seconds, note)
    return {
        "instance": f"day of {visits} visits, {caregivers} caregivers",
        "file": "",
        "group": "day",
        "best_known": float(curve[0].cost),
        "solvers": solvers,
    }


def _asked(asked: argparse.Namespace) -> list[Any]:
    """What must be the same in all rows of a table."""
    return [asked.seconds, asked.threads, asked.seed, list(asked.peers)]


def _peers(text: str) -> tuple[str, ...]:
    names = tuple(PEERS) if text == "all" else tuple(filter(None, text.split(",")))
    if set(names) - set(PEERS):
        raise argparse.ArgumentTypeError(f"peers are {', '.join(PEERS)}, or all")
    return names


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--day", type=int, nargs=2, metavar=("VISITS", "CAREGIVERS"))
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--match", nargs="+", default=["*"])
    parser.add_argument("--peers", type=_peers, default=())
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--again", action="store_true", help="measure anew what --out has already")
    asked = parser.parse_args()
    if (asked.folder is None) == (asked.day is None):
        parser.error("name a folder of instances, or --day VISITS CAREGIVERS")
    table = None if asked.out is None else asked.out / "results.json"
    rows: list[Row] = []
    if table is not None and table.exists() and not asked.again:
        rows = json.loads(table.read_text())
        if any(row["asked"] != _asked(asked) for row in rows):
            parser.error(f"{table} holds another run; say --again to replace it.")
    jobs = min(asked.jobs, len(os.sched_getaffinity(0)))
    if asked.day is not None:
        found = iter([plan_day(asked)])
    else:
        works = works_of(asked.folder, asked, {row["file"] for row in rows})
        print(f"{len(works)} instances, {len(rows)} measured before", flush=True)
        found = rows_of(works, jobs)
    for row in found:
        rows.append({**row, "asked": _asked(asked)})
        print(line(row), flush=True)
        if asked.out is not None:
            write(asked.out, rows)
    print(summary(rows))


if __name__ == "__main__":
    main()
