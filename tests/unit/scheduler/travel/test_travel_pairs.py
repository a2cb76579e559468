"""Places as numbers, and in what portions a router is asked for what is missing."""

from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kernel.geo import Position, distance_m
from scheduler.travel.model import UNKNOWN
from scheduler.travel.pairs import empty, fill, key_of, keys_of, place_of, portions

latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)


@given(latitudes, longitudes)
def test_a_key_stands_for_a_place_within_a_metre(lat: float, lon: float) -> None:
    at = Position(lat, lon)
    assert distance_m(at, place_of(key_of(at))) < 1
    assert key_of(place_of(key_of(at))) == key_of(at)


def test_two_positions_a_few_centimetres_apart_are_one_place() -> None:
    keys, rows = keys_of(
        [Position(31.8, 119.9), Position(31.8000004, 119.9000004), Position(31.81, 119.9)]
    )
    assert len(keys) == 2
    assert rows.tolist() == [0, 0, 1]


@given(st.integers(1, 12), st.integers(1, 5), st.randoms(use_true_random=False))
def test_portions_hold_every_missing_pair_and_are_no_larger_than_allowed(
    size: int, side: int, random: Random
) -> None:
    missing = np.array([[random.random() < 0.4 for _ in range(size)] for _ in range(size)])
    asked = np.zeros_like(missing)
    for portion in portions(missing, side):
        assert 0 < len(portion.sources) <= side
        assert 0 < len(portion.targets) <= side
        asked[np.ix_(portion.sources, portion.targets)] = True
    assert (asked | ~missing).all()


def test_a_few_new_places_cost_a_few_rows_and_columns_not_the_whole_table() -> None:
    known, new, side = 1_995, 5, 50
    size = known + new
    missing = np.zeros((size, size), dtype=np.bool_)
    missing[known:, :] = missing[:, known:] = True
    np.fill_diagonal(missing, val=False)
    asked = sum(len(each.sources) * len(each.targets) for each in portions(missing, side))
    assert asked < 1.05 * 2 * size * new
    assert len(list(portions(missing, side))) <= 2 * size / side + 5


def test_what_is_known_fills_only_what_is_not() -> None:
    keys = np.array([10, 20, 30], dtype=np.int64)
    table = empty(3)
    fill(table, keys, 20, np.array([30, 99, 10]), np.array([7, 8, 9], dtype=np.int32))
    fill(table, keys, 20, np.array([30]), np.array([1], dtype=np.int32))
    assert table.tolist() == [
        [0, UNKNOWN, UNKNOWN],
        [9, 0, 7],
        [UNKNOWN, UNKNOWN, 0],
    ]
