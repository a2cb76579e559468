from datetime import date

import pytest

from carebell.demo import care, geography
from carebell.demo.rota import KINDS
from carebell.demo.town import Town, build
from kernel.geo import distance_m

TODAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def town() -> Town:
    return build(seed=1, residents=2000, caregivers=60, today=TODAY)


def test_one_seed_makes_one_town(town: Town) -> None:
    assert build(seed=1, residents=2000, caregivers=60, today=TODAY) == town


def test_another_seed_makes_another_town(town: Town) -> None:
    assert build(seed=2, residents=2000, caregivers=60, today=TODAY).residents != town.residents


def test_the_town_lives_on_its_map(town: Town) -> None:
    assert max(distance_m(home.at, geography.CENTRE) for home in town.homes) < 6_000


def test_areas_are_nested_and_every_home_is_in_one(town: Town) -> None:
    by_id = {area.id: area for area in town.map.areas}
    assert {len(area.path) for area in town.map.areas} == {1, 2, 3, 4, 5}
    for area in town.map.areas:
        assert area.path[-1] == area.id
        assert area.parent is None or by_id[area.parent].path == area.path[:-1]
    assert {by_id[home.area].level for home in town.homes} == {"grid"}


def test_boundaries_are_closed_rings(town: Town) -> None:
    for area in town.map.areas:
        ring = area.boundary["coordinates"][0]
        assert ring[0] == ring[-1]
        assert len({tuple(point) for point in ring}) == len(ring) - 1


@pytest.mark.parametrize("weekday", range(7))
def test_every_weekday_asks_for_about_400_visits_and_500_meals(town: Town, weekday: int) -> None:
    assert 360 <= sum(weekday in item.weekdays for item in town.items) <= 440
    assert 460 <= sum(weekday in order.weekdays for order in town.subscriptions) <= 540


def test_some_services_have_their_days_chosen_week_by_week(town: Town) -> None:
    chosen = [item for item in town.items if item.apart is not None]
    assert {item.service for item in chosen} == {"walk", "company"}
    assert {len(item.weekdays) for item in chosen} == {1, 2, 3}
    assert {item.rrule for item in chosen} == {"FREQ=DAILY"}
    for item in chosen:
        pairs = zip(item.weekdays, item.weekdays[1:], strict=False)
        assert all(later - day >= (item.apart or 1) for day, later in pairs), item


def test_no_resident_has_two_visits_of_a_kind_at_once(town: Town) -> None:
    keys = [(item.resident.id, item.service, item.window) for item in town.items]
    assert len(keys) == len(set(keys))


def test_every_service_asked_for_has_certified_people_in_every_street(town: Town) -> None:
    for line in care.SERVICES:
        able = {
            worker.caregiver.area
            for worker in town.workers
            if set(line.skills) <= set(worker.caregiver.skills)
        }
        assert able == {station.area for station in town.map.stations}


@pytest.mark.parametrize("count", [6, 10, 33, 60, 245])
def test_every_kind_of_shift_has_somebody(count: int) -> None:
    small = build(seed=3, residents=100, caregivers=count, today=TODAY)
    kinds = {worker.shifts[0] for worker in small.workers if not worker.caregiver.courier}
    assert kinds == set(KINDS)


@pytest.mark.parametrize("weekday", range(7))
@pytest.mark.parametrize("count", [20, 60])
def test_somebody_is_at_work_at_every_hour_of_every_day(count: int, weekday: int) -> None:
    team = build(seed=1, residents=120, caregivers=count, today=TODAY).workers
    for hour in range(24):
        minutes = [(weekday, hour * 60), ((weekday - 1) % 7, hour * 60 + 1440)]
        assert any(
            kind.start <= minute < kind.end and worker.day_off != day
            for worker in team
            if not worker.caregiver.courier
            for kind in worker.shifts
            for day, minute in minutes
        ), hour


def test_a_small_team_still_gets_a_rota() -> None:
    assert build(seed=1, residents=20, caregivers=3, today=TODAY).workers


def test_phone_numbers_belong_to_no_network(town: Town) -> None:
    assert all(resident.phone.startswith("100") for resident in town.residents)
