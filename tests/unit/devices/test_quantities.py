import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.quantities import QUANTITIES, reading


@pytest.mark.parametrize(
    ("name", "value", "unit", "kept", "kept_unit"),
    [
        ("body_temperature", 36.6, "°C", 36.6, "°C"),
        ("body_temperature", 98.6, "°F", 37.0, "°C"),
        ("glucose", 100, "mg/dL", 5.55, "mmol/L"),
        ("systolic", 16, "kPa", 120.0, "mmHg"),
        ("heart_rate", 72, "bpm", 72, "/min"),
        ("weight", 132, "lb", 59.87, "kg"),
    ],
)
def test_a_reading_is_kept_in_one_unit(
    name: str, value: float, unit: str, kept: float, kept_unit: str
) -> None:
    got = reading(name, value, unit)
    assert got.value == pytest.approx(kept, abs=0.01)
    assert (got.unit, got.in_range) == (kept_unit, True)


@pytest.mark.parametrize(
    ("name", "value", "unit"),
    [("spo2", 140, "%"), ("body_temperature", 60, "°C"), ("spo2", 98, "furlong")],
)
def test_what_cannot_be_true_is_kept_and_marked(name: str, value: float, unit: str) -> None:
    got = reading(name, value, unit)
    assert (got.value, got.unit, got.in_range) == (value, unit, False)


def test_a_name_nobody_knows_is_kept_as_it_came() -> None:
    got = reading("moonlight", 3, "fc")
    assert (got.name, got.value, got.unit, got.in_range) == ("moonlight", 3, "fc", True)


@given(
    name=st.sampled_from(sorted(QUANTITIES)) | st.text(),
    value=st.floats(allow_nan=False, allow_infinity=False, width=32),
    unit=st.text(max_size=8) | st.sampled_from(["°F", "kPa", "mg/dL", "bpm", "℃"]),
)
def test_any_reading_can_be_kept(name: str, value: float, unit: str) -> None:
    assert reading(name, value, unit).name == name
