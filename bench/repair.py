"""Repairs of a large day: pull-outs at random times, answered by the resident process.

    python -m bench.repair [--visits 2000 --caregivers 250 --plan-seconds 20 --pull-outs 40]

A day is planned once. Then, time and again, somebody drawn at random is called to an alarm at a
random time of the day for 90 minutes; what has begun is a fact, what begins within the hour is
pinned to its person and time. Measured from the question leaving this process until an answer has
come back, verified by the child, and then, outside the time, verified again here by
`scheduler.model.verify`. A visit is affected if it was to begin after the call in the day of who
was called. `--json` writes the figures.
"""

import argparse
import asyncio
import json
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from bench.schedule_days import HOUR, visit_day
from scheduler.day.duty import Commitment, with_room
from scheduler.day.keeping import Keep, keep
from scheduler.model.plan import Plan, StopKind
from scheduler.model.problem import CaregiverId, Pin, Problem, Task, TaskId, TaskKind, Window
from scheduler.model.verify import violations
from scheduler.solve.engine import solve
from scheduler.solve.repair import Alternative
from scheduler.solve.resident import ResidentSolver

AWAY_S = 90 * 60
KEY = "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class PullOut:
    """Who is called when, and the day as it then is.

    Attributes:
        affected: visits of theirs that had not begun.
        ahead: visits of all that had not begun.
    """

    problem: Problem
    affected: frozenset[TaskId]
    ahead: frozenset[TaskId]


def pull_out(problem: Problem, plan: Plan, who: CaregiverId, now: int) -> PullOut:
    """The day once `who` is called at `now`, facts and promises pinned."""
    placed = plan.placements()
    begun = {task for task, there in placed.items() if there.start <= now}
    tasks = [
        replace(
            task,
            pin=Pin(
                caregivers=placed[task.id].caregivers, start=placed[task.id].start, started=True
            ),
            duration=min(task.duration, now - placed[task.id].start)
            if who in placed[task.id].caregivers
            else task.duration,
        )
        if task.id in begun
        else _not_before(task, now)
        for task in problem.tasks
    ]
    called = next(person for person in problem.caregivers if person.id == who)
    base = called.shifts[0].origin
    travel = problem.travel[called.mode]
    facts = [
        Commitment(
            start=task.pin.start,
            end=task.pin.start + task.duration,
            home=int(travel[task.location, base]),
        )
        for task in tasks
        if task.pin is not None and task.pin.start is not None and who in task.pin.caregivers
    ]
    facts.append(Commitment(start=now, end=now + AWAY_S, home=0, alarm=True))
    alarm = Task(
        id=TaskId("alarm"),
        kind=TaskKind.ALARM,
        location=base,
        duration=AWAY_S,
        window=Window(start=now, end=now),
        pin=Pin(caregivers=(who,), start=now, started=True),
    )
    people = tuple(
        replace(person, shifts=with_room(person.shifts, facts, now=now))
        if person.id == who
        else person
        for person in problem.caregivers
    )
    now_there = replace(problem, tasks=(*tasks, alarm), caregivers=people)
    return PullOut(
        problem=keep(now_there, plan, now, Keep.PROMISES),
        affected=frozenset(
            task for task, there in placed.items() if who in there.caregivers and there.start > now
        ),
        ahead=frozenset(placed) - begun,
    )


def _not_before(task: Task, now: int) -> Task:
    start = min(max(task.window.start, now + 60), task.window.end)
    return replace(task, window=Window(start=start, end=task.window.end))


async def measure(
    problem: Problem, plan: Plan, count: int, seconds: float, seed: int
) -> list[dict[str, Any]]:
    """Call `count` people out, one after the other, each from the plan as first made."""
    rng = np.random.default_rng(seed)
    busy = [route for route in plan.routes if len(route.tasks) > 2]
    resident, rows = ResidentSolver(), []
    try:
        await resident.hold(KEY, problem, plan)
        await _all(resident, pull_out(problem, plan, busy[0].caregiver, 12 * HOUR), plan, seconds)
        for number in range(count):
            route = busy[int(rng.integers(len(busy)))]
            starts = [stop.start for stop in route.stops if stop.kind == StopKind.TASK]
            now = int(rng.integers(starts[0], starts[-1]))
            case = pull_out(problem, plan, route.caregiver, now)
            found = await _all(resident, case, plan, seconds)
            rows.append(_row(case, found))
            print(f"{number:>3} {now / HOUR:5.1f} h  {rows[-1]}", flush=True)
    finally:
        await resident.close()
    return rows


async def _all(
    resident: ResidentSolver, case: PullOut, plan: Plan, seconds: float
) -> list[tuple[float, Alternative]]:
    began = time.perf_counter()
    return [
        (time.perf_counter() - began, each)
        async for each in resident.ask(KEY, case.problem, plan, seconds=seconds)
    ]


def _row(case: PullOut, found: list[tuple[float, Alternative]]) -> dict[str, Any]:
    unaffected = len(case.ahead - case.affected)
    changed = [
        len({change.task for change in each.changes} & (case.ahead - case.affected))
        for _, each in found
    ]
    cheapest = min(range(len(found)), key=lambda n: found[n][1].cost.total)
    return {
        "first_ms": round(1000 * found[0][0]),
        "all_ms": round(1000 * found[-1][0]),
        "answers": len(found),
        "affected": len(case.affected),
        "unaffected": unaffected,
        "changed": changed,
        "changed_by_cheapest": changed[cheapest],
        "left_out": [len(each.plan.unplaced) for _, each in found],
        "cost": [each.cost.total for _, each in found],
        "broken": sum(len(violations(case.problem, each.plan)) for _, each in found),
    }


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The figures over all pull-outs."""
    share = [100 * row["changed_by_cheapest"] / max(1, row["unaffected"]) for row in rows]
    worst = [100 * max(row["changed"]) / max(1, row["unaffected"]) for row in rows]

    def at(name: str, percent: int) -> int:
        return round(float(np.percentile([row[name] for row in rows], percent)))

    return {
        "pull_outs": len(rows),
        "first_ms": {"p50": at("first_ms", 50), "p95": at("first_ms", 95)},
        "all_ms": {"p50": at("all_ms", 50), "p95": at("all_ms", 95)},
        "unaffected_changed_percent": {
            "mean": round(float(np.mean(share)), 2),
            "most": round(max(share), 2),
        },
        "unaffected_changed_percent_of_any_answer": {"most": round(max(worst), 2)},
        "broken_rules": sum(row["broken"] for row in rows),
    }


def main() -> None:
    """Plan the day, call people out, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--visits", type=int, default=2_000)
    parser.add_argument("--caregivers", type=int, default=250)
    parser.add_argument("--plan-seconds", type=float, default=20)
    parser.add_argument("--pull-outs", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=0.8, help="for all answers to a question")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    problem = visit_day(asked.visits, asked.caregivers, seed=asked.seed)
    plan = solve(problem, seconds=asked.plan_seconds, threads=2, seed=asked.seed)
    print(f"planned: {len(plan.unplaced)} left out", flush=True)
    rows = asyncio.run(measure(problem, plan, asked.pull_outs, asked.seconds, asked.seed))
    figures = summary(rows)
    print(json.dumps(figures, indent=2))
    if asked.json is not None:
        asked.json.write_text(json.dumps({"figures": figures, "pull_outs": rows}, indent=2))


if __name__ == "__main__":
    main()
