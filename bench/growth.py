"""How memory and time grow with the day: 500 to 4,000 visits, each in a process of its own.

    carebell bench growth [--sizes 500 1000 2000 4000] [--seconds 20] [--threads 1] [--out FOLDER]

Caregivers are an eighth of the visits. `laid out`: seconds from the problem to the arrays, the
best of three; `first plan`: seconds from the problem to the greedy plan with every rule kept; `a
try`: microseconds of one removal and re-insertion; `peak`: most memory of the process, and `day`:
what it grew by since its imports, of which the travel matrix alone grows with the square. The
exponent is the slope of a straight line through the logarithms.
"""

import argparse
import json
import math
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from bench.schedule_days import visit_day
from scheduler.model.cost import cost
from scheduler.model.verify import violations
from scheduler.solve.encode import encode
from scheduler.solve.engine import solve, warm
from scheduler.solve.progress import Progress

MEBIBYTE = 1 << 10
"""Kibibytes, in which the system counts memory."""
MEASURES = {
    "laid_out": "laid out, s",
    "first_plan": "first plan, s",
    "a_try": "a try, µs",
    "peak": "peak, MiB",
    "day": "day, MiB",
}
LAID_OUT_TIMES = 3
"""The first time pays for pages nothing has touched yet."""


def measure(visits: int, seconds: float, threads: int) -> dict[str, float]:
    """Plan one day in this process."""
    warm()
    before = peak()
    problem = visit_day(visits, visits // 8)
    laid_out = math.inf
    for _ in range(LAID_OUT_TIMES):
        began = time.perf_counter()
        encode(problem)
        laid_out = min(laid_out, time.perf_counter() - began)
    curve: list[Progress] = []
    plan = solve(problem, seconds=seconds, threads=threads, on_progress=curve.append)
    if violations(problem, plan):
        raise SystemExit(f"The plan of {visits} visits breaks a rule.")
    tries = plan.solved.iterations if plan.solved else 0
    return {
        "visits": visits,
        "laid_out": laid_out,
        "first_plan": curve[0].seconds,
        "a_try": 1e6 * seconds * threads / max(1, tries),
        "peak": peak(),
        "day": peak() - before,
        "greedy": curve[0].cost,
        "greedy_left_out": curve[0].unplaced,
        "cost": cost(problem, plan).total,
        "left_out": len(plan.unplaced),
        "refused": plan.solved.refused if plan.solved else 0,
    }


def peak() -> float:
    """Most memory this process has used, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEBIBYTE


def exponent(rows: list[dict[str, float]], name: str) -> float:
    """Slope of a measure over the visits, both in logarithms."""
    x, y = (np.log([max(1e-9, row[key]) for row in rows]) for key in ("visits", name))
    return float(np.polyfit(x, y, 1)[0])


def table(rows: list[dict[str, float]]) -> str:
    """All measures as Markdown."""
    lines = [
        "| visits | "
        + " | ".join(MEASURES.values())
        + " | left out at first, at last | under greedy |",
        "|---" * (len(MEASURES) + 3) + "|",
    ]
    lines += [
        f"| {row['visits']:,.0f} | "
        + " | ".join(f"{row[name]:.4g}" for name in MEASURES)
        + f" | {row['greedy_left_out']:.0f}, {row['left_out']:.0f}"
        + f" | {100 * (1 - row['cost'] / row['greedy']):.1f} % |"
        for row in rows
    ]
    if len(rows) > 1:
        slopes = " | ".join(f"{exponent(rows, name):.2f}" for name in MEASURES)
        lines.append(f"| exponent | {slopes} | | |")
    return "\n".join(lines)


def plot(path: Path, rows: list[dict[str, float]]) -> None:
    """Draw the curves; nothing if matplotlib is not installed."""
    try:
        from matplotlib import ticker  # noqa: PLC0415 - of the bench group only
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError:
        return
    figure = Figure(figsize=(13, 2.6), layout="constrained")
    for axes, (name, title) in zip(
        figure.subplots(1, len(MEASURES)), MEASURES.items(), strict=True
    ):
        axes.loglog([row["visits"] for row in rows], [row[name] for row in rows], "o-")
        axes.set_xticks([row["visits"] for row in rows])
        axes.yaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(ticker.StrMethodFormatter("{x:,g}"))
            axis.set_minor_locator(ticker.NullLocator())
        axes.grid(alpha=0.3)
        axes.set_title(title)
        axes.set_xlabel("visits")
    figure.savefig(path, dpi=120)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[500, 1_000, 2_000, 4_000])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one is not None:
        print(json.dumps(measure(asked.one, asked.seconds, asked.threads)))
        return
    rows: list[dict[str, float]] = []
    for size in asked.sizes:
        settings = ["--seconds", str(asked.seconds), "--threads", str(asked.threads)]
        ran = subprocess.run(
            [sys.executable, "-m", "bench.growth", "--one", str(size), *settings],
            check=True,
            stdout=subprocess.PIPE,
        )
        rows.append(json.loads(ran.stdout))
        print(f"{size} visits measured", flush=True)
    print(table(rows))
    if asked.out is not None:
        asked.out.mkdir(parents=True, exist_ok=True)
        (asked.out / "growth.md").write_text(table(rows) + "\n")
        plot(asked.out / "growth.png", rows)


if __name__ == "__main__":
    main()
