"""The map: its ground, the homes and the caregivers on it."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final, Literal
from uuid import UUID

from fastapi import APIRouter, Response

from dispatch.incidents.model import AlarmKind
from dispatch.incidents.views import reading as views
from people.areas import store as maps
from web.deps import AtConsole, Conn, TheClock
from web.live.polling import positions
from web.reading.store import HomeNow, homes_now
from web.wire.map import CaregiverPositions, Dot, Dots, Feature, FeatureCollection

router = APIRouter(tags=["map"])
_KEEP: Final = timedelta(hours=1)


@router.get("/map")
async def ground(caller: AtConsole, conn: Conn, response: Response) -> FeatureCollection:
    """The own map as GeoJSON; `properties.layer` is area, road, station or meal_point."""
    del caller  # the ground is the same for everybody
    response.headers["Cache-Control"] = f"private, max-age={int(_KEEP.total_seconds())}"
    return FeatureCollection(
        type="FeatureCollection",
        features=[
            Feature(
                type="Feature",
                geometry=feature.geometry,
                properties={"layer": feature.layer, "name": feature.name},
            )
            for feature in await maps.features(conn)
        ],
    )


@router.get("/homes/dots")
async def home_dots(caller: AtConsole, conn: Conn, clock: TheClock) -> Dots:
    """All homes with how they are; a home that is only silent has no incident."""
    shown = await views.snapshot(conn, caller.areas, clock.now(), closed_limit=0)
    troubled = {one.home_id for one in shown if one.kind != AlarmKind.WENT_SILENT}
    return Dots(
        items=[
            Dot(home_id=one.home_id, lat=one.lat, lon=one.lon, status=_status(one, troubled))
            for one in await homes_now(conn, caller.areas)
        ]
    )


@router.get("/caregivers/positions")
async def caregiver_positions(caller: AtConsole, conn: Conn, clock: TheClock) -> CaregiverPositions:
    """Where the caregivers were last and what they are doing."""
    return CaregiverPositions(items=await positions(conn, caller.areas, clock.now()))


def _status(
    home: HomeNow, troubled: Collection[UUID | None]
) -> Literal["ok", "silent", "incident"]:
    if home.home_id in troubled:
        return "incident"
    return "silent" if home.is_silent else "ok"
