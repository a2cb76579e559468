"""What may stand in a topic, and what a topic filter matches. Pure."""

import re
from typing import Final

AREA: Final = re.compile(r"[a-z0-9-]{1,32}")
TERMINAL: Final = re.compile(r"[A-Za-z0-9-]{1,40}")


def is_area(text: str) -> bool:
    """Say whether `text` may stand for an area in a topic."""
    return AREA.fullmatch(text) is not None


def is_terminal(text: str) -> bool:
    """Say whether `text` may stand for a terminal in a topic, and be its name at the broker."""
    return TERMINAL.fullmatch(text) is not None


def matches(pattern: str, topic: str) -> bool:
    """Say whether a topic filter matches `topic`: `+` is any one level, a last `#` any rest."""
    levels, wanted = topic.split("/"), pattern.split("/")
    if wanted[-1] == "#":
        del wanted[-1], levels[len(wanted) :]
    return len(levels) == len(wanted) and all(
        one in {"+", level} for one, level in zip(wanted, levels, strict=True)
    )
