"""Plans against the best known values and against peers, side by side in one run.

    python -m bench.schedule DIR [--seconds 10] [--threads 1] [--seed 1] [--match '*'] [--peers]
    python -m bench.schedule --day 2000 250 [--seconds 60] [--threads 2]

DIR holds instances of one public format and, as a rule, `best_known.csv` with the columns
`file,best_known`. `--peers` gives PyVRP the same wall time where it can express the instance
(vehicle routing; it knows no pairs). `--day` plans a synthetic day of so many visits and
caregivers instead and compares with the greedy plan it starts from. `--json` and `--svg` write
the rows and a plot of the gaps.
"""

import argparse
import csv
import fnmatch
import json
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import mean
from typing import Any

from bench.schedule_days import visit_day
from bench.schedule_peers import pyvrp_objective
from scheduler.formats import Format, guess, load, solve_file
from scheduler.solve import Progress, solve, warm
from scheduler.verify import cost, violations


def rows_of(folder: Path, asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Solve what matches, one row an instance."""
    best = best_known(folder)
    for path in sorted(folder.iterdir()):
        if not fnmatch.fnmatch(path.name, asked.match) or path.suffix in {".csv", ".md", ".sol"}:
            continue
        kind = guess(path)
        if kind is None:
            continue
        solved = solve_file(
            path, kind, seconds=asked.seconds, threads=asked.threads, seed=asked.seed
        )
        row: dict[str, Any] = {
            "instance": solved["instance"],
            "best_known": best.get(path.name),
            "objective": solved["objective"],
            "seconds": solved["seconds"],
            "valid": solved["valid"],
        }
        if asked.peers and kind in {Format.SOLOMON, Format.VRPLIB, Format.CORDEAU_MDVRPTW}:
            row["pyvrp"] = pyvrp_objective(load(path, kind), asked.seconds, asked.seed)
        for name in ("objective", "pyvrp"):
            if row["best_known"] and row.get(name):
                row[f"{name}_gap"] = 100 * (row[name] / row["best_known"] - 1)
        yield row


def best_known(folder: Path) -> dict[str, float]:
    """Best known value by file name."""
    table = folder / "best_known.csv"
    if not table.exists():
        return {}
    with table.open(newline="") as file:
        return {row["file"]: float(row["best_known"]) for row in csv.DictReader(file)}


def show(rows: list[dict[str, Any]]) -> None:
    """Print the means."""
    for name in ("objective", "pyvrp"):
        gaps = [row[f"{name}_gap"] for row in rows if f"{name}_gap" in row]
        if gaps:
            label = "carebell" if name == "objective" else name
            print(
                f"{label:>9}: mean gap {mean(gaps):+.3f} %, worst {max(gaps):+.3f} %, "
                f"{len(gaps)} instances"
            )


def line(row: dict[str, Any]) -> str:
    """One row as text."""
    cells = [f"{row['instance'][:44]:<44}", f"{row['objective']:>12.3f}"]
    cells.append(f"{row['objective_gap']:>+8.3f} %" if "objective_gap" in row else " " * 10)
    if "pyvrp_gap" in row:
        cells.append(f"pyvrp {row['pyvrp_gap']:>+8.3f} %")
    cells.append(f"{row['seconds']:>7.1f} s")
    cells.append("valid" if row["valid"] else "NOT VALID")
    return "  ".join(cells)


def plot(rows: list[dict[str, Any]]) -> str:
    """The gaps as bars, an SVG of its own."""
    bars = [(row["instance"], row["objective_gap"]) for row in rows if "objective_gap" in row]
    scale = 300 / max([1.0, *(abs(gap) for _, gap in bars)])
    height = 22 * len(bars) + 30
    parts = [
        f"""<svg xmlns="http://www.w3.org/2000/svg" width="960" height="{height}"
font-family="sans-serif" font-size="12">""",
        f'<line x1="620" y1="0" x2="620" y2="{height}" stroke="#555"/>',
    ]
    for n, (name, gap) in enumerate(bars):
        x = 620 + min(0.0, gap * scale)
        colour = "#1b6e2d" if gap <= 0 else "#9a4a00"
        parts.append(f'<text x="8" y="{22 * n + 24}">{name[:40]}</text>')
        parts.append(f'<text x="300" y="{22 * n + 24}">{gap:+.3f} %</text>')
        parts.append(
            f'<rect x="{x:.1f}" y="{22 * n + 12}" width="{max(1.0, abs(gap) * scale):.1f}" '
            f'height="14" fill="{colour}"/>'
        )
    return "\n".join([*parts, "</svg>\n"])


def plan_day(asked: argparse.Namespace) -> dict[str, Any]:
    """Plan a synthetic day; the first line of progress is the greedy plan."""
    visits, caregivers = asked.day
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
    total = cost(problem, plan).total
    return {
        "instance": f"day of {visits} visits, {caregivers} caregivers",
        "best_known": curve[0].cost,
        "objective": float(total),
        "objective_gap": 100 * (total / max(1, curve[0].cost) - 1),
        "seconds": round(took, 1),
        "valid": not violations(problem, plan),
        "unplaced": len(plan.unplaced),
        "curve": [(point.seconds, point.cost) for point in curve],
    }


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
    parser.add_argument("--match", default="*")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--svg", type=Path)
    asked = parser.parse_args()
    if asked.folder is None and asked.day is None:
        parser.error("name a folder of instances, or --day VISITS CAREGIVERS")
    warm()
    rows = []
    found = rows_of(asked.folder, asked) if asked.day is None else iter(())
    if asked.day is not None:
        found = iter([plan_day(asked)])
    for row in found:
        rows.append(row)
        print(line(row), flush=True)
    show(rows)
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=2) + "\n")
    if asked.svg:
        asked.svg.write_text(plot(rows))


if __name__ == "__main__":
    main()
