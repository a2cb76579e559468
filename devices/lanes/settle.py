"""What happens when a transaction fails: again, alone, or to quarantine.

The rule (docs/architecture.md, "Poison"): while the database is away everything waits and nothing
is acknowledged. Whatever else fails twice is buried, so that a bug neither stops the stream nor
turns a pendant silent.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

import structlog

from kernel.clock import Clock
from kernel.db import is_passing

_log = structlog.get_logger()
T = TypeVar("T")
R = TypeVar("R")
FIRST_WAIT_S: Final = 0.05
LONGEST_WAIT_S: Final = 1.0


async def settle(
    batch: Sequence[T],
    commit: Callable[[Sequence[T]], Awaitable[R]],
    bury: Callable[[T, Exception], Awaitable[R]],
    clock: Clock,
) -> list[R]:
    """Commit `batch`, whole if that works, and return each transaction's result in order.

    Args:
        batch: what arrived, in order.
        commit: one transaction for all it is given; leaves nothing behind when it raises.
        bury: puts aside what failed twice.
        clock: for waiting while the database is away, for as long as that takes.
    """
    failure = await _attempt(batch, commit, clock)
    if not isinstance(failure, _Failed):
        return [failure]
    if len(batch) > 1:
        results = []
        for item in batch:
            results += await _alone(item, commit, bury, clock)
        return results
    return await _alone(batch[0], commit, bury, clock)


class _Failed(Exception):  # noqa: N818 - a value that carries an error, never raised
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


async def _alone(
    item: T,
    commit: Callable[[Sequence[T]], Awaitable[R]],
    bury: Callable[[T, Exception], Awaitable[R]],
    clock: Clock,
) -> list[R]:
    result = await _attempt([item], commit, clock)
    if not isinstance(result, _Failed):
        return [result]
    _log.error("message_buried", error=type(result.error).__name__, exc_info=result.error)
    error = result.error
    buried = await _attempt([item], lambda items: bury(items[0], error), clock)
    if isinstance(buried, _Failed):
        raise buried.error
    return [buried]


async def _attempt(
    batch: Sequence[T], commit: Callable[[Sequence[T]], Awaitable[R]], clock: Clock
) -> R | _Failed:
    wait_s = FIRST_WAIT_S
    while True:
        try:
            return await commit(batch)
        except Exception as error:  # noqa: BLE001 - the worker's outermost loop: the poison rule
            if not is_passing(error):
                _log.warning("batch_failed", error=type(error).__name__, size=len(batch))
                return _Failed(error)
            _log.warning("database_away", error=type(error).__name__, size=len(batch))
        await clock.sleep(wait_s)
        wait_s = min(2 * wait_s, LONGEST_WAIT_S)
