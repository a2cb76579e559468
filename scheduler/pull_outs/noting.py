"""Notes who is away, and says which plans do not know it yet. Noting twice changes nothing."""

from datetime import datetime, timedelta
from typing import Final

from kernel.db import Connection
from kernel.geo import Position
from scheduler.pull_outs import store
from scheduler.pull_outs.estimate import EXTEND_BEFORE, EXTEND_BY, WORTH_REPLANNING, until
from scheduler.pull_outs.facts import AssignmentFact, PullOutState
from scheduler.pull_outs.store import Stale
from scheduler.travel import store as roads

HISTORY: Final = timedelta(hours=12)
"""An alarm that ended so long ago is no reason to repair a plan."""
SAME_SHIFT: Final = timedelta(hours=12)


async def note(conn: Connection, fact: AssignmentFact) -> None:
    """Note a fact about an assignment."""
    if fact.means == PullOutState.NOTHING:
        return
    over = fact.means == PullOutState.OVER
    noted = await store.find(conn, fact.assignment_id)
    if noted is None and not over:
        await store.add(
            conn,
            fact.assignment_id,
            fact.caregiver_id,
            starts_at=fact.at,
            until=until(fact),
            at=await _place(conn, fact),
        )
    elif noted is not None and not noted.over:
        await store.move(conn, fact.assignment_id, until(fact), over=over)


async def _place(conn: Connection, fact: AssignmentFact) -> Position | None:
    if fact.lat is not None and fact.lon is not None:
        return Position(fact.lat, fact.lon)
    return None if fact.home_id is None else await store.home(conn, fact.home_id)


async def stale(conn: Connection, now: datetime) -> list[Stale]:
    """Return the plans to repair, having given those away longer than estimated more time."""
    await store.extend(conn, now + EXTEND_BEFORE, now + EXTEND_BY)
    found = await store.stale(conn, now - HISTORY, WORTH_REPLANNING, SAME_SHIFT)
    alarmed = {(plan.area, plan.day, plan.kind) for plan in found}
    return found + [
        Stale(area=area, day=day, kind=kind, over=False, road=True)
        for area, day, kind in await roads.stale(conn, now)
        if (area, day, kind) not in alarmed
    ]
