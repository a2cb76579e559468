"""Valhalla's time-distance matrix (`/sources_to_targets`), in its short form (pure)."""

from typing import Any, Final

from kernel.geo import Position
from scheduler.model.problem import BUS, CAR, EBIKE, WALK, Matrix
from scheduler.travel.closures import polygon
from scheduler.travel.osrm import whole
from scheduler.travel.routers import Dialect, HttpRequest, Query, Refused, Unusable
from scheduler.travel.slots import base

NAME: Final = "valhalla"
COSTING: Final = {WALK: "pedestrian", EBIKE: "bicycle", CAR: "auto", BUS: "bus"}
"""An e-bike is a bicycle that keeps up its speed: it uses cycle ways and goes against no one-way
street. A bus rides like one and waits at no stop."""
EBIKE_KM_H: Final = 20
_DEPART_AT: Final = 1
_TOO_BIG: Final = frozenset({150, 151, 167})
"""Too many places, too many pairs, or longer polygons than the server's limits allow."""


def request(query: Query) -> HttpRequest:
    """Return the POST for a table of durations."""
    mode = base(query.mode)
    body: dict[str, Any] = {
        "sources": [_place(at) for at in query.sources],
        "targets": [_place(at) for at in query.targets],
        "costing": COSTING.get(mode, "auto"),
        "verbose": False,
    }
    if mode == EBIKE:
        body["costing_options"] = {
            "bicycle": {"bicycle_type": "Hybrid", "cycling_speed": EBIKE_KM_H}
        }
    if query.departs is not None:
        body["date_time"] = {"type": _DEPART_AT, "value": f"{query.departs:%Y-%m-%dT%H:%M}"}
    if query.avoids:
        body["exclude_polygons"] = [polygon(circle) for circle in query.avoids]
    return HttpRequest(path="/sources_to_targets", body=body)


def table(query: Query, answer: Any) -> Matrix:
    """Return seconds, `UNCONNECTED` where there is no way.

    Raises:
        Unusable: this is not what Valhalla answers.
    """
    try:
        rows = answer["sources_to_targets"]["durations"]
        return whole(rows, (len(query.sources), len(query.targets)))
    except (KeyError, TypeError, ValueError) as error:
        raise Unusable("answer") from error


def refusal(answer: Any) -> Refused | Unusable:
    """Return what a status of 400 means."""
    code = answer.get("error_code") if isinstance(answer, dict) else None
    return Unusable("limits") if code in _TOO_BIG else Refused(str(code))


def _place(at: Position) -> dict[str, float]:
    return {"lat": round(at.lat, 5), "lon": round(at.lon, 5)}


DIALECT: Final = Dialect(
    name=NAME,
    knows_time=True,
    knows_closures=True,
    request=request,
    table=table,
    refusal=refusal,
)
