"""Verifies a plan and puts it in force, or keeps it as refused.

A plan that breaks a hard rule is kept for somebody to look into and never sent out. Whoever
issues one must have started from the plan in force.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from uuid import UUID, uuid5

import structlog

from kernel import audit, metrics, outbox
from kernel.audit import Act, By
from kernel.clock import Clock
from kernel.db import Connection, Pool
from kernel.errors import ConflictError
from kernel.ids import new_id
from kernel.outbox import Fact
from scheduler.care.demand import task_id
from scheduler.centre.model import Kind
from scheduler.day.assembling import boxes, subject
from scheduler.day.model import Day
from scheduler.jobs import store as jobs
from scheduler.meals import handing
from scheduler.meals.brought import handed_over
from scheduler.model.figures import Figures, figures
from scheduler.model.plan import Change, Plan, diff
from scheduler.model.problem import Problem, TaskKind
from scheduler.model.verify import Violation, violations
from scheduler.plans import store
from scheduler.plans.recording import stop_rows, unplaced_rows
from scheduler.travel.model import UNTOLD, TravelNote

PUBLISHED: Final = "plan.published"
"""Topic of the fact that a plan is in force."""

WORTH_TELLING_S: Final = 60
"""A stop that moves by less is no change to anybody."""

FALLEN_BACK_S: Final = 10
"""Search time for a meal run that gets back what visits were to bring."""

_log = structlog.get_logger()


class OutdatedError(ConflictError):
    """The plan this one started from is no longer in force."""

    code = "plan-outdated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A plan about to be issued.

    Attributes:
        parent: the version it started from; None: the first of its day.
        previous: that version in the terms of `problem`.
        promised: that version as it was told to people; None: as `previous`.
        travel: where the travel times came from.
    """

    day: Day
    problem: Problem
    plan: Plan
    cause: str
    parent: UUID | None
    previous: Plan | None
    promised: Plan | None = None
    travel: TravelNote = UNTOLD


Also: TypeAlias = Callable[[Connection, UUID], Awaitable[None]]
"""Done on the connection that puts the plan of this id in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What came of it.

    Attributes:
        state: "published", or "refused" with what it would have broken.
        changed: stops that differ from the version before.
    """

    plan_id: UUID
    version: int
    state: str
    figures: Figures
    changed: int
    violations: tuple[Violation, ...]


async def issue(
    pool: Pool, clock: Clock, draft: Draft, *, by: By, also: Also | None = None
) -> Published:
    """Verify a draft, then put it in force and tell whom it concerns; or keep it as refused.

    Args:
        pool: of connections.
        clock: says when.
        draft: to be put in force.
        by: who wants it.
        also: what becomes true with it, in the same transaction; not if it is refused.

    Raises:
        OutdatedError: another version came first, or the day's other plan took a meal of this one.
    """
    broken = await asyncio.to_thread(violations, draft.problem, draft.plan)
    for violation in broken:
        metrics.PLAN_VIOLATIONS.labels(rule=violation.rule).inc()
    found = figures(draft.problem, draft.plan, previous=draft.previous)
    day, now = draft.day, clock.now()
    changes = _news(draft)
    async with pool.acquire() as conn, conn.transaction():
        await store.lock(conn, day.centre.area, day.day)
        before = await store.current(conn, day.centre.area, day.day, day.kind)
        if (None if before is None else before.id) != draft.parent:
            raise OutdatedError(
                "Another plan came first: ask again.", day=str(day.day), kind=day.kind
            )
        row = store.PlanRow(
            id=new_id(),
            area=day.centre.area,
            day=day.day,
            kind=day.kind,
            version=await store.next_version(conn, day.centre.area, day.day, day.kind),
            state="refused" if broken else "published",
            parent=draft.parent,
            cause=draft.cause,
            cost=found.cost,
            summary={**found.summary(), "travel": draft.travel.summary()},
            created_at=now,
            published_at=None if broken else now,
        )
        if not broken:
            await store.supersede(conn, row.area, row.day, row.kind)
        await _keep(conn, row, draft, broken)
        await audit.write_down(conn, _act(row, by))
        if not broken:
            if await handing.is_taken(conn, row.id, row.kind):
                raise OutdatedError(
                    "Another plan brings a meal of this one: ask again.",
                    day=str(day.day),
                    kind=day.kind,
                )
            await outbox.put(conn, now, [told(row, day, changes)])
            await _back_to_the_run(conn, row)
            if also is not None:
                await also(conn, row.id)
    _log.info(
        "plan_refused" if broken else "plan_published",
        plan_id=str(row.id),
        version=row.version,
        cause=row.cause,
        rules=sorted({violation.rule for violation in broken}),
        changed=len(changes),
        refused_in_search=draft.plan.solved.refused if draft.plan.solved else 0,
    )
    return Published(
        plan_id=row.id,
        version=row.version,
        state=row.state,
        figures=found,
        changed=len(changes),
        violations=broken,
    )


