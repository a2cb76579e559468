"""Compute what repairs offer, in the planner process; nothing is remembered between looks."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from kernel import outbox
from kernel.clock import Clock
from kernel.db import Pool
from scheduler.centre.localtime import day_of
from scheduler.centre.model import Centre, Kind
from scheduler.day.keeping import Keep
from scheduler.jobs import store as jobs
from scheduler.model.plan import Placement, Plan, diff
from scheduler.plans.basis import BUILTIN, Basis, load_basis
from scheduler.repairing import store
from scheduler.repairing.compare import ChangedVisit, changed_visits
from scheduler.repairing.facts import told
from scheduler.repairing.model import NothingOffered, Offer, Repair, RepairState
from scheduler.solve.alternative import Alternative
from scheduler.solve.resident import ResidentSolver, key_of
from scheduler.travel.legs import legs_of
from scheduler.travel.measuring import Travel

WITHIN_S: Final = 0.8
"""From the question to the last alternative."""
IN_PARTS_S: Final = 30
"""Search time for a day too large for a repair at once."""


async def answer(
    pool: Pool, clock: Clock, resident: ResidentSolver, travel: Travel = BUILTIN
) -> int:
    """Answer every repair that waits; return how many."""
    async with pool.acquire() as conn:
        asked = await store.waiting(conn)
    for repair in asked:
        await _answer(pool, clock, resident, repair, travel)
    return len(asked)


async def hold(
    pool: Pool, now: datetime, resident: ResidentSolver, centre: Centre, travel: Travel = BUILTIN
) -> UUID | None:
    """Have today's visits at hand, so that the first question about them is no slower than others.

    Returns:
        The plan held; None: there is none, or the centre is too large for a repair at once.
    """
    basis = await load_basis(
        pool, centre.area, day_of(now, centre.zone), Kind.VISITS, now, travel=travel
    )
    if basis.previous is None or legs_of(basis.problem) is not None:
        return None
    kept = basis.keeping(Keep.PROMISES)
    key = key_of(centre.area, basis.day.day, Kind.VISITS)
    await resident.hold(key, kept.problem, basis.previous)
    return basis.parent


async def _answer(
    pool: Pool, clock: Clock, resident: ResidentSolver, repair: Repair, travel: Travel
) -> None:
    basis = await load_basis(pool, repair.area, repair.day, repair.kind, clock.now(), travel=travel)
    if basis.previous is None or basis.parent is None:
        await _end(pool, clock, repair, NothingOffered.NO_PLAN)
        return
    if legs_of(basis.problem) is not None:
        await _end(pool, clock, repair, NothingOffered.TOO_LARGE)
        return
    async with pool.acquire() as conn, conn.transaction():
        await store.begin(conn, repair.id, basis.parent)
    kept = basis.keeping(Keep.PROMISES)
    key = key_of(repair.area, repair.day, repair.kind)
    found: list[Alternative] = []
    async for one in resident.ask(key, kept.problem, basis.previous, seconds=WITHIN_S):
        if all(one.plan.routes != other.plan.routes for other in found):
            found.append(one)
            await _offer(pool, clock, repair, basis, one, len(found))
    await _end(pool, clock, repair, None)


async def _offer(
    pool: Pool, clock: Clock, repair: Repair, basis: Basis, one: Alternative, number: int
) -> None:
    changes = diff(
        basis.promised or Plan(routes=()),
        one.plan,
        tolerance=basis.problem.weights.change_tolerance,
    )
    offer = Offer(
        number=number,
        reach=one.reach,
        cost={rule.value: points for rule, points in one.cost.points.items()},
        changes=[_changed(visit) for visit in changed_visits(basis.problem, changes)],
        unplaced=len(one.plan.unplaced),
        seconds=one.seconds,
    )
    async with pool.acquire() as conn, conn.transaction():
        there = await store.get(conn, repair.id, lock=True)
        if there is None or there.state not in {RepairState.ASKED, RepairState.OFFERED}:
            return
        await store.offer(conn, repair.id, offer, one.plan)
        await store.set_state(conn, repair.id, RepairState.OFFERED)
        await outbox.put(conn, clock.now(), [told("repair.offered", repair)])


async def _end(pool: Pool, clock: Clock, repair: Repair, why: NothingOffered | None) -> None:
    """All there is to say is said; a day in parts is planned anew by a job."""
    now = clock.now()
    async with pool.acquire() as conn, conn.transaction():
        there = await store.get(conn, repair.id, lock=True)
        is_open = there is not None and there.state in {RepairState.ASKED, RepairState.OFFERED}
        if is_open and why is not None:
            await store.set_state(conn, repair.id, RepairState.UNANSWERED, why)
        if is_open and why == NothingOffered.TOO_LARGE:
            await jobs.put(
                conn,
                repair.id,
                area=repair.area,
                day=repair.day,
                kind=repair.kind,
                cause=repair.cause,
                seconds=IN_PARTS_S,
                at=now,
            )
        await store.set_done(conn, repair.id, now)
        await outbox.put(conn, now, [told("repair.offered", repair)])


def _changed(visit: ChangedVisit) -> dict[str, Any]:
    """Times in seconds from the day's local midnight."""
    return {
        "task": visit.task,
        "effect": visit.effect,
        "before": _placed(visit.before),
        "after": _placed(visit.after),
        "delay": visit.delay,
        "late": visit.late,
        "other_person": visit.other_person,
    }


def _placed(placement: Placement | None) -> dict[str, Any] | None:
    if placement is None:
        return None
    return {
        "caregivers": [str(UUID(who)) for who in placement.caregivers],
        "start": placement.start,
    }
