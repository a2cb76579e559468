"""Writes the description of the API for the front end: `python -m web.openapi [FILE]`.

Deterministic, so that a test can tell whether the committed file is current.
"""

import json
import sys
from pathlib import Path
from typing import Final, cast

from kernel.clock import SystemClock
from kernel.db import Pool
from web.app import create_app
from web.settings import WebSettings

FILE: Final = Path(__file__).parent / "ui" / "openapi.json"


def text() -> str:
    """Return the description as it is committed for the front end."""
    # Describing asks no database, so nothing needs a pool.
    schema = create_app(WebSettings(), cast("Pool", None), SystemClock()).openapi()
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main(arguments: list[str]) -> None:
    """Write the description to the file named, by default the front end's."""
    target = Path(arguments[0]) if arguments else FILE
    target.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
