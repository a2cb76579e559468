"""Reading untrusted JSON leniently: a flaw beside an alarm must not cost the alarm. Pure.

Every function here is total. A field that cannot be read is None; the message goes on.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any, Final

from pydantic_core import from_json

from devices.dialects.dialect import DecodeError
from devices.events import Location
from kernel.geo import Datum, Position, to_wgs84

MAX_BYTES: Final = 8192
MAX_TEXT: Final = 64
CLOCK_TOLERANCE: Final = timedelta(hours=24)
_BIGGEST: Final = 2**53  # integers are exact up to here in every JSON reader


def json_object(payload: bytes) -> dict[str, Any]:
    """Return the JSON object in `payload`.

    Raises:
        DecodeError: too long, not UTF-8 JSON, or not an object.
    """
    if len(payload) > MAX_BYTES:
        raise DecodeError("too-long", f"{len(payload)} bytes")
    try:
        value = from_json(payload, allow_inf_nan=False)
    except ValueError as error:
        raise DecodeError("not-json", str(error)[:200]) from None
    if not isinstance(value, dict):
        raise DecodeError("not-an-object", type(value).__name__)
    return value


def text(value: Any, longest: int = MAX_TEXT) -> str | None:
    """Return `value` as text PostgreSQL can hold; None when it is no text, empty or too long."""
    if not isinstance(value, str):
        if type(value) is not int or abs(value) >= _BIGGEST:
            return None
        value = str(value)
    if "\x00" in value:
        value = value.replace("\x00", "")
    value = value.strip()
    return value if 0 < len(value) <= longest else None


def whole(value: Any, low: int, high: int) -> int | None:
    """Return `value` as an integer within the range; None when it is none."""
    if type(value) is int:
        return value if low <= value <= high else None
    if isinstance(value, float) and isfinite(value):
        rounded = round(value)
        return rounded if low <= rounded <= high else None
    return None


def number(value: Any) -> float | None:
    """Return `value` as a finite float; None when it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int) and abs(value) >= _BIGGEST:
        return None
    return float(value) if isfinite(value) else None


def truth(value: Any) -> bool | None:
    """Return `value` when it is true or false; None otherwise."""
    return value if isinstance(value, bool) else None


def moment(value: Any) -> datetime | None:
    """Return the UTC time of RFC 3339 text with an offset, or of milliseconds since 1970."""
    try:
        if isinstance(value, str):
            read = datetime.fromisoformat(value)
            return None if read.tzinfo is None else read.astimezone(UTC)
        if type(value) in (int, float):
            return datetime.fromtimestamp(value / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def is_suspect(at: datetime | None, received_at: datetime) -> bool:
    """Say whether a terminal's clock is missing or more than 24 h off."""
    return at is None or abs(at - received_at) > CLOCK_TOLERANCE


def location(value: Any) -> Location | None:
    """Return a fix on WGS-84; None unless it says where and in which reference system."""
    if not isinstance(value, dict):
        return None
    lat, lon, crs = number(value.get("lat")), number(value.get("lon")), value.get("crs")
    if lat is None or lon is None or crs not in _DATUMS:
        return None
    accuracy = number(value.get("acc"))
    try:
        position: Position = to_wgs84(lat, lon, Datum(crs))
    except ValueError:
        return None
    return Location(
        position=position,
        accuracy_m=accuracy if accuracy is not None and accuracy >= 0 else None,
        at=moment(value.get("at")),
    )


_DATUMS: Final = frozenset(datum.value for datum in Datum)


def clean(value: Any) -> Any:
    """Return JSON-like `value` with everything PostgreSQL's jsonb refuses taken out."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) < _BIGGEST else None
    if isinstance(value, Mapping):
        return {clean(key): clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [clean(item) for item in value]
    return value
