"""When a simulated phone asks the centre, shows where it is, and comes back to its socket. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from random import Random
from typing import Final

#: While it listens, a phone is told of every change; it asks now and then all the same.
ASK_EVERY_S: Final = 60.0
DEAF_ASK_EVERY_S: Final = 6.0
#: The desk watches who is under way; of others it wants to see that the fix is alive.
SHOW_EVERY_S: Final = 10.0
SHOW_AT_LEAST_EVERY_S: Final = 300.0
MOVED_M: Final = 10.0
#: The centre pings every 2 s. A socket that says nothing for so long is as dead as a closed one.
SILENT_AFTER_S: Final = 10.0
FIRST_RETRY_S: Final = 0.3
SLOWEST_RETRY_S: Final = 10.0


class Return(StrEnum):
    """How a phone comes back after its socket was closed."""

    AGAIN = "again"
    LOG_IN = "log-in"
    NEVER = "never"


#: By close code; see docs/console-protocol.md.
RETURNS: Final[Mapping[int | None, Return]] = {4401: Return.LOG_IN, 4403: Return.NEVER}


def must_ask(age_s: float | None, *, has_news: bool, is_listening: bool) -> bool:
    """Say whether to ask for `today`, which was fetched `age_s` ago; None: is not known."""
    if age_s is None or has_news:
        return True
    return age_s >= (ASK_EVERY_S if is_listening else DEAF_ASK_EVERY_S)


def must_show(age_s: float | None, moved_m: float) -> bool:
    """Say whether a position is worth sending, `age_s` after the last that was sent."""
    if age_s is None or age_s >= SHOW_AT_LEAST_EVERY_S:
        return True
    return age_s >= SHOW_EVERY_S and moved_m >= MOVED_M


def after_close(code: int | None) -> Return:
    """Say how to come back after a close with `code`; None: the connection just broke."""
    return RETURNS.get(code, Return.AGAIN)


def retry_delay_s(attempt: int, random: Random) -> float:
    """Return how long to wait after so many failures in a row.

    It grows, and is random: the phones of a town that lost its server do not return in step.
    """
    ceiling = min(SLOWEST_RETRY_S, FIRST_RETRY_S * 2 ** min(attempt + 1, 10))
    return random.uniform(FIRST_RETRY_S, ceiling)
