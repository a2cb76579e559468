"""Cutting a city: nothing lost, nothing twice, what is tied stays together, always the same."""

from collections import Counter
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.city_days import visit_city
from kernel.geo import Position
from scheduler.city.blocks import blocks
from scheduler.city.cutting import cut
from scheduler.city.model import Bounds, City, Shortage
from scheduler.city.neighbours import borders, rounds
from scheduler.city.pieces import PieceResult, merged, piece_of, placed_back, problem_of
from scheduler.city.wire import pack_piece, pack_plan, unpack_piece, unpack_plan
from scheduler.model.plan import Plan, Route, Stop, StopKind
from scheduler.model.problem import EBIKE
from scheduler.travel.builtin import seconds_between, travel_times
from scheduler.travel.legs import Legs, lazily, legs_of, measure
from scheduler.travel.model import Circle

from .cities import cities

SMALL = Bounds(visits=12, caregivers=5)


@given(cities(), st.integers(3, 30), st.integers(2, 8))
@settings(max_examples=150, deadline=None)
def test_every_task_and_every_caregiver_is_in_exactly_one_part(
    city: City, visits: int, caregivers: int
) -> None:
    parts = cut(city, Bounds(visits=visits, caregivers=caregivers))
    tasks = Counter(task for part in parts for task in part.tasks)
    people = Counter(who for part in parts for who in part.caregivers)
    assert tasks == Counter(task.id for task in city.problem.tasks)
    assert people == Counter(person.id for person in city.problem.caregivers)


@given(cities())
@settings(max_examples=150, deadline=None)
def test_what_is_tied_by_gaps_or_pins_stays_together(city: City) -> None:
    where = {task: n for n, part in enumerate(cut(city, SMALL)) for task in part.tasks}
    people = {who: n for n, part in enumerate(cut(city, SMALL)) for who in part.caregivers}
    for rule in city.problem.precedences:
        assert where[rule.first] == where[rule.then]
    for task in city.problem.tasks:
        for who in () if task.pin is None else task.pin.caregivers:
            assert people[who] == where[task.id]


@given(cities(), st.integers(3, 30))
@settings(max_examples=150, deadline=None)
def test_no_part_is_larger_than_allowed_unless_its_visits_are_tied(city: City, most: int) -> None:
    largest = max(len(block.tasks) for block in blocks(city))
    for part in cut(city, Bounds(visits=most, caregivers=5)):
        assert len(part.tasks) <= max(most, largest)


@given(cities())
@settings(max_examples=50, deadline=None)
def test_the_same_city_is_always_cut_the_same_way(city: City) -> None:
    assert cut(city, SMALL) == cut(city, SMALL)


@given(cities(most=25))
@settings(max_examples=50, deadline=None)
def test_a_part_comes_through_the_database_as_it_was(city: City) -> None:
    for part in cut(city, SMALL):
        piece = piece_of(city, part, Plan(routes=()))
        assert unpack_piece(pack_piece(piece)) == piece
        assert problem_of(piece, travel_times).tasks == piece.tasks


def test_a_closed_road_is_closed_in_the_parts_as_in_the_whole_city() -> None:
    city = visit_city(300, 40, seed=3)
    at = city.positions[city.problem.tasks[0].location]
    closed = {EBIKE: (Circle(at=at, radius_m=400),)}
    travel = lazily(travel_times)(city.positions, frozenset({EBIKE}), closed)
    city = replace(city, problem=replace(city.problem, travel=travel), closed=closed)
    slower = 0
    for part in cut(city, Bounds(visits=100, caregivers=20)):
        piece = unpack_piece(pack_piece(piece_of(city, part)))
        matrix = problem_of(piece, travel_times).travel[EBIKE]
        free = travel_times(piece.positions, frozenset({EBIKE}))[EBIKE]
        slower += int((matrix > free).sum())
        for here, there in ((0, 1), (2, 5), (9, 4)):
            whole = city.problem.travel[EBIKE][piece.places[here], piece.places[there]]
            assert matrix[here, there] == whole
    assert slower > 0


def test_a_city_is_cut_along_the_borders_of_its_streets_where_they_fit() -> None:
    city = visit_city(4_000, 600, seed=3)
    parts = cut(city, Bounds(visits=1_500, caregivers=300))
    assert all(500 <= len(part.tasks) <= 1_500 for part in parts)
    assert all(len(part.caregivers) <= 300 for part in parts)
    streets = [{city.areas[task][2] for task in part.tasks} for part in parts]
    torn = Counter(street for part in streets for street in part)
    assert sum(count == 1 for count in torn.values()) >= len(torn) // 2


def test_people_go_where_their_skills_are_short_and_what_stays_short_is_said() -> None:
    city = visit_city(1_200, 240, seed=2)
    assert not any(part.shortages for part in cut(city, Bounds(visits=400, caregivers=100)))
    nobody = replace(city.problem, caregivers=city.problem.caregivers[:10])
    bare = City(problem=nobody, positions=city.positions, areas=city.areas)
    short = [part.shortages for part in cut(bare, Bounds(visits=400))]
    assert all(short)
    assert isinstance(short[0][0], Shortage)
    assert short[0][0].skill is None


def test_borders_are_traded_in_rounds_in_which_no_part_trades_twice() -> None:
    city = visit_city(3_000, 600)
    parts = cut(city, Bounds(visits=500, caregivers=120))
    places = {task.id: task.location for task in city.problem.tasks}
    found = borders(parts, city.points, places)
    assert found
    dealt = rounds(found)
    assert sorted(pair for each in dealt for pair in each) == sorted(found)
    for each in dealt:
        ends = [end for pair in each for end in pair]
        assert len(ends) == len(set(ends))


def test_a_leg_is_measured_when_it_is_looked_at_and_many_at_once() -> None:
    positions = [Position(31.8 + n / 1_000, 119.9) for n in range(2_000)]
    legs = lazily(travel_times)(positions, frozenset({EBIKE}))[EBIKE]
    assert isinstance(legs, Legs)
    assert legs.shape == (2_000, 2_000)
    assert legs[3, 7] == seconds_between(positions[3], positions[7], EBIKE)
    legs.measure((n, n + 1) for n in range(1_999))
    assert legs[np.int64(1_500), np.int64(1_501)] == legs[0, 1]


def test_later_pieces_have_the_last_word_and_places_are_the_city_s() -> None:
    city = visit_city(60, 12)
    (part,) = cut(city)
    piece = piece_of(city, part)
    person, task = piece.caregivers[0], piece.tasks[0]
    plan = Plan(
        routes=(
            Route(
                caregiver=person.id,
                stops=(
                    Stop(
                        kind=StopKind.TASK,
                        shift=0,
                        location=task.location,
                        arrival=0,
                        start=0,
                        end=1,
                        task=task.id,
                    ),
                ),
            ),
        )
    )
    back = placed_back(piece, unpack_plan(pack_plan(plan)))
    whole = {one.id: one for one in city.problem.tasks}
    assert back.routes[0].stops[0].location == whole[task.id].location
    known = frozenset({task.id})
    both = [PieceResult(tasks=known, plan=Plan(routes=())), PieceResult(tasks=known, plan=back)]
    assert merged(city, both).route_of(person.id).tasks == (task.id,)
    assert len(merged(city, both).routes) == len(city.problem.caregivers)
    measure(city.problem, merged(city, both))
    assert legs_of(city.problem) is not None
