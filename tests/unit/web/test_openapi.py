"""What the description of the API calls its shapes."""

import json
import re
from typing import Any

import pytest

from web import described, openapi
from web.wire.base import Shown
from web.wire.live import PingFrame


def shapes() -> dict[str, Any]:
    described = json.loads(openapi.FILE.read_text(encoding="utf-8"))
    found: dict[str, Any] = described["components"]["schemas"]
    return found


def test_a_shape_is_called_by_a_plain_word_and_not_by_where_its_code_is() -> None:
    # FastAPI writes `web__wire__plan__Job`, and pydantic `Job-Input`, where two share a name
    assert [name for name in shapes() if "__" in name or not re.fullmatch("[A-Za-z]+", name)] == []


def test_the_frames_of_the_sockets_are_described_with_all_they_are_made_of() -> None:
    text = json.dumps(shapes())
    named = set(re.findall(r"#/components/schemas/(\w+)", text))
    assert {"SnapshotFrame", "ChangeFrame", "ChangedFrame", "PingFrame"} <= named
    assert named <= set(shapes())


def test_two_models_of_one_name_are_refused() -> None:
    other = type("PingFrame", (Shown,), {"__annotations__": {"rings": int}})
    told: dict[str, Any] = {}
    described.add(told, PingFrame)
    described.add(told, PingFrame)
    with pytest.raises(ValueError, match="PingFrame"):
        described.add(told, other)
