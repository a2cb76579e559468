"""Settings of travel times become a provider, or are refused with a reason."""

from datetime import datetime

import pytest
from pydantic import ValidationError

from kernel.geo import Position
from scheduler.model.problem import BUS, CAR, EBIKE, WALK, Mode
from scheduler.travel import osrm, valhalla
from scheduler.travel.builtin import METRES_A_SECOND, travel_times
from scheduler.travel.model import UNCONNECTED, Circle
from scheduler.travel.routers import Query, Refused, Unusable
from scheduler.travel.settings import TravelSettings, travel

HERE = Position(31.8, 119.9)
THERE = Position(31.81, 119.91)


def query(mode: Mode = CAR, **changes: object) -> Query:
    return Query(sources=[HERE], targets=[HERE, THERE], mode=mode, **changes)  # type: ignore[arg-type]


def test_unless_set_otherwise_times_are_built_in_and_know_no_time_of_day() -> None:
    plain = travel(TravelSettings())
    assert plain.router is None
    assert plain.builtin.slots.slots == ()
    modes = frozenset({WALK, CAR})
    mine, usual = plain.builtin.times([HERE, THERE], modes), travel_times([HERE, THERE], modes)
    assert all((mine[mode] == usual[mode]).all() for mode in modes)


def test_environment_variables_say_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "PROVIDER": "valhalla",
        "URLS": '{"*": "http://localhost:8002"}',
        "SPEEDS": '{"car": 9}',
        "EXTRA": '{"car": 120}',
        "SLOTS": '[{"name": "morning", "start": 420, "end": 540, "factors": {"car": 1.5}}]',
    }.items():
        monkeypatch.setenv(f"CAREBELL_TRAVEL_{name}", value)
    found = travel(TravelSettings())
    assert found.router is not None
    assert found.router.dialect.name == "valhalla"
    assert found.router.url(Mode("car@morning")) == "http://localhost:8002"
    assert found.router.extra == {CAR: 120}
    assert found.builtin.speeds == {**METRES_A_SECOND, CAR: 9}
    assert found.builtin.slots.factor(Mode("car@morning")) == 1.5


def test_valhalla_is_not_given_the_time_of_day_if_it_is_said_not_to_know() -> None:
    found = travel(
        TravelSettings(travel_provider="valhalla", travel_urls={"*": "x"}, travel_departures=False)
    )
    assert found.router is not None
    assert not found.router.dialect.knows_time


def test_a_router_without_an_address_is_refused() -> None:
    with pytest.raises(ValueError, match="CAREBELL_TRAVEL_URLS"):
        travel(TravelSettings(travel_provider="osrm"))


def test_a_speed_of_nothing_is_refused() -> None:
    with pytest.raises(ValidationError):
        TravelSettings(travel_speeds={"car": 0})


def test_osrm_is_asked_in_degrees_east_first_for_durations_only() -> None:
    asked = osrm.request(query(EBIKE))
    assert asked.body is None
    assert asked.path == (
        "/table/v1/cycling/119.90000,31.80000;119.90000,31.80000;119.91000,31.81000"
    )
    assert asked.parameters == {"annotations": "duration", "sources": "0", "destinations": "1;2"}


def test_valhalla_is_told_the_mode_the_departure_and_what_to_avoid() -> None:
    assert [
        valhalla.request(query(mode)).body["costing"]  # type: ignore[index]
        for mode in (WALK, EBIKE, CAR, BUS, Mode("car@morning"))
    ] == ["pedestrian", "bicycle", "auto", "bus", "auto"]
    body = valhalla.request(
        query(departs=datetime(2026, 3, 2, 8, 0), avoids=(Circle(at=HERE, radius_m=100),))  # noqa: DTZ001 - local on purpose
    ).body
    assert body is not None
    assert body["date_time"] == {"type": 1, "value": "2026-03-02T08:00"}
    assert len(body["exclude_polygons"]) == 1
    assert body["targets"][1] == {"lat": 31.81, "lon": 119.91}


def test_answers_become_seconds_and_no_way_is_no_number() -> None:
    rows = [[0, None]]
    assert osrm.table(query(), {"durations": rows}).tolist() == [[0, UNCONNECTED]]
    answer = {"sources_to_targets": {"durations": [[0.4, 61.6]]}}
    assert valhalla.table(query(), answer).tolist() == [[0, 62]]


@pytest.mark.parametrize(
    "answer", [None, [], {}, {"durations": [[0]]}, {"durations": [[0, -5]]}, {"durations": "soon"}]
)
def test_an_answer_of_another_shape_makes_the_router_unusable(answer: object) -> None:
    with pytest.raises(Unusable):
        osrm.table(query(), answer)
    with pytest.raises(Unusable):
        valhalla.table(query(), {"sources_to_targets": answer})


def test_a_place_without_a_road_is_a_refusal_and_too_large_a_table_is_a_fault() -> None:
    assert isinstance(osrm.refusal({"code": "NoSegment"}), Refused)
    assert isinstance(osrm.refusal({"code": "TooBig"}), Unusable)
    assert isinstance(valhalla.refusal({"error_code": 171}), Refused)
    assert isinstance(valhalla.refusal({"error_code": 150}), Unusable)
    assert isinstance(valhalla.refusal("sorry"), Refused)
