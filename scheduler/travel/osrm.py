"""OSRM's table service, as its HTTP documentation words it (pure).

A server has one profile, so each mode has a server of its own. It knows no time of day and can be
told of no closed road.
"""

from typing import Any, Final

import numpy as np

from scheduler.model.problem import BUS, CAR, EBIKE, WALK, Matrix
from scheduler.travel.model import UNCONNECTED
from scheduler.travel.routers import Dialect, HttpRequest, Query, Refused, Unusable
from scheduler.travel.slots import base

NAME: Final = "osrm"
PROFILES: Final = {WALK: "walking", EBIKE: "cycling", CAR: "driving", BUS: "driving"}
_TOO_BIG: Final = "TooBig"


def request(query: Query) -> HttpRequest:
    """Return the GET for a table of durations."""
    places = [*query.sources, *query.targets]
    numbers = range(len(places))
    return HttpRequest(
        path=f"/table/v1/{PROFILES.get(base(query.mode), 'driving')}/"
        + ";".join(f"{at.lon:.5f},{at.lat:.5f}" for at in places),
        parameters={
            "annotations": "duration",
            "sources": ";".join(map(str, numbers[: len(query.sources)])),
            "destinations": ";".join(map(str, numbers[len(query.sources) :])),
        },
    )


def table(query: Query, answer: Any) -> Matrix:
    """Return seconds, `UNCONNECTED` where there is no way.

    Raises:
        Unusable: this is not what OSRM answers.
    """
    try:
        rows = answer["durations"]
        return whole(rows, (len(query.sources), len(query.targets)))
    except (KeyError, TypeError, ValueError) as error:
        raise Unusable("answer") from error


def refusal(answer: Any) -> Refused | Unusable:
    """Return what a status of 400 means."""
    code = answer.get("code") if isinstance(answer, dict) else None
    return Unusable("table-too-big") if code == _TOO_BIG else Refused(str(code))


def whole(rows: Any, shape: tuple[int, int]) -> Matrix:
    """Return rows of seconds, None where there is no way, as a table.

    Raises:
        ValueError: they have another shape, or are no numbers.
    """
    seconds = np.array(
        [[np.nan if value is None else value for value in row] for row in rows], dtype=np.float64
    )
    if seconds.shape != shape or bool((seconds < 0).any()):
        raise ValueError("not a table of seconds")
    found: Matrix = np.where(np.isnan(seconds), UNCONNECTED, np.rint(np.nan_to_num(seconds)))
    return found.astype(np.int32)


DIALECT: Final = Dialect(
    name=NAME,
    knows_time=False,
    knows_closures=False,
    request=request,
    table=table,
    refusal=refusal,
)
