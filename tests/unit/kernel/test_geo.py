import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.geo import Datum, Position, distance_m, to_wgs84, wgs84_to_gcj02

CHINA = st.builds(Position, lat=st.floats(18.5, 53.0), lon=st.floats(74.0, 134.5))


def test_one_degree_of_latitude_is_about_111_km() -> None:
    assert distance_m(Position(31.0, 121.0), Position(32.0, 121.0)) == pytest.approx(
        111_195, rel=1e-3
    )


def test_the_people_s_square_moves_by_the_published_offset() -> None:
    # Shanghai, 31.2304 N 121.4737 E: GCJ-02 lies some 480 m to the south-east.
    moved = wgs84_to_gcj02(Position(31.2304, 121.4737))
    assert distance_m(Position(31.2304, 121.4737), moved) == pytest.approx(481, abs=5)


@given(CHINA)
def test_a_gcj02_fix_comes_back_to_where_it_was(point: Position) -> None:
    gcj = wgs84_to_gcj02(point)
    assert distance_m(to_wgs84(gcj.lat, gcj.lon, Datum.GCJ02), point) < 0.5


@given(CHINA)
def test_a_bd09_fix_lands_within_a_kilometre_and_a_half_of_its_face_value(point: Position) -> None:
    assert distance_m(to_wgs84(point.lat, point.lon, Datum.BD09), point) < 1500


def test_outside_china_nothing_moves() -> None:
    berlin = Position(52.52, 13.405)
    assert wgs84_to_gcj02(berlin) == berlin


def test_a_coordinate_off_the_earth_is_refused() -> None:
    with pytest.raises(ValueError, match="not a position on earth"):
        Position(91.0, 0.0)
