"""What a caregiver does next, given the phone's `today`. Seeded. Pure.

An alarm job comes before everything. Else the next visit or meal by its time: go there, check in,
do the tasks, check out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, hypot, radians
from random import Random
from typing import Any, Final

from kernel.geo import Position, distance_m

THERE_M: Final = 25.0
SETTLED: Final = frozenset({"done", "missed", "cancelled"})
DELIVERED: Final = frozenset({"delivered", "refused", "no_answer", "cancelled"})
#: So long before its time a visit may begin; a meal may be handed over.
EARLY: Final = timedelta(minutes=2)
LOAD_BEFORE: Final = timedelta(minutes=10)
#: What is further in the past than this is nothing to start with now.
STALE: Final = timedelta(hours=3)
METRES_PER_DEGREE: Final = 111_195.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How a caregiver works. Seconds and metres per second of simulated time."""

    reaction_s: float = 6.0
    set_out_s: float = 10.0
    help_s: float = 480.0
    task_s: float = 60.0
    travel_ms: float = 4.2

    def hurried(self, speed: float) -> "Pace":
        """Return the pace at which `speed` simulated seconds pass in a real one."""
        return Pace(
            self.reaction_s / speed,
            self.set_out_s / speed,
            self.help_s / speed,
            self.task_s / speed,
            self.travel_ms * speed,
        )


@dataclass(frozen=True, slots=True)
class Tell:
    """Report something: `path` below `/caregiver`; `body` beside event id and time."""

    path: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Go:
    """Travel towards a place."""

    to: Position


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing to do just now."""


Step = Tell | Go | Rest


def next_step(today: Mapping[str, Any], at: Position | None, now: datetime, pace: Pace) -> Step:
    """Return what a caregiver who stands `at` does now."""
    if today["job"] is not None and (step := _job(today["job"], at, now, pace)):
        return step
    steps = [
        (_time(visit["start_at"]), _visit, visit)
        for visit in today["visits"]
        if visit["state"] not in SETTLED and visit["checked_out_at"] is None
    ] + [
        (_time(meal["eta_at"]), _meal, meal)
        for meal in today["meals"]
        if meal["state"] not in DELIVERED
    ]
    begun = [item for item in steps if item[2].get("checked_in_at")]
    fresh = [item for item in steps if item[0] > now - STALE]
    for due, act, what in sorted(begun or fresh, key=lambda item: item[0])[:1]:
        return act(what, due, at, now, pace)
    return Rest()


def _job(job: Mapping[str, Any], at: Position | None, now: datetime, pace: Pace) -> Step | None:
    path = f"jobs/{job['id']}/"
    match job["state"]:
        case "offered":
            return _after(job["offered_at"], pace.reaction_s, now, Tell(path + "accept", {}))
        case "accepted":
            return _after(job["accepted_at"], pace.set_out_s, now, Tell(path + "en-route", {}))
        case "en_route":
            place = _place(job)
            if place is None or _is_there(at, place):
                return Tell(path + "on-scene", {})
            return Go(place)
        case "on_scene":
            return _after(job["on_scene_at"], pace.help_s, now, Tell(path + "done", {}))
        case _:
            return None


def _after(since: str | None, wait_s: float, now: datetime, step: Step) -> Step:
    ready = since is None or now >= _time(since) + timedelta(seconds=wait_s)
    return step if ready else Rest()


def _visit(
    visit: Mapping[str, Any], due: datetime, at: Position | None, now: datetime, pace: Pace
) -> Step:
    path, place = f"visits/{visit['id']}/", _place(visit)
    if visit["checked_in_at"] is None:
        if (step := _approach(place, due - EARLY, at, now, pace)) is not None:
            return step
        return Tell(path + "check-in", {"method": "gps", "location": _fix(place)})
    begun = _time(visit["checked_in_at"])
    open_tasks = [task for task in visit["tasks"] if task["done"] is None]
    done = len(visit["tasks"]) - len(open_tasks)
    if open_tasks:
        ready = now >= begun + timedelta(seconds=pace.task_s * (done + 1))
        return Tell(f"{path}tasks/{open_tasks[0]['id']}", {"done": True}) if ready else Rest()
    planned = _time(visit["end_at"]) - _time(visit["start_at"])
    hurry = Pace().task_s / pace.task_s
    if now < begun + planned / hurry:
        return Rest()
    return Tell(path + "check-out", {"location": _fix(place)})


def _meal(
    meal: Mapping[str, Any], due: datetime, at: Position | None, now: datetime, pace: Pace
) -> Step:
    path, place = f"meals/{meal['order_id']}/", _place(meal)
    if meal["state"] == "ordered":
        if now < due - LOAD_BEFORE:
            return Rest()
        return Tell(path + "loaded", {})
    if (step := _approach(place, due - EARLY, at, now, pace)) is not None:
        return step
    chance = Random(str(meal["order_id"])).random()
    if chance < 0.02:
        return Tell(path + "no-answer", {"reason": "no answer at the door"})
    if chance < 0.04:
        return Tell(path + "refused", {"reason": "not hungry today"})
    return Tell(path + "delivered", {})


def _approach(
    place: Position | None,
    not_before: datetime,
    at: Position | None,
    now: datetime,
    pace: Pace,
) -> Step | None:
    """Return how to get there in time; None when there and it is time."""
    if place is not None and at is not None and not _is_there(at, place):
        travel_s = distance_m(at, place) / pace.travel_ms
        return Go(place) if now >= not_before - timedelta(seconds=travel_s) else Rest()
    return None if now >= not_before else Rest()


def travelled(at: Position, to: Position, metres: float) -> Position:
    """Return where one is after going `metres` straight towards `to`, and no further."""
    north = (to.lat - at.lat) * METRES_PER_DEGREE
    east = (to.lon - at.lon) * METRES_PER_DEGREE * cos(radians(at.lat))
    whole = hypot(north, east)
    if whole <= metres:
        return to
    share = metres / whole
    return Position(at.lat + (to.lat - at.lat) * share, at.lon + (to.lon - at.lon) * share)


def _is_there(at: Position | None, place: Position) -> bool:
    return at is None or distance_m(at, place) <= THERE_M


def _place(thing: Mapping[str, Any]) -> Position | None:
    if thing["lat"] is None or thing["lon"] is None:
        return None
    return Position(thing["lat"], thing["lon"])


def _fix(place: Position | None) -> dict[str, Any] | None:
    return None if place is None else {"lat": place.lat, "lon": place.lon, "acc": 8, "crs": "wgs84"}


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
