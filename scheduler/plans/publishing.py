"""Load → solve in a process → verify → publish: how a day gets its plan and keeps it.

If another plan came first, the day is loaded again and the plan repaired on top of that one.
"""

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Final

import structlog

from kernel.audit import By, Process
from kernel.clock import Clock
from kernel.db import Pool
from kernel.errors import ConflictError
from scheduler.centre.model import Kind
from scheduler.day.keeping import Keep
from scheduler.model.cost import cost
from scheduler.model.plan import Plan
from scheduler.model.problem import MANDATORY, OPTIONAL
from scheduler.model.rules import Rule
from scheduler.plans.basis import BUILTIN, Basis, load_basis
from scheduler.plans.issuing import Draft, OutdatedError, Published, issue
from scheduler.solve.process import Standby, solve_in_process
from scheduler.solve.progress import OnProgress, ignore
from scheduler.solve.resident import ResidentSolver, key_of
from scheduler.travel.legs import legs_of
from scheduler.travel.measuring import Travel

AGAIN_S: Final = 5
"""Search time when another plan came first and this one is repaired on top of it."""
MOST_TRIES: Final = 3
FIRST_TRY_S: Final = 1.0
"""Search time of a repair in which hardly anything may move."""
BEARABLE_S: Final = 3_600
"""Seconds that people wait longer, all together, for which nobody else's day is touched."""

_log = structlog.get_logger()


class DayTooLargeError(ConflictError):
    """A day that one search does not take; see `scheduler.city.planning`."""

    code = "day-too-large"


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveOptions:
    """How much to think: seconds of search, cores, seed; and children that are ready to.

    Attributes:
        standby: for any solve.
        resident: holds the days it was asked about; repairs of visits go there.
        travel: where travel times come from.
        by: who thinks, as it is written down.
    """

    seconds: float = 20
    threads: int = 2
    seed: int = 1
    standby: Standby | None = None
    resident: ResidentSolver | None = None
    travel: Travel = BUILTIN
    by: By = Process.PLANNER


async def plan_day(
    pool: Pool,
    clock: Clock,
    area: str,
    day: date,
    kind: Kind,
    *,
    cause: str = "daily",
    options: SolveOptions = SolveOptions(),
    derive: bool = True,
    on_progress: OnProgress = ignore,
    stop: asyncio.Event | None = None,
) -> Published:
    """Plan a day and publish the plan; a plan in force is what changes are counted against.

    The first plan of a day is for the whole of it, however late it is made. A later one moves
    nothing that has begun or was promised within the hour.

    Args:
        pool: of connections.
        clock: says what is past.
        area: the centre's.
        day: its local day.
        kind: visits or meals.
        cause: why, as stored with the version.
        options: for the search.
        derive: make the day's visits first; False: the caller has.
        on_progress: called on the loop.
        stop: when set, the best plan found so far is taken.

    Raises:
        NotFoundError: no centre is there.
        OutdatedError: other plans came first, time and again.
    """
    for attempt in range(MOST_TRIES):
        basis = await load_basis(
            pool,
            area,
            day,
            kind,
            clock.now(),
            derive=derive and attempt == 0,
            travel=options.travel,
        )
        _require_one_search(basis)
        basis = basis.keeping(Keep.PROMISES)
        seconds = options.seconds if attempt == 0 else min(options.seconds, AGAIN_S)
        plan = await solve_in_process(
            basis.problem,
            seconds=seconds,
            threads=options.threads,
            seed=options.seed,
            initial=basis.previous,
            previous=basis.previous,
            on_progress=on_progress,
            stop=stop,
        )
        try:
            return await issue(pool, clock, basis.draft(plan, cause), by=options.by)
        except OutdatedError:
            _log.info("plan_outdated", attempt=attempt)
    raise OutdatedError("Other plans came first: ask again.", day=str(day), kind=kind)


async def replan(
    pool: Pool,
    clock: Clock,
    area: str,
    day: date,
    kind: Kind,
    *,
    cause: str,
    options: SolveOptions,
) -> Published | None:
    """Repair the plan in force with few changes and publish the result within seconds.

    Returns:
        None if there is no plan to repair.

    Raises:
        NotFoundError: no centre is there.
        OutdatedError: other plans came first, time and again.
    """
    for attempt in range(MOST_TRIES):
        basis = await load_basis(pool, area, day, kind, clock.now(), travel=options.travel)
        if basis.previous is None:
            return None
        _require_one_search(basis)
        try:
            return await issue(pool, clock, await _repaired(basis, options, cause), by=options.by)
        except OutdatedError:
            _log.info("plan_outdated", attempt=attempt)
    raise OutdatedError("Other plans came first: ask again.", day=str(day), kind=kind)


def _require_one_search(basis: Basis) -> None:
    if legs_of(basis.problem) is not None:
        raise DayTooLargeError(
            "This centre's day is planned in parts: ask the planner process for it.",
            visits=len(basis.problem.tasks),
        )


async def _repaired(basis: Basis, options: SolveOptions, cause: str) -> Draft:
    """Repair with as few changes as will do.

    First nobody moves but those whom the alarm concerns. If that leaves out a visit that had its
    place, or makes people wait long, others may help; of what was found the cheapest is taken,
    changes priced.
    """
    if options.resident is not None and basis.day.kind == Kind.VISITS:
        return await _answered(basis, options.resident, cause)
    found: list[Draft] = []
    for what in Keep:
        kept = basis.keeping(what)
        plan = await solve_in_process(
            kept.problem,
            seconds=min(options.seconds, FIRST_TRY_S) if what == Keep.TIMES else options.seconds,
            threads=options.threads,
            seed=options.seed,
            initial=found[-1].plan if found else basis.previous,
            previous=basis.previous,
            standby=options.standby,
        )
        found.append(kept.draft(plan, cause))
        if _is_good(basis, plan, what):
            break
    return min(
        found,
        key=lambda draft: cost(basis.problem, draft.plan, previous=basis.previous).total,
    )


async def _answered(basis: Basis, resident: ResidentSolver, cause: str) -> Draft:
    """As `_repaired`, by the process that holds the day: the first answer at once if it will do."""
    kept, day = basis.keeping(Keep.PROMISES), basis.day
    previous = Plan(routes=()) if basis.previous is None else basis.previous
    key = key_of(day.centre.area, day.day, day.kind)
    first = [one async for one in resident.ask(key, kept.problem, previous, first_only=True)]
    if _is_good(basis, first[0].plan, Keep.TIMES):
        return kept.draft(first[0].plan, cause)
    found = [one async for one in resident.ask(key, kept.problem, previous)]
    return kept.draft(min(found, key=lambda each: each.cost.total).plan, cause)


def _is_good(basis: Basis, plan: Plan, what: Keep) -> bool:
    """Whether nothing that matters lost its place and waiting stays bearable.

    When others have helped already, only a visit that must be done is worth more of it.
    """
    if basis.previous is None:
        return True
    prices = {task.id: task.price for task in basis.problem.tasks}
    placed = basis.previous.placements().keys()
    lost = max((prices[one.task] for one in plan.unplaced if one.task in placed), default=0)
    if what != Keep.TIMES:
        return lost < MANDATORY
    late = cost(basis.problem, plan).points[Rule.LATENESS]
    was_late = cost(basis.problem, basis.previous).points[Rule.LATENESS]
    return lost <= OPTIONAL and late - was_late <= basis.problem.weights.lateness * BEARABLE_S
