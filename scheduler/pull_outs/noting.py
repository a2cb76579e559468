"""Notes who is away, and says which plans do not know it yet. Noting twice changes nothing."""

from datetime import datetime, timedelta
from typing import Final

from kernel.db import Connection
from kernel.geo import Position
from scheduler.pull_outs import store
from scheduler.pull_outs.estimate import EXTEND_BEFORE, EXTEND_BY, WORTH_REPLANNING, until
from scheduler.pull_outs.facts import Standing, Told
from scheduler.pull_outs.store import Stale
from scheduler.travel import store as roads

HISTORY: Final = timedelta(hours=12)
"""An alarm that ended so long ago is no reason to repair a plan."""
SAME_SHIFT: Final = timedelta(hours=12)


async def note(conn: Connection, told: Told) -> None:
    """Note a fact about an assignment."""
    if told.standing == Standing.NOTHING:
        return
    over = told.standing == Standing.OVER
    noted = await store.find(conn, told.assignment_id)
    if noted is None and not over:
        await store.add(
            conn,
            told.assignment_id,
            told.caregiver_id,
            starts_at=told.at,
            until=until(told),
            at=await _place(conn, told),
        )
    elif noted is not None and not noted.over:
        await store.move(conn, told.assignment_id, until(told), over=over)


async def _place(conn: Connection, told: Told) -> Position | None:
    if told.lat is not None and told.lon is not None:
        return Position(told.lat, told.lon)
    return None if told.home_id is None else await store.home(conn, told.home_id)


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
