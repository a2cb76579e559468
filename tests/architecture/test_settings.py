"""Every setting is documented."""

import importlib
import re
from pathlib import Path
from typing import Final

import pytest

from kernel.settings import Settings

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("kernel", "devices", "people", "dispatch", "scheduler", "web", "carebell")


def settings_classes() -> list[type[Settings]]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if re.search(r"^class \w+\(\w*Settings\)", path.read_text("utf-8"), re.MULTILINE):
                parts = path.relative_to(ROOT).with_suffix("").parts
                importlib.import_module(".".join(parts).removesuffix(".__init__"))
    found, rest = [], [Settings]
    while rest:
        found.append(rest.pop())
        rest += found[-1].__subclasses__()
    return sorted(found, key=lambda kind: kind.__module__)


@pytest.mark.parametrize("kind", settings_classes(), ids=lambda kind: kind.__module__)
def test_the_handbook_names_every_setting(kind: type[Settings]) -> None:
    handbook = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    names = [f"CAREBELL_{field.upper()}" for field in kind.model_fields]
    assert [name for name in names if f"`{name}`" not in handbook] == []


@pytest.mark.parametrize("kind", settings_classes(), ids=lambda kind: kind.__module__)
def test_every_setting_describes_itself(kind: type[Settings]) -> None:
    assert [n for n, field in kind.model_fields.items() if not field.description] == []
