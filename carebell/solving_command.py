"""`carebell solve`: one public benchmark file, solved and checked."""

import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from carebell.embedded.part import StartError
from carebell.screen import Screen
from scheduler.formats.files import Format, guess, solve_file
from scheduler.solve.engine import warm
from scheduler.solve.progress import Progress


def solve(
    file: Path, *, kind: str | None, seconds: float, threads: int, seed: int, as_json: bool
) -> bool:
    """Solve `file` and print what came of it; False when the verifier found fault.

    Raises:
        StartError: the file or its format is not what it should be.
    """
    chosen = _format(file, kind)
    warm()  # what has to be compiled or loaded once takes nothing of the time given
    try:
        if as_json:
            solved = solve_file(file, chosen, seconds=seconds, threads=threads, seed=seed)
            print(json.dumps(solved, ensure_ascii=False))  # noqa: T201 - for the next program
            return bool(solved["valid"])
        screen = Screen()
        with screen.steps() as steps, steps.step(file.name, total=seconds) as step:

            def show(line: Progress) -> None:
                step.reached(line.seconds, f"{file.name}: {line.phase}, {line.unplaced} left out")

            solved = solve_file(
                file, chosen, seconds=seconds, threads=threads, seed=seed, on_progress=show
            )
    except (OSError, ValueError) as error:
        raise StartError(f"{file} cannot be read as {chosen}: {error}") from None
    _print(screen.console, solved)
    return bool(solved["valid"])


def _format(file: Path, kind: str | None) -> Format:
    known = ", ".join(Format)
    try:
        found = Format(kind) if kind else guess(file)
    except ValueError:
        raise StartError(f"There is no format {kind}; there are {known}.") from None
    except OSError as error:
        raise StartError(f"{file} cannot be read: {error.strerror}.") from None
    if found is None:
        raise StartError(f"Which format is {file}? Say --format, one of {known}.")
    return found


def _print(console: Console, solved: dict[str, Any]) -> None:
    table = Table(title=f"{solved['instance']}: {solved['objective']:g}", title_justify="left")
    for column in ("route", "stops", "start", "nodes in order"):
        table.add_column(column, overflow="fold")
    for number, route in enumerate(solved["routes"], start=1):
        if route:
            nodes = " ".join(str(stop["node"]) for stop in route)
            table.add_row(str(number), str(len(route)), f"{route[0]['start']:g}", nodes)
    console.print(table)
    verdict = "[green]verified[/green]" if solved["valid"] else "[red]not valid[/red]"
    console.print(f"{verdict}, {solved['seconds']:.1f} s, {solved['iterations']} iterations")
    for fault in solved["violations"]:
        console.print(f"[red]{fault}[/red]")
