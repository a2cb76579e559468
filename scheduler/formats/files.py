"""Public benchmark formats: read an instance, solve it, report it as the literature does."""

import gzip
import re
import time
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from scheduler.formats.hhcrsp import read_json, read_mankowska
from scheduler.formats.instance import Instance
from scheduler.formats.routing import read_bredstrom, read_cordeau, read_solomon, read_vrplib
from scheduler.model.verify import violations
from scheduler.solve.engine import solve
from scheduler.solve.progress import OnProgress, ignore

__all__ = ["Format", "Instance", "guess", "load", "solve_file"]


class Format(StrEnum):
    """A format's name on the command line."""

    MANKOWSKA = "mankowska"
    HHCRSP_JSON = "hhcrsp-json"
    BREDSTROM = "bredstrom"
    SOLOMON = "solomon"
    CORDEAU_MDVRPTW = "cordeau-mdvrptw"
    VRPLIB = "vrplib"


READERS: Final[Mapping[Format, Callable[[str, str], Instance]]] = {
    Format.MANKOWSKA: read_mankowska,
    Format.HHCRSP_JSON: read_json,
    Format.BREDSTROM: read_bredstrom,
    Format.SOLOMON: read_solomon,
    Format.CORDEAU_MDVRPTW: read_cordeau,
    Format.VRPLIB: read_vrplib,
}


def load(path: Path, kind: Format) -> Instance:
    """Read a file, gzipped or not.

    Raises:
        OSError: it cannot be read.
        ValueError: it is not in that format.
    """
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    name = path.name.removesuffix(".gz").rsplit(".", 1)[0]
    try:
        return READERS[kind](name, text)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"{path.name} is not a {kind} file: {error}") from error


def guess(path: Path) -> Format | None:
    """The format a file seems to be in, by its first words; None: no idea."""
    raw = path.read_bytes()
    head = (gzip.decompress(raw) if path.suffix == ".gz" else raw)[:4_000].decode(errors="replace")
    signs = {
        "nbNodes": Format.MANKOWSKA,
        "param kn": Format.BREDSTROM,
        "VEHICLE\n": Format.SOLOMON,
        "_SECTION": Format.VRPLIB,
        "EDGE_WEIGHT_TYPE": Format.VRPLIB,
    }
    for sign, kind in signs.items():
        if sign in head.replace("\r", ""):
            return kind
    if head.lstrip().startswith("{"):
        return Format.HHCRSP_JSON
    return Format.CORDEAU_MDVRPTW if re.match(r"\s*[26]( +\d+){3}\s*\n", head) else None


def solve_file(
    path: Path,
    kind: Format,
    *,
    seconds: float,
    threads: int = 1,
    seed: int = 1,
    on_progress: OnProgress = ignore,
) -> dict[str, Any]:
    """Solve a file and return what `carebell solve --json` prints."""
    instance = load(path, kind)
    began = time.perf_counter()
    plan = solve(
        instance.problem, seconds=seconds, threads=threads, seed=seed, on_progress=on_progress
    )
    took = time.perf_counter() - began
    broken = violations(instance.problem, plan)
    return {
        "instance": instance.name,
        "objective": round(instance.objective(plan), 6),
        "seconds": round(took, 3),
        "valid": not broken and not plan.unplaced,
        "violations": [
            {"rule": v.rule, "task": v.task, "caregiver": v.caregiver, **v.data} for v in broken
        ]
        + [{"rule": "left_out", "task": item.task} for item in plan.unplaced],
        "iterations": plan.solved.iterations if plan.solved else 0,
        "merged": plan.solved.merged if plan.solved else None,
        "routes": instance.routes(plan),
    }
