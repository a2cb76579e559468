"""Positions. WGS-84 inside; every incoming fix says its reference system.

GCJ-02 and BD-09 are the datums of Chinese maps, 300–700 m off WGS-84. The conversion follows the
published approximation (the Krasovsky 1940 ellipsoid and the polynomial known as "eviltransform");
its inverse is found by iteration and is good to well under a metre.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import asin, atan2, cos, degrees, hypot, pi, radians, sin, sqrt
from typing import Final

EARTH_RADIUS_M: Final = 6_371_008.8  # mean radius, IUGG
_AXIS: Final = 6_378_245.0  # Krasovsky 1940 semi-major axis, metres
_ECCENTRICITY2: Final = 0.006_693_421_622_965_943
_CHINA: Final = (72.004, 0.8293, 137.8347, 55.8271)  # west, south, east, north


class Datum(StrEnum):
    """The reference system a coordinate was given in."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


@dataclass(frozen=True, slots=True)
class Position:
    """A point on WGS-84, degrees."""

    lat: float
    lon: float

    def __post_init__(self) -> None:
        if not (-90 <= self.lat <= 90 and -180 <= self.lon <= 180):
            raise ValueError(f"not a position on earth: lat {self.lat}, lon {self.lon}")


def distance_m(a: Position, b: Position) -> float:
    """Return the great-circle distance in metres (haversine)."""
    d_lat, d_lon = radians(b.lat - a.lat), radians(b.lon - a.lon)
    h = sin(d_lat / 2) ** 2 + cos(radians(a.lat)) * cos(radians(b.lat)) * sin(d_lon / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(h)))


def to_wgs84(lat: float, lon: float, datum: Datum) -> Position:
    """Return the WGS-84 position of a coordinate given in `datum`.

    Raises:
        ValueError: the coordinate is not on earth.
    """
    given = Position(lat, lon)
    match datum:
        case Datum.WGS84:
            return given
        case Datum.GCJ02:
            return _gcj02_to_wgs84(given)
        case Datum.BD09:
            return _gcj02_to_wgs84(_bd09_to_gcj02(given))


def wgs84_to_gcj02(point: Position) -> Position:
    """Return the GCJ-02 coordinate of a WGS-84 position (unchanged outside China)."""
    west, south, east, north = _CHINA
    if not (west <= point.lon <= east and south <= point.lat <= north):
        return point
    x, y = point.lon - 105.0, point.lat - 35.0
    d_lat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    d_lat += _waves((20, 6 * x), (20, 2 * x), (20, y), (40, y / 3), (160, y / 12), (320, y / 30))
    d_lon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    d_lon += _waves((20, 6 * x), (20, 2 * x), (20, x), (40, x / 3), (150, x / 12), (300, x / 30))
    phi = radians(point.lat)
    magic = 1 - _ECCENTRICITY2 * sin(phi) ** 2
    d_lat = degrees(d_lat / (_AXIS * (1 - _ECCENTRICITY2) / (magic * sqrt(magic))))
    d_lon = degrees(d_lon / (_AXIS / sqrt(magic) * cos(phi)))
    return Position(point.lat + d_lat, point.lon + d_lon)


def _waves(*terms: tuple[float, float]) -> float:
    return sum(gain * sin(turns * pi) for gain, turns in terms) * 2 / 3


def _gcj02_to_wgs84(point: Position) -> Position:
    guess = point
    for _ in range(8):  # each round shrinks the error about a hundredfold
        off = wgs84_to_gcj02(guess)
        guess = Position(guess.lat - (off.lat - point.lat), guess.lon - (off.lon - point.lon))
    return guess


def _bd09_to_gcj02(point: Position) -> Position:
    x, y = point.lon - 0.0065, point.lat - 0.006
    turn = pi * 3000 / 180
    z = hypot(x, y) - 0.00002 * sin(y * turn)
    theta = atan2(y, x) - 0.000003 * cos(x * turn)
    return Position(z * sin(theta), z * cos(theta))
