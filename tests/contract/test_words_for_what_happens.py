"""Whatever is told of, and what plans are held to, the screens have words for and a picture."""

import re
from pathlib import Path
from typing import Final

import pytest

from devices.events import SignalKind
from dispatch.incidents.events import TYPES
from dispatch.incidents.model import AlarmKind, Disposition
from scheduler.model.rules import Rule

SOURCES: Final = Path(__file__).parents[2] / "web" / "ui" / "src"
WORDS: Final = ("shared/i18n/en.ts", "shared/i18n/zh-CN.ts")
CONSOLE: Final = ("console/messages/en.ts", "console/messages/zh-CN.ts")


def missing(file: str, wanted: set[str]) -> set[str]:
    """Return which of `wanted` are no key in `file`."""
    keys = set(re.findall(r"^\s*'?(\w+)'?:", (SOURCES / file).read_text("utf-8"), re.MULTILINE))
    return wanted - keys


@pytest.mark.parametrize("file", [*WORDS, "shared/icons/paths.ts"])
def test_every_kind_has_a_name_and_an_icon(file: str) -> None:
    kinds = {kind.value for kind in AlarmKind} | {kind.value for kind in SignalKind}
    assert missing(file, kinds) == set()


@pytest.mark.parametrize("file", [*CONSOLE, "console/logic/timeline.ts"])
def test_every_line_of_a_timeline_can_be_read(file: str) -> None:
    assert missing(file, set(TYPES.values())) == set()


@pytest.mark.parametrize("file", CONSOLE)
def test_every_disposition_can_be_chosen(file: str) -> None:
    assert missing(file, {one.value for one in Disposition}) == set()


@pytest.mark.parametrize("file", CONSOLE)
def test_every_planning_rule_has_a_name(file: str) -> None:
    assert missing(file, {rule.value for rule in Rule}) == set()
