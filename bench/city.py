"""A whole city's day: cut, solved by workers over PgQueuer, traded across borders, verified.

    python -m bench.city [--visits 100000 --caregivers 20000 --seconds-per-part 20 --workers 2]
    python -m bench.city --cut-only

The workers are processes of their own on an embedded PostgreSQL, as other machines would run them.
`--cut-only` makes the city, cuts it and takes each part out as a worker would be given it, with its
travel times, and solves nothing. `--json` writes the figures.
"""

import argparse
import asyncio
import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from bench.city_days import visit_city
from carebell.embedded import postgres
from carebell.embedded.part import Running
from kernel import db
from kernel.clock import SystemClock
from kernel.db import Pool
from scheduler.city import queue, running, store
from scheduler.city.cutting import cut
from scheduler.city.model import Bounds, City
from scheduler.city.pieces import merged, piece_of, problem_of
from scheduler.city.running import RunOrder
from scheduler.city.store import CityRun, RunProgress, RunState
from scheduler.city.wire import pack_piece, unpack_piece
from scheduler.model.cost import cost
from scheduler.model.verify import violations
from scheduler.solve.engine import warm
from scheduler.travel.builtin import travel_times
from scheduler.travel.legs import measure

LOOK_EVERY_S = 0.5


class Watch:
    """Seconds of each phase, printed as they end."""

    def __init__(self) -> None:
        self.phases: dict[str, float] = {}
        self._began = time.perf_counter()

    def ended(self, phase: str, note: str = "") -> None:
        """Print a phase that has just ended."""
        now = time.perf_counter()
        self.phases[phase], self._began = round(now - self._began, 2), now
        print(f"{phase:<34} {self.phases[phase]:>9.2f} s  {peak_mb():>6} MB  {note}", flush=True)


