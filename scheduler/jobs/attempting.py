"""One thing of many that is tried in a loop: if it fails, the others have their turn."""

from collections.abc import Awaitable, Callable

import structlog

from kernel.db import UNAVAILABLE
from kernel.errors import DomainError

_log = structlog.get_logger()


async def attempt(what: Callable[[], Awaitable[object]]) -> None:
    """Try once; what cannot be done now is logged, and the next look tries again."""
    try:
        await what()
    except (DomainError, *UNAVAILABLE) as error:
        _log.warning("planning_put_off", error=type(error).__name__)
    except Exception as error:  # noqa: BLE001 - the outermost loop
        _log.error("planning_failed", exc_info=error)
