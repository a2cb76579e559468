"""What terminals measure: names, units, and the range in which a value is believable. Pure.

Ranges are those of the sensors and of living people, not of health: whether a value is alarming is
for others to say. A name not listed here is kept as it came.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Final


@dataclass(frozen=True, slots=True)
class Quantity:
    """A thing measured, the unit it is kept in and the values that can be true."""

    unit: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Reading:
    """One value. `in_range` is False when it cannot be true, or its unit is not one we know."""

    name: str
    value: float
    unit: str
    in_range: bool


QUANTITIES: Final[Mapping[str, Quantity]] = {
    "temperature": Quantity("°C", -40, 85),  # of a room
    "body_temperature": Quantity("°C", 25, 45),
    "humidity": Quantity("%", 0, 100),
    "heart_rate": Quantity("/min", 20, 300),
    "breath_rate": Quantity("/min", 2, 80),
    "spo2": Quantity("%", 50, 100),
    "systolic": Quantity("mmHg", 40, 300),
    "diastolic": Quantity("mmHg", 20, 200),
    "glucose": Quantity("mmol/L", 0.5, 50),
    "weight": Quantity("kg", 2, 400),
    "steps": Quantity("1", 0, 200_000),
    "co": Quantity("ppm", 0, 10_000),
    "co2": Quantity("ppm", 0, 50_000),
    "gas": Quantity("%LEL", 0, 100),
    "smoke": Quantity("dB/m", 0, 20),
    "illuminance": Quantity("lx", 0, 200_000),
    "power": Quantity("W", -50_000, 50_000),
    "water": Quantity("L", 0, 1_000_000),
}

_SAME: Final[Mapping[str, str]] = {
    "c": "°C",
    "celsius": "°C",
    "℃": "°C",
    "bpm": "/min",
    "1/min": "/min",
    "count": "1",
    "": "1",
    "percent": "%",
    "lux": "lx",
    "l": "L",
    "mmol/l": "mmol/L",
    "mmhg": "mmHg",
    "%lel": "%LEL",
}

_CONVERT: Final[Mapping[tuple[str, str], Callable[[float], float]]] = {
    ("°F", "°C"): lambda value: (value - 32) / 1.8,
    ("f", "°C"): lambda value: (value - 32) / 1.8,
    ("kPa", "mmHg"): lambda value: value * 7.500_617,
    ("mg/dL", "mmol/L"): lambda value: value / 18.016,  # glucose, 180.16 g/mol
    ("lb", "kg"): lambda value: value * 0.453_592_37,
    ("g", "kg"): lambda value: value / 1000,
    ("kW", "W"): lambda value: value * 1000,
    ("m³", "L"): lambda value: value * 1000,
    ("m3", "L"): lambda value: value * 1000,
}


def reading(name: str, value: float, unit: str) -> Reading:
    """Return the reading in the unit its quantity is kept in, and whether it can be true."""
    known = QUANTITIES.get(name)
    if known is None:
        return Reading(name, value, unit, isfinite(value))
    given = unit if unit == known.unit else _SAME.get(unit.lower(), unit)
    if given != known.unit:
        convert = _CONVERT.get((given, known.unit))
        if convert is None:
            return Reading(name, value, unit, in_range=False)
        value = convert(value)
    return Reading(name, value, known.unit, known.low <= value <= known.high)