def _act(row: store.PlanRow, by: By) -> Act:
    return Act(
        at=row.created_at,
        by=by,
        action=f"plan_{row.state}",
        area=row.area,
        subject=f"plan:{row.id}",
        reason=f"{row.kind} of {row.day}, version {row.version}: {row.cause}",
    )


def _news(draft: Draft) -> list[Change]:
    """What somebody has to be told: not that a visit began when it began.

    Nor of what is no more: it was told when that became true.
    """
    known = {task.id for task in draft.problem.tasks}
    begun = {
        task.id
        for task in draft.problem.tasks
        if task.kind != TaskKind.ALARM and task.pin is not None and task.pin.started
    }
    before = draft.promised or draft.previous or Plan(routes=())
    changes = diff(before, draft.plan, tolerance=WORTH_TELLING_S)
    return [change for change in changes if change.task in known - begun]


async def _keep(
    conn: Connection, row: store.PlanRow, draft: Draft, broken: Sequence[Violation]
) -> None:
    midnight = draft.day.midnight
    await store.add_plan(conn, row, [_violation(violation) for violation in broken])
    await store.add_stops(conn, row.id, stop_rows(draft.problem, draft.plan, midnight))
    await store.add_unplaced(conn, row.id, unplaced_rows(draft.plan))
    await handing.keep(conn, row.id, _handed_over(draft))


async def _back_to_the_run(conn: Connection, row: store.PlanRow) -> None:
    """Have the day's meals planned again if visits no longer bring what they were to bring."""
    if row.parent is None or not await handing.fell_back(conn, row.parent, row.id):
        return
    await jobs.put(
        conn,
        uuid5(row.id, "meals"),
        area=row.area,
        day=row.day,
        kind=Kind.MEALS,
        cause="cancelled",
        seconds=FALLEN_BACK_S,
        at=row.created_at,
    )


def _handed_over(draft: Draft) -> list[tuple[UUID, UUID]]:
    """(order, visit) of the meals this plan of visits brings."""
    orders = {task_id(visit): order.id for visit, order in boxes(draft.day).items()}
    return [(order, subject(task)[1]) for order, task in handed_over(draft.plan, orders)]


def _violation(violation: Violation) -> dict[str, Any]:
    return {
        "rule": violation.rule,
        "task": violation.task,
        "caregiver": violation.caregiver,
        "data": dict(violation.data),
    }


def told(row: store.PlanRow, day: Day, changes: Iterable[Change]) -> Fact:
    """Return the fact that a plan is in force, naming only those for whom something changed."""
    residents: dict[UUID, UUID] = {visit.id: visit.resident_id for visit in day.visits}
    residents |= {order.id: order.resident_id for order in day.orders}
    concerned: dict[str, list[str]] = {}
    met: set[str] = set()
    for change in changes:
        kind, about = subject(change.task)
        people = {
            who
            for placed in (change.before, change.after)
            if placed is not None
            for who in placed.caregivers
        }
        for who in people:
            concerned.setdefault(who, []).extend([] if kind == "alarm" else [str(about)])
        if about in residents:
            met.add(str(residents[about]))
    return Fact(
        topic=PUBLISHED,
        area=row.area,
        subject=str(row.id),
        payload={
            "plan_id": str(row.id),
            "day": row.day.isoformat(),
            "kind": row.kind,
            "version": row.version,
            "cause": row.cause,
            "changed": [
                {"caregiver_id": who, "visits": visits} for who, visits in sorted(concerned.items())
            ],
            "residents": sorted(met),
        },
    )
