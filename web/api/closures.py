"""Closed roads: say that one is closed, see which are, open one again."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter

from kernel.geo import to_wgs84
from scheduler.centre.choosing import centre_of
from scheduler.travel import closing
from scheduler.travel.model import Circle, Closure
from web.deps import AtConsole, Planner, TheCentre, TheClock, ThePool
from web.wire.closure import CloseRoad, RoadClosure, RoadClosures

router = APIRouter(tags=["closures"])


@router.get("/closures")
async def closed_roads(
    caller: AtConsole, pool: ThePool, clock: TheClock, centre: TheCentre = None
) -> RoadClosures:
    """Roads of the centre that are closed, or will be within a month."""
    now = clock.now()
    of = await centre_of(pool, caller.areas, centre)
    found = await closing.closed(pool, of, now, now + closing.AHEAD)
    return RoadClosures(items=[_shown(each, None) for each in found])


@router.post("/closures", status_code=201)
async def close_road(
    caller: Planner,
    body: CloseRoad,
    pool: ThePool,
    clock: TheClock,
    centre: TheCentre = None,
) -> RoadClosure:
    """Close the road around a place; plans in force that pass there are repaired."""
    at = to_wgs84(body.lat, body.lon, body.crs)
    report = await closing.close(
        pool,
        await centre_of(pool, caller.areas, centre),
        event_id=body.event_id,
        circle=Circle(at=at, radius_m=body.radius_m),
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        now=clock.now(),
        by=caller.account_id,
    )
    return _shown(report.closure, report.lifted_at)


@router.delete("/closures/{closure_id}")
async def open_road(
    caller: Planner, closure_id: UUID, pool: ThePool, clock: TheClock
) -> RoadClosure:
    """Open a road again; the next plan uses it, nobody's day is changed for it."""
    report = await closing.lift(pool, caller.areas, closure_id, clock.now(), by=caller.account_id)
    return _shown(report.closure, report.lifted_at)


def _shown(closure: Closure, lifted_at: datetime | None) -> RoadClosure:
    return RoadClosure(
        id=closure.id,
        lat=closure.circle.at.lat,
        lon=closure.circle.at.lon,
        radius_m=closure.circle.radius_m,
        starts_at=closure.starts_at,
        ends_at=closure.ends_at,
        lifted_at=lifted_at,
    )
