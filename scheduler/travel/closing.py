"""A planner says that a road is closed, and that it is open again.

Plans in force that do not know of a closure are stale and repaired by the planner process. A road
that is open again changes nobody's day: the next plan uses it.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from kernel import audit, outbox
from kernel.audit import Act, By
from kernel.db import Pool
from kernel.errors import InvalidError, NotFoundError
from kernel.ids import new_id
from kernel.outbox import Fact
from scheduler.centre.model import Centre
from scheduler.travel import store
from scheduler.travel.model import Circle, Closure
from scheduler.travel.store import Reported

CLOSED: Final = "road.closed"
"""Topic of the fact that wakes the planner process."""
LONGEST: Final = timedelta(days=31)
AHEAD: Final = timedelta(days=31)


async def close(
    pool: Pool,
    centre: Centre,
    *,
    event_id: UUID,
    circle: Circle,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    by: By,
) -> Reported:
    """Close the road around a place, once.

    Args:
        pool: of connections.
        centre: whose people travel there.
        event_id: made by the client; the same again returns the same closure.
        circle: what nobody travels through.
        starts_at: from.
        ends_at: until.
        now: the present.
        by: who says so.

    Raises:
        InvalidError: the time is empty, over already or longer than `LONGEST`.
        NotFoundError: the event is another centre's.
    """
    if ends_at <= starts_at or ends_at - starts_at > LONGEST:
        raise InvalidError("Let the closure end after it begins, within 31 days.", field="ends_at")
    if ends_at <= now or starts_at > now + AHEAD:
        raise InvalidError("Close a road for today or the next 31 days.", field="starts_at")
    closure = Closure(id=new_id(), circle=circle, starts_at=starts_at, ends_at=ends_at)
    async with pool.acquire() as conn, conn.transaction():
        if await store.close(conn, closure, event_id=event_id, centre=centre.area, now=now):
            await outbox.put(conn, now, [_told(closure, centre.area)])
            await audit.write_down(conn, _act("road_closed", closure, centre.area, now, by))
        found = await store.by_event(conn, event_id)
    if found is None or found.centre != centre.area:
        raise NotFoundError("There is no such closure.")
    return found


async def lift(
    pool: Pool, areas: frozenset[str], closure_id: UUID, now: datetime, *, by: By
) -> Reported:
    """Open a road again; lifting twice is lifting once.

    Raises:
        NotFoundError: no such closure of a centre among `areas`.
    """
    async with pool.acquire() as conn, conn.transaction():
        found = await store.lock(conn, closure_id, sorted(areas))
        if found is None:
            raise NotFoundError("There is no such closure.", closure_id=str(closure_id))
        if found.lifted_at is not None:
            return found
        await store.lift(conn, closure_id, now)
        act = _act("road_opened", found.closure, found.centre, now, by)
        await audit.write_down(conn, act)
    return replace(found, lifted_at=now)


async def closed(pool: Pool, centre: Centre, now: datetime, until: datetime) -> list[Closure]:
    """Return the closures of `centre` from `now` to `until`."""
    async with pool.acquire() as conn:
        return await store.closures(conn, centre.area, now, until)


def _told(closure: Closure, centre: str) -> Fact:
    """The fact that a road is closed; it says which, not where."""
    return Fact(
        topic=CLOSED,
        area=centre,
        subject=str(closure.id),
        payload={"closure_id": str(closure.id)},
    )


def _act(action: str, closure: Closure, centre: str, at: datetime, by: By) -> Act:
    return Act(
        at=at,
        by=by,
        action=action,
        area=centre,
        subject=f"closure:{closure.id}",
        reason=f"{closure.starts_at.isoformat()}/{closure.ends_at.isoformat()}",
    )
