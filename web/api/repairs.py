"""Repairs: say what happened, see two or three ways to go on, publish one."""

from uuid import UUID

from fastapi import APIRouter

from scheduler.centre.choosing import centre_of
from scheduler.repairing import asking, deciding, showing
from scheduler.repairing import model as repairing
from web.deps import AtConsole, Planner, TheCentre, TheClock, ThePool, TheTravel
from web.wire.base import Bilingual
from web.wire.repair import (
    Alternative,
    AskAgain,
    AskRepair,
    DismissRepair,
    PublishRepair,
    Repair,
    Repairs,
    Services,
    VisitChange,
)

router = APIRouter(tags=["repairs"])


@router.get("/repairs")
async def open_repairs(caller: AtConsole, pool: ThePool, clock: TheClock) -> Repairs:
    """Repairs that wait for a decision, asked for by a person or by an alarm."""
    found = await showing.undecided(pool, caller.areas, clock.now())
    return Repairs(items=[_shown(one) for one in found])


@router.post("/repairs", status_code=202)
async def ask_repair(
    caller: Planner,
    body: AskRepair,
    pool: ThePool,
    clock: TheClock,
    centre: TheCentre = None,
) -> Repair:
    """Record what happened and ask for ways to go on; the planner process looks for them."""
    happened = repairing.Happened(
        cause=repairing.Cause(body.cause),
        absence=None if body.absence is None else repairing.Absence(**body.absence.model_dump()),
        new_visit=None
        if body.new_visit is None
        else repairing.NewVisit(**body.new_visit.model_dump()),
        visit_id=body.visit_id,
        late=None if body.late is None else repairing.Late(**body.late.model_dump()),
    )
    repair = await asking.ask(
        pool,
        await centre_of(pool, caller.areas, centre),
        event_id=body.event_id,
        happened=happened,
        now=clock.now(),
        by=caller.account_id,
    )
    return _shown(await showing.show(pool, caller.areas, repair.id))


@router.get("/services")
async def services(caller: Planner, pool: ThePool) -> Services:
    """What a new visit may be for."""
    del caller  # what is offered is the same everywhere
    found = await showing.services(pool)
    return Services(items=[Bilingual.model_validate(one) for one in found])


@router.get("/repairs/{repair_id}")
async def repair(caller: AtConsole, repair_id: UUID, pool: ThePool) -> Repair:
    """A repair and the alternatives found so far: the first may be there before the others."""
    return _shown(await showing.show(pool, caller.areas, repair_id))


@router.post("/repairs/{repair_id}/again", status_code=202)
async def ask_repair_again(
    caller: Planner, repair_id: UUID, body: AskAgain, pool: ThePool, clock: TheClock
) -> Repair:
    """Ask the same about the day as it is now; what happened is not recorded again."""
    again = await asking.ask_again(
        pool,
        caller.areas,
        repair_id,
        event_id=body.event_id,
        now=clock.now(),
        by=caller.account_id,
    )
    return _shown(await showing.show(pool, caller.areas, again.id))


@router.post("/repairs/{repair_id}/publish")
async def publish_repair(
    caller: Planner,
    repair_id: UUID,
    body: PublishRepair,
    pool: ThePool,
    clock: TheClock,
    travel: TheTravel,
) -> Repair:
    """Verify an alternative against the day as it is now and put it in force.

    409 `plan-outdated` if the day has gone on since: ask for the repair again.
    """
    await deciding.publish(
        pool,
        clock,
        caller.areas,
        repair_id,
        event_id=body.event_id,
        number=body.alternative,
        by=caller.account_id,
        travel=travel,
    )
    return _shown(await showing.show(pool, caller.areas, repair_id))


@router.post("/repairs/{repair_id}/dismiss")
async def dismiss_repair(
    caller: Planner, repair_id: UUID, body: DismissRepair, pool: ThePool, clock: TheClock
) -> Repair:
    """Leave the plan as it is."""
    del body  # dismissing twice is dismissing once: the id is not needed
    await deciding.dismiss(pool, clock, caller.areas, repair_id, by=caller.account_id)
    return _shown(await showing.show(pool, caller.areas, repair_id))


def _shown(found: showing.Shown) -> Repair:
    return Repair(
        id=found.repair.id,
        day=found.repair.day,
        cause=found.repair.cause.value,
        subject=found.repair.subject,
        created_at=found.repair.created_at,
        state=found.repair.state.value,
        why=None if found.repair.why is None else found.repair.why.value,
        job_id=found.repair.job_id,
        plan_id=found.repair.plan_id,
        done=found.repair.done_at is not None,
        alternatives=[
            Alternative(
                number=way.offer.number,
                reach=way.offer.reach,
                total=way.total,
                cost=way.offer.cost,
                waiting_s=way.waiting_s,
                changes=[VisitChange.model_validate(change) for change in way.changes],
                unplaced=way.offer.unplaced,
                seconds=way.offer.seconds,
            )
            for way in found.ways
        ],
    )
