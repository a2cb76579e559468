from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from devices.simulator.caring import Go, Pace, Rest, Step, Tell, next_step, travelled
from kernel.geo import Position, distance_m

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HERE = Position(31.80, 119.95)
AWAY = Position(31.81, 119.95)  # 1.1 km
MINUTE = timedelta(minutes=1)


def at(minutes: float) -> str:
    return (NOW + minutes * MINUTE).isoformat()


def job(state: str, **more: Any) -> dict[str, Any]:
    stamps = {"offered_at": at(-1), "accepted_at": at(-1), "on_scene_at": at(-1)}
    return {"id": "j", "state": state, "lat": AWAY.lat, "lon": AWAY.lon, **stamps, **more}


def visit(start: float = 0, **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": "v",
        "start_at": at(start),
        "end_at": at(start + 30),
        "state": "planned",
    }
    body |= {"lat": AWAY.lat, "lon": AWAY.lon, "checked_in_at": None, "checked_out_at": None}
    return {**body, "tasks": [{"id": "t1", "done": None}, {"id": "t2", "done": None}], **more}


def meal(eta: float = 0, **more: Any) -> dict[str, Any]:
    body = {"order_id": "o-1", "eta_at": at(eta), "state": "loaded"}
    return {**body, "lat": AWAY.lat, "lon": AWAY.lon, **more}


def does(
    *visits: dict[str, Any],
    job: dict[str, Any] | None = None,
    meals: tuple[dict[str, Any], ...] = (),
    where: Position | None = HERE,
    pace: Pace | None = None,
) -> Step:
    today = {"job": job, "visits": list(visits), "meals": list(meals)}
    return next_step(today, where, NOW, pace or Pace())


def told(step: Step) -> str:
    assert isinstance(step, Tell)
    return step.path


def test_an_offer_is_accepted_after_a_moment() -> None:
    assert does(job=job("offered", offered_at=at(0))) == Rest()
    assert told(does(job=job("offered"))) == "jobs/j/accept"


def test_a_job_goes_its_way_and_comes_before_the_visits() -> None:
    assert told(does(visit(), job=job("accepted"))) == "jobs/j/en-route"
    assert does(visit(), job=job("en_route")) == Go(AWAY)
    assert told(does(visit(), job=job("en_route"), where=AWAY)) == "jobs/j/on-scene"
    assert does(visit(), job=job("on_scene")) == Rest()
    assert told(does(visit(), job=job("on_scene", on_scene_at=at(-9)))) == "jobs/j/done"


def test_a_job_without_a_place_is_where_one_stands() -> None:
    assert told(does(job=job("en_route", lat=None, lon=None))) == "jobs/j/on-scene"


def test_a_job_that_is_over_leaves_the_day_to_go_on() -> None:
    assert told(does(visit(), job=job("done"), where=AWAY)) == "visits/v/check-in"


def test_one_sets_out_in_time_and_not_before() -> None:
    assert does(visit(start=30)) == Rest()
    assert does(visit(start=6)) == Go(AWAY)


def test_one_checks_in_at_the_door_with_a_fix() -> None:
    step = does(visit(start=1), where=AWAY)
    assert told(step) == "visits/v/check-in"
    assert isinstance(step, Tell)
    assert step.body["location"]["lat"] == AWAY.lat
    assert does(visit(start=5), where=AWAY) == Rest()


def test_tasks_are_ticked_off_one_after_the_other_then_time_is_kept() -> None:
    begun = visit(start=-2, state="started", checked_in_at=at(-1.5))
    assert told(does(begun, where=AWAY)) == "visits/v/tasks/t1"
    begun["tasks"] = [{"id": "t1", "done": True}, {"id": "t2", "done": True}]
    assert does(begun, where=AWAY) == Rest()
    begun["checked_in_at"] = at(-30)
    assert told(does(begun, where=AWAY)) == "visits/v/check-out"


def test_speed_shortens_work_and_reactions() -> None:
    begun = visit(start=-2, state="started", checked_in_at=at(-4))
    begun["tasks"] = []
    assert does(begun, where=AWAY) == Rest()
    assert told(does(begun, where=AWAY, pace=Pace().hurried(10))) == "visits/v/check-out"


def test_the_second_of_two_checks_in_too() -> None:
    assert told(does(visit(state="started"), where=AWAY)) == "visits/v/check-in"


def test_what_is_begun_is_finished_before_what_is_due() -> None:
    begun = visit(start=5, state="started", checked_in_at=at(-60), tasks=[])
    assert told(does(visit(start=0) | {"id": "w"}, begun, where=AWAY)) == "visits/v/check-out"


@pytest.mark.parametrize("state", ["done", "missed", "cancelled"])
def test_what_is_settled_is_left_alone(state: str) -> None:
    assert does(visit(state=state)) == Rest()


def test_a_meal_is_loaded_carried_and_handed_over() -> None:
    assert does(meals=(meal(eta=30, state="ordered"),)) == Rest()
    assert told(does(meals=(meal(eta=5, state="ordered"),))) == "meals/o-1/loaded"
    assert does(meals=(meal(eta=1),)) == Go(AWAY)
    assert told(does(meals=(meal(eta=1),), where=AWAY)) == "meals/o-1/delivered"


def test_travelling_ends_at_the_place() -> None:
    half = travelled(HERE, AWAY, distance_m(HERE, AWAY) / 2)
    assert distance_m(HERE, half) == pytest.approx(distance_m(half, AWAY), rel=0.01)
    assert travelled(HERE, AWAY, 1e6) == AWAY
