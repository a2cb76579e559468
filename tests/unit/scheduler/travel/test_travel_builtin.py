"""Built-in travel times, and the way around a closed road."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import cos, degrees, pi, radians, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.geo import EARTH_RADIUS_M, Position, distance_m
from kernel.ids import new_id
from scheduler.model.problem import CAR, EBIKE, WALK, Mode, Window
from scheduler.travel.builtin import DETOUR, METRES_A_SECOND, Builtin, seconds_between, travel_times
from scheduler.travel.closures import INSIDE, closed_to, extra_metres, may_pass, polygon
from scheduler.travel.model import Circle, Closure
from scheduler.travel.slots import Slot, Slots

MIDDLE = Position(31.8, 119.9)
MIDNIGHT = datetime(2026, 3, 1, 16, tzinfo=UTC)
HOUR = 3_600


def at(east: float, north: float) -> Position:
    """So many metres from the middle."""
    return Position(
        MIDDLE.lat + degrees(north / EARTH_RADIUS_M),
        MIDDLE.lon + degrees(east / EARTH_RADIUS_M) / cos(radians(MIDDLE.lat)),
    )


def circle(radius: int = 100) -> Circle:
    return Circle(at=MIDDLE, radius_m=radius)


def extra(start: Position, end: Position, radius: int = 100) -> float:
    return float(extra_metres([start, end], [circle(radius)])[0, 1])


def test_one_journey_takes_as_long_as_in_the_matrix() -> None:
    places = [at(0, 0), at(900, -300), at(-2_000, 4_000)]
    times = travel_times(places, frozenset({WALK, EBIKE}))
    for mode, matrix in times.items():
        for i, start in enumerate(places):
            for j, end in enumerate(places):
                assert matrix[i, j] == seconds_between(start, end, mode)
                exact = distance_m(start, end) * DETOUR / METRES_A_SECOND[mode]
                assert matrix[i, j] == pytest.approx(exact, abs=0.51)
        assert not matrix.flags.writeable


def test_a_slot_slows_a_mode_down_by_its_factor() -> None:
    slots = Slots(
        (Slot(name="morning", window=Window(start=7 * HOUR, end=9 * HOUR), factors={CAR: 1.5}),)
    )
    peak = Mode("car@morning")
    times = Builtin(slots=slots).times([at(0, 0), at(6_000, 0)], frozenset({CAR, peak}))
    assert times[peak][0, 1] == pytest.approx(1.5 * times[CAR][0, 1], abs=1)


def test_a_leg_across_a_closed_circle_goes_around_its_rim() -> None:
    # Through the middle from 500 m west to 500 m east: two tangents and the arc between them.
    tangent = sqrt(500**2 - 100**2)
    arc = 100 * (pi - 2 * np.arccos(100 / 500))
    assert extra(at(-500, 0), at(500, 0)) == pytest.approx(2 * tangent + arc - 1_000, abs=0.1)


def test_from_rim_to_rim_it_is_half_the_rim() -> None:
    assert extra(at(-100.01, 0), at(100.01, 0)) == pytest.approx(100 * (pi - 2), abs=0.5)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (at(-500, 101), at(500, 101)),
        (at(150, 0), at(500, 0)),
        (at(-500, 0), at(-150, 0)),
        (at(-500, 300), at(-500, 300)),
    ],
)
def test_a_leg_that_misses_the_circle_stays_as_it_is(start: Position, end: Position) -> None:
    assert extra(start, end) == 0


def test_what_lies_inside_is_reached_slowly() -> None:
    assert extra(at(-500, 0), at(0, 0)) == pytest.approx(100 * (INSIDE - 1), abs=0.1)
    assert extra(at(-20, 0), at(30, 0)) == pytest.approx(50 * (INSIDE - 1), abs=0.1)


places_near = st.tuples(st.integers(-800, 800), st.integers(-800, 800))


@given(st.lists(places_near, min_size=2, max_size=6), st.integers(10, 400))
def test_a_detour_is_never_negative_the_same_both_ways_and_no_longer_than_the_rim(
    offsets: list[tuple[int, int]], radius: int
) -> None:
    longer = extra_metres([at(*offset) for offset in offsets], [circle(radius)])
    assert (longer >= 0).all()
    assert longer == pytest.approx(longer.T, abs=0.2)
    assert (longer <= pi * radius).all()


@given(st.lists(places_near, min_size=2, max_size=6), st.integers(10, 400))
def test_whatever_has_a_detour_may_pass(offsets: list[tuple[int, int]], radius: int) -> None:
    places = [at(*offset) for offset in offsets]
    detour = extra_metres(places, [circle(radius)]) > 0.01
    assert (may_pass(places, [circle(radius)]) | ~detour).all()


def test_the_polygon_given_to_a_router_holds_the_circle_closely() -> None:
    ring = polygon(circle(300))
    assert ring[0] == ring[-1]
    for (lon, lat), (next_lon, next_lat) in pairwise(ring):
        corner = distance_m(MIDDLE, Position(lat, lon))
        side = distance_m(MIDDLE, Position((lat + next_lat) / 2, (lon + next_lon) / 2))
        assert 299 < side < 302
        assert 300 < corner < 310


def test_a_circle_closed_to_a_mode_slows_only_that_mode() -> None:
    places = [at(-500, 0), at(500, 0)]
    free = travel_times(places, frozenset({CAR, WALK}))
    closed = travel_times(places, frozenset({CAR, WALK}), {CAR: (circle(),)})
    assert closed[CAR][0, 1] > free[CAR][0, 1]
    assert (closed[WALK] == free[WALK]).all()


def test_a_closure_counts_for_the_times_of_day_it_touches_and_for_plain_modes() -> None:
    slots = Slots((Slot(name="morning", window=Window(start=7 * HOUR, end=9 * HOUR)),))
    noon = Closure(
        id=new_id(),
        circle=circle(),
        starts_at=MIDNIGHT + timedelta(hours=11),
        ends_at=MIDNIGHT + timedelta(hours=13),
    )
    modes = frozenset({CAR, Mode("car@morning")})
    assert closed_to([noon], modes, slots, MIDNIGHT) == {CAR: (circle(),)}


def test_two_closed_circles_in_a_row_add_up() -> None:
    other = Circle(at=at(1_000, 0), radius_m=100)
    both = extra_metres([at(-500, 0), at(1_500, 0)], [circle(), other])[0, 1]
    one = extra_metres([at(-500, 0), at(1_500, 0)], [circle()])[0, 1]
    assert both == pytest.approx(2 * one, rel=0.01)
