"""Publish one of a repair's alternatives, or none."""

import asyncio
from uuid import UUID

from kernel import audit, outbox
from kernel.audit import By
from kernel.clock import Clock
from kernel.db import Connection, Pool
from kernel.errors import ConflictError, NotFoundError
from scheduler.model.plan import Plan
from scheduler.model.verify import violations
from scheduler.plans.basis import BUILTIN, load_basis
from scheduler.plans.issuing import OutdatedError, issue
from scheduler.repairing import store
from scheduler.repairing.facts import act, told
from scheduler.repairing.finding import find
from scheduler.repairing.model import Cause, Repair, RepairState
from scheduler.travel.measuring import Travel


async def publish(
    pool: Pool,
    clock: Clock,
    areas: frozenset[str],
    repair_id: UUID,
    *,
    event_id: UUID,
    number: int,
    by: By,
    travel: Travel = BUILTIN,
) -> Repair:
    """Verify an alternative against the day as it is now and put it in force, once.

    Raises:
        NotFoundError: no such repair or alternative.
        OutdatedError: another plan came first, or what has happened since does not fit it.
        ConflictError: it was dismissed, or another alternative of it was published.
    """
    async with pool.acquire() as conn:
        repair = await find(conn, areas, repair_id)
        plan = await store.plan_of(conn, repair_id, number)
    if repair.publish_event == event_id:
        return repair
    plan = _still_open(repair, plan, number)
    basis = await load_basis(pool, repair.area, repair.day, repair.kind, clock.now(), travel=travel)
    fits = basis.parent == repair.of_plan and not await asyncio.to_thread(
        violations, basis.problem, plan
    )

    async def settle(conn: Connection, plan_id: UUID) -> None:
        """With the plan, or not at all: a crash leaves no published repair on offer."""
        there = await store.get(conn, repair_id, lock=True)
        if there is None or there.state != RepairState.OFFERED:
            raise _outdated()
        await store.set_published(conn, repair_id, plan_id, event_id)
        way = f"alternative {number} as plan:{plan_id}"
        await audit.write_down(conn, act("repair_published", there, clock.now(), by, way))
        await outbox.put(conn, clock.now(), [told("repair.published", there)])

    try:
        if not fits:
            raise _outdated()
        draft = basis.draft(plan, _plan_cause(repair.cause))
        done = await issue(pool, clock, draft, by=by, also=settle)
        if done.state != "published":
            raise _outdated()
    except OutdatedError:
        again = await _settled(pool, repair_id, event_id)
        if again is not None:
            return again  # the same click, sent twice at once
        raise _outdated() from None
    async with pool.acquire() as conn:
        return await find(conn, areas, repair_id)


def _still_open(repair: Repair, plan: Plan | None, number: int) -> Plan:
    """The alternative's plan, if the repair is not decided yet."""
    if plan is None:
        raise NotFoundError("There is no such alternative.", alternative=number)
    if repair.state == RepairState.OUTDATED:
        raise _outdated()
    if repair.state != RepairState.OFFERED:
        raise ConflictError("This repair is decided already.", state=repair.state)
    return plan


async def _settled(pool: Pool, repair_id: UUID, event_id: UUID) -> Repair | None:
    async with pool.acquire() as conn, conn.transaction():
        repair = await store.get(conn, repair_id, lock=True)
        if repair is None or repair.publish_event == event_id:
            return repair
        if repair.state == RepairState.OFFERED:
            await store.set_state(conn, repair_id, RepairState.OUTDATED)
    return None


async def dismiss(
    pool: Pool, clock: Clock, areas: frozenset[str], repair_id: UUID, *, by: By
) -> Repair:
    """Leave the plan as it is; dismissing twice is dismissing once.

    Raises:
        NotFoundError: no such repair.
        ConflictError: it was published.
    """
    async with pool.acquire() as conn, conn.transaction():
        await find(conn, areas, repair_id)
        repair = await store.get(conn, repair_id, lock=True)
        if repair is not None and repair.state == RepairState.PUBLISHED:
            raise ConflictError("This repair is published already.", state=repair.state)
        await store.set_state(conn, repair_id, RepairState.DISMISSED)
        after = await find(conn, areas, repair_id)
        if repair is not None and repair.state != RepairState.DISMISSED:
            await audit.write_down(conn, act("repair_dismissed", after, clock.now(), by, ""))
        await outbox.put(conn, clock.now(), [told("repair.dismissed", after)])
    return after


def _plan_cause(cause: Cause) -> str:
    return cause.value


def _outdated() -> OutdatedError:
    return OutdatedError("The day has gone on since: ask for the repair again.")