def peak_mb() -> int:
    """Most memory this process ever had, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def cut_only(city: City, bounds: Bounds, watch: Watch) -> dict[str, Any]:
    """Cut a city and take out every part."""
    parts = cut(city, bounds)
    watch.ended("cut", parts_of(parts))
    given = [pack_piece(piece_of(city, part)) for part in parts]
    watch.ended("pieces packed", f"{sum(len(each) for each in given) / 1e6:.1f} MB in all")
    largest = 0
    for each in given:
        problem = problem_of(unpack_piece(each), travel_times)
        largest = max(largest, sum(times.nbytes for times in problem.travel.values()))
    watch.ended("pieces unpacked, times measured", f"largest matrices {largest / 1e6:.1f} MB")
    return {
        "parts": len(parts),
        "visits": [len(part.tasks) for part in parts],
        "caregivers": [len(part.caregivers) for part in parts],
        "short": sum(bool(part.shortages) for part in parts),
    }


def parts_of(parts: Any) -> str:
    """The sizes of parts as text."""
    visits = [len(part.tasks) for part in parts]
    people = [len(part.caregivers) for part in parts]
    short = sum(bool(part.shortages) for part in parts)
    return (
        f"{len(parts)} parts of {min(visits)}–{max(visits)} visits and "
        f"{min(people)}–{max(people)} caregivers, {short} short of skills"
    )


@contextlib.contextmanager
def workers(url: str, count: int, threads: int, log: Path) -> Iterator[None]:
    """Run workers as processes of their own."""
    env = os.environ | {
        "CAREBELL_DATABASE_URL": url,
        "CAREBELL_WORKER_PIECES": "1",
        "CAREBELL_WORKER_THREADS": str(threads),
    }
    with log.open("ab") as file:
        children = [
            subprocess.Popen([sys.executable, "-m", "carebell.run", "worker"], env=env, stderr=file)
            for _ in range(count)
        ]
    try:
        yield
    finally:
        for child in children:
            child.send_signal(signal.SIGTERM)
        for child in children:
            child.wait(30)


async def solved(pool: Pool, run: UUID, watch: Watch) -> tuple[CityRun, RunProgress]:
    """Wait for a run, printing each phase as it ends."""
    clock, number, shown = SystemClock(), 0, -1
    while True:
        async with pool.acquire() as conn:
            now, there = await store.run(conn, run), await store.progress(conn, run)
        if now is None:
            raise RuntimeError("the run is gone")
        if now.round != number or now.state != RunState.RUNNING:
            note = f"cost {there.cost:,}, {there.unplaced} left out"
            watch.ended("parts solved" if number == 0 else f"round {number} of trades", note)
            number = now.round
        if there.parts // 10 != shown and now.round == 0:
            shown = there.parts // 10
            print(f"  parts {there.parts}/{now.parts}", flush=True)
        if now.state != RunState.RUNNING:
            return now, there
        await clock.sleep(LOOK_EVERY_S)


async def whole(city: City, asked: argparse.Namespace, url: str, watch: Watch) -> dict[str, Any]:
    """Plan the city through the queue and verify what comes of it."""
    bounds = Bounds(visits=asked.part_visits, caregivers=asked.part_caregivers)
    order = RunOrder(
        event_id=uuid4(), seconds=asked.seconds_per_part, seed=asked.seed, bounds=bounds
    )
    log = Path(tempfile.gettempdir()) / "carebell-city-workers.log"
    async with queue.pool(url) as pool:
        run = await running.start(pool, city, order, SystemClock().now())
        watch.ended("cut and queued")
        with workers(url, asked.workers, asked.threads, log):
            ended, there = await solved(pool, run, watch)
        if ended.state != RunState.DONE:
            raise RuntimeError(f"the run {ended.state}: {ended.error}; see {log}")
        snapshot = await running.load(pool, run, travel_times)
    watch.ended("put together again")
    parts = merged(snapshot.city, snapshot.outcomes[: ended.parts])
    measure(snapshot.city.problem, parts)
    before = cost(snapshot.city.problem, parts).total
    plan = snapshot.plan
    measure(snapshot.city.problem, plan)
    broken = violations(snapshot.city.problem, plan)
    after = cost(snapshot.city.problem, plan).total
    watch.ended("whole city verified", f"{len(broken)} violations")
    gained = len(snapshot.outcomes) - ended.parts
    print(
        f"{ended.parts} parts, {ended.borders} borders tried, {gained} trades gained\n"
        f"cost before trading {before:,}, after {after:,} ({100 * (after / before - 1):+.2f} %)\n"
        f"{len(parts.unplaced)} visits left out before trading, {len(plan.unplaced)} after\n"
        f"largest worker or solver process {children_mb()} MB"
    )
    return {
        "parts": ended.parts,
        "borders": ended.borders,
        "gained": gained,
        "cost_parts": before,
        "cost": after,
        "unplaced_parts": len(parts.unplaced),
        "unplaced": len(plan.unplaced),
        "violations": len(broken),
        "children_mb": children_mb(),
        "claimed": there.cost,
    }


def children_mb() -> int:
    """Most memory one of the processes below this one ever had, MB."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--visits", type=int, default=100_000)
    parser.add_argument("--caregivers", type=int, default=20_000)
    parser.add_argument("--seconds-per-part", type=float, default=20)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1, help="of each worker")
    parser.add_argument("--part-visits", type=int, default=2_000)
    parser.add_argument("--part-caregivers", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cut-only", action="store_true")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    watch = Watch()
    if not asked.cut_only:
        warm()
        watch.ended("solver warmed")
    city = visit_city(asked.visits, asked.caregivers, seed=asked.seed)
    watch.ended("city made", f"{asked.visits:,} visits, {asked.caregivers:,} caregivers")
    if asked.cut_only:
        bounds = Bounds(visits=asked.part_visits, caregivers=asked.part_caregivers)
        found = cut_only(city, bounds, watch)
    else:
        with tempfile.TemporaryDirectory(prefix="carebell-city-") as folder:
            cluster = postgres.prepare(Path(folder) / "pg", options=postgres.HASTY)
            with Running(cluster.part):
                db.migrate(cluster.url())
                watch.ended("database ready")
                found = asyncio.run(whole(city, asked, cluster.url(), watch))
    if asked.json:
        found |= {"phases": watch.phases, "peak_mb": peak_mb()}
        asked.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
