"""A second opinion on what `carebell solve --json` prints, sharing no code with the solver.

    python -m bench.evaluate FILE --format mankowska|hhcrsp-json|solomon < printed.json

It reads the instance's own text, so that a mistake in our readers, our problem model or our
verifier shows. Times are the file's own numbers, unrounded; `--slack` is how far a start may be
ahead of its arrival or outside a bound, for printed numbers are rounded.
"""

import argparse
import gzip
import json
import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

Stop: TypeAlias = Mapping[str, Any]
Key: TypeAlias = tuple[int, int | None]
SLACK: Final = 0.002
"""In the file's units: travel is rounded to a thousandth, twice in a gap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What has to be done at a node, in the file's units; `late` is hard in vehicle routing."""

    duration: float
    early: float
    late: float
    demand: float = 0.0
    able: frozenset[int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """An instance as its text says it.

    Attributes:
        jobs: by (node, service or None).
        gaps: first job, second job, least and most between their starts.
        soft: whether a late start is paid for instead of forbidden.
        closing: when all must be back at the depot.
    """

    jobs: Mapping[Key, Job]
    travel: Sequence[Sequence[float]]
    routes: int
    gaps: tuple[tuple[Key, Key, float, float], ...] = ()
    soft: bool
    room: float = math.inf
    closing: float = math.inf


@dataclass(slots=True, kw_only=True)
class Verdict:
    """Objective as the literature counts it; faults in words; most a start was ahead of itself."""

    objective: float = 0.0
    ahead: float = 0.0
    faults: list[str] = field(default_factory=list)


def mankowska(text: str) -> Facts:
    """Key words and numbers; the last row is the depot again."""
    words = text.split()

    def numbers(key: str, count: int) -> list[float]:
        at = words.index(key) + 1
        return [float(word) for word in words[at : at + count]]

    rows, people, kinds = (int(numbers(key, 1)[0]) for key in ("nbNodes", "nbVehi", "nbServi"))
    needs, able = numbers("r", rows * kinds), numbers("a", people * kinds)
    long, way = numbers("p", rows * people * kinds), numbers("d", rows * rows)
    least, most, early, late = (numbers(key, rows) for key in ("mind", "maxd", "e", "l"))
    jobs: dict[Key, Job] = {}
    gaps: list[tuple[Key, Key, float, float]] = []
    for node in range(1, rows - 1):
        kinds_here = [kind for kind in range(kinds) if needs[node * kinds + kind]]
        for kind in kinds_here:
            who = [v for v in range(people) if able[v * kinds + kind]]
            jobs[node, kind] = Job(
                duration=max(long[(node * people + v) * kinds + kind] for v in who),
                early=early[node],
                late=late[node],
                able=frozenset(who),
            )
        if len(kinds_here) == 2:
            first, then = kinds_here
            gaps.append(((node, first), (node, then), least[node], most[node]))
    travel = [way[row * rows : (row + 1) * rows] for row in range(rows)]
    return Facts(jobs=jobs, travel=travel, routes=people, gaps=tuple(gaps), soft=True)


def hhcrsp_json(text: str) -> Facts:
    """One central office in row 0; the order of `required_caregivers` is the order of services."""
    data = json.loads(text)
    if len(data["distances"]) != len(data["patients"]) + 1:
        raise ValueError("several departing points are not evaluated here")
    kinds = [service["id"] for service in data["services"]]
    usual = {service["id"]: service.get("default_duration") for service in data["services"]}
    jobs: dict[Key, Job] = {}
    gaps: list[tuple[Key, Key, float, float]] = []
    for node, patient in enumerate(data["patients"], start=1):
        here: list[Key] = []
        for need in patient["required_caregivers"]:
            kind = kinds.index(need["service"])
            here.append((node, kind))
            jobs[node, kind] = Job(
                duration=need.get("duration", usual[need["service"]]),
                early=patient["time_window"][0],
                late=patient["time_window"][1],
                able=frozenset(
                    number
                    for number, person in enumerate(data["caregivers"])
                    if need["service"] in person["abilities"]
                ),
            )
        if len(here) == 2:
            rule = patient["synchronization"]
            least, most = (0, 0) if rule["type"] == "simultaneous" else rule["distance"]
            gaps.append((here[0], here[1], least, most))
    return Facts(
        jobs=jobs,
        travel=data["distances"],
        routes=len(data["caregivers"]),
        gaps=tuple(gaps),
        soft=True,
    )


def solomon(text: str) -> Facts:
    """DIMACS: straight lines, cut to one decimal, are both distance and time."""
    table = [line.split() for line in text.splitlines() if line.strip()]
    at = next(n for n, words in enumerate(table) if words[0] == "NUMBER")
    vehicles, room = (int(word) for word in table[at + 1])
    rows = [[float(word) for word in words] for words in table[at + 2 :] if words[0].isdigit()]
    travel = [
        [math.floor(10 * math.hypot(a[1] - b[1], a[2] - b[2]) + 1e-9) / 10 for b in rows]
        for a in rows
    ]
    jobs: dict[Key, Job] = {
        (node, None): Job(duration=row[6], early=row[4], late=row[5], demand=row[3])
        for node, row in enumerate(rows[1:], start=1)
    }
    return Facts(
        jobs=jobs, travel=travel, routes=vehicles, soft=False, room=room, closing=rows[0][5]
    )


READERS: Final = {"mankowska": mankowska, "hhcrsp-json": hhcrsp_json, "solomon": solomon}


def evaluate(facts: Facts, routes: Sequence[Sequence[Stop]], slack: float = SLACK) -> Verdict:
    """Price the routes and look for every rule they break."""
    verdict = Verdict()
    starts: dict[Key, tuple[float, int]] = {}
    count: Counter[Key] = Counter()
    travelled = 0.0
    if len(routes) != facts.routes:
        verdict.faults.append(f"{len(routes)} routes for {facts.routes} caregivers or vehicles")
    for number, route in enumerate(routes):
        known = [stop for stop in route if (stop["node"], stop["service"]) in facts.jobs]
        if len(known) < len(route):
            verdict.faults.append(f"route {number} does what is not asked for")
        travelled += _drive(facts, number, known, verdict, slack)
        for stop in known:
            key = (stop["node"], stop["service"])
            starts[key] = (float(stop["start"]), number)
            count[key] += 1
    verdict.faults += [f"{key} is done {count[key]} times" for key in facts.jobs if count[key] != 1]
    for first, then, least, most in facts.gaps:
        if first in starts and then in starts:
            _gap(verdict, starts[first], starts[then], (least, most), slack)
    late = [max(0.0, start - facts.jobs[key].late) for key, (start, _) in starts.items()]
    lateness = sum(late) + max(late, default=0.0)
    verdict.objective = (travelled + lateness) / 3 if facts.soft else travelled
    return verdict


def _drive(
    facts: Facts, number: int, route: Sequence[Stop], verdict: Verdict, slack: float
) -> float:
    here, free, load, travelled = 0, 0.0, 0.0, 0.0
    for stop in route:
        key = (stop["node"], stop["service"])
        job, start, way = facts.jobs[key], float(stop["start"]), facts.travel[here][key[0]]
        _bound(verdict, max(free + way, job.early) - start, slack, f"{key} begins too early")
        if not facts.soft:
            _bound(verdict, start - job.late, slack, f"{key} begins too late")
        if job.able is not None and number not in job.able:
            verdict.faults.append(f"route {number} may not do {key}")
        travelled += way
        load += job.demand
        here, free = key[0], start + job.duration
    if route:
        home = facts.travel[here][0]
        _bound(verdict, free + home - facts.closing, slack, f"route {number} is back too late")
        travelled += home
    if load > facts.room:
        verdict.faults.append(f"route {number} carries {load:g} of {facts.room:g}")
    return travelled


def _gap(
    verdict: Verdict,
    first: tuple[float, int],
    then: tuple[float, int],
    bounds: tuple[float, float],
    slack: float,
) -> None:
    between = then[0] - first[0]
    _bound(verdict, bounds[0] - between, slack, f"a gap of {between:g} is under {bounds[0]:g}")
    _bound(verdict, between - bounds[1], slack, f"a gap of {between:g} is over {bounds[1]:g}")
    if first[1] == then[1]:
        verdict.faults.append(f"route {first[1]} does both services of one patient")


def _bound(verdict: Verdict, excess: float, slack: float, fault: str) -> None:
    verdict.ahead = max(verdict.ahead, excess)
    if excess > slack:
        verdict.faults.append(f"{fault}, by {excess:g}")


def main() -> None:
    """Evaluate one printed object; exit code 1 when it disagrees with what was printed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--format", choices=READERS, required=True)
    parser.add_argument("--slack", type=float, default=SLACK)
    asked = parser.parse_args()
    raw = asked.file.read_bytes()
    text = (gzip.decompress(raw) if asked.file.suffix == ".gz" else raw).decode()
    printed = json.load(sys.stdin)
    verdict = evaluate(READERS[asked.format](text), printed["routes"], asked.slack)
    same = math.isclose(verdict.objective, printed["objective"], abs_tol=asked.slack)
    agrees = same and bool(printed["valid"]) == (not verdict.faults)
    print(
        f"{asked.file.name}: printed {printed['objective']:.6f} valid={printed['valid']}, here "
        f"{verdict.objective:.6f} with {len(verdict.faults)} faults, most ahead "
        f"{verdict.ahead:.6f}: {'agrees' if agrees else 'DISAGREES'}"
    )
    for fault in verdict.faults[:20]:
        print(" ", fault)
    raise SystemExit(not agrees)


if __name__ == "__main__":
    main()
