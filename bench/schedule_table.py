"""What a run of `bench.schedule` found: gaps, groups, a table and a plot."""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from statistics import mean
from typing import Any, TypeAlias

Row: TypeAlias = dict[str, Any]
"""instance, file, group, best_known or None, solvers: name → objective, seconds, valid, note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Best known value, and the group the instance belongs to."""

    value: float
    group: str


def known_values(folder: Path) -> dict[str, Known]:
    """Best known values by file name; empty without `best_known.csv`."""
    table = folder / "best_known.csv"
    if not table.exists():
        return {}
    with table.open(newline="") as file:
        return {
            row["file"]: Known(
                value=float(row["best_known"]),
                group=re.sub(r"\d+$", "", row.get("group") or "") or _group(row["file"]),
            )
            for row in csv.DictReader(file)
            if row["best_known"]
        }


def _group(name: str) -> str:
    """Homberger's size (r1_2_4 → 200), Kummer's (HHCRSP_100_… → 100), else the letters in front."""
    if found := re.match(r"(?:rc|r|c)[12]_(\d+)_", name):
        return f"{found[1]}00"
    if found := re.match(r"HHCRSP_(\d+)_", name):
        return found[1]
    return re.match(r"[A-Za-z]*", name)[0]  # type: ignore[index]


def gap(row: Row, solver: str) -> float | None:
    """Percent above the best known value; None if there is nothing to compare."""
    found = row["solvers"].get(solver)
    if not found or found["objective"] is None or not found["valid"] or not row["best_known"]:
        return None
    return float(100 * (found["objective"] / row["best_known"] - 1))


def solvers_of(rows: Sequence[Row]) -> list[str]:
    """Names in order of first appearance."""
    return list(dict.fromkeys(name for row in rows for name in row["solvers"]))


def line(row: Row) -> str:
    """One row as text."""
    cells = [f"{row['instance'][:40]:<40}"]
    for name, found in row["solvers"].items():
        if found["objective"] is None:
            cells.append(f"{name}: {found['note']}")
            continue
        above = gap(row, name)
        verdict = "" if found["valid"] else " NOT VALID"
        away = "" if above is None else f" {above:+.3f} %"
        cells.append(f"{name} {found['objective']:.3f}{away} {found['seconds']:.1f} s{verdict}")
    return "  ".join(cells)


def summary(rows: Sequence[Row]) -> str:
    """Mean and worst gap of each solver in each group, as a Markdown table."""
    lines = [
        "| group | solver | instances | mean gap % | worst % | without valid plan |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {group} | {name} | {len(gaps)} | {mean(gaps):+.3f} | {max(gaps):+.3f} | {failed} |"
        for group, name, gaps, failed in _groups(rows)
    ]
    return "\n".join(lines)


def _groups(rows: Sequence[Row]) -> Iterator[tuple[str, str, list[float], int]]:
    ordered = sorted(rows, key=lambda row: str(row["group"]))
    whole: Mapping[str, list[Row]] = {
        name: list(found) for name, found in groupby(ordered, key=lambda row: str(row["group"]))
    }
    if len(whole) > 1:
        whole = {**whole, "all": ordered}
    for group, members in whole.items():
        for name in solvers_of(members):
            gaps = [above for row in members if (above := gap(row, name)) is not None]
            if gaps:
                asked = sum(name in row["solvers"] for row in members)
                yield group, name, gaps, asked - len(gaps)


def write(folder: Path, rows: Sequence[Row]) -> None:
    """Write results.json, results.md and gaps.png."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(rows, indent=1) + "\n")
    names = solvers_of(rows)
    lines = [
        summary(rows),
        "",
        "| instance | best known | " + " | ".join(names) + " |",
        "|---" * (len(names) + 2) + "|",
    ]
    lines += [
        f"| {row['instance']} | {row['best_known'] or '–'} | "
        + " | ".join(_cell(row, name) for name in names)
        + " |"
        for row in rows
    ]
    (folder / "results.md").write_text("\n".join(lines) + "\n")
    plot(folder / "gaps.png", rows)


def _cell(row: Row, name: str) -> str:
    found = row["solvers"].get(name)
    if found is None:
        return ""
    if found["objective"] is None:
        return str(found["note"])
    above = gap(row, name)
    away = "" if above is None else f" ({above:+.2f} %)"
    return f"{found['objective']:.3f}{away}" + ("" if found["valid"] else " not valid")


def plot(path: Path, rows: Sequence[Row]) -> None:
    """Draw the gaps, a mark for each solver; nothing if matplotlib is not installed."""
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - of the bench group only
    except ImportError:
        return
    figure = Figure(figsize=(9, 1.5 + 0.22 * len(rows)), layout="constrained")
    axes = figure.add_subplot()
    for name, mark in zip(solvers_of(rows), "osD^vx", strict=False):
        points = [(above, n) for n, row in enumerate(rows) if (above := gap(row, name)) is not None]
        axes.plot([x for x, _ in points], [y for _, y in points], mark, ls="", label=name)
    axes.axvline(0, color="0.5", lw=1)
    axes.set_yticks(range(len(rows)), [row["instance"][:36] for row in rows], fontsize=7)
    axes.invert_yaxis()
    axes.set_xlabel("gap to best known, %")
    axes.legend()
    figure.savefig(path, dpi=120)
