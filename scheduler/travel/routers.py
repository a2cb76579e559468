"""What is asked of a router, whichever it is (pure)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kernel.geo import Position
from scheduler.model.problem import Matrix, Mode
from scheduler.travel.model import Circle


class Refused(Exception):  # noqa: N818 - an answer, not a failure
    """The router answers, but not this: some place is far from any road, or from the others."""


class Unusable(Exception):  # noqa: N818 - said of the router
    """It does not answer, or not as it should; the message is a word without data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A table that is asked for.

    Attributes:
        mode: with its time of day.
        departs: local time, without a zone; None: at no particular time.
        avoids: what is closed.
    """

    sources: Sequence[Position]
    targets: Sequence[Position]
    mode: Mode
    departs: datetime | None = None
    avoids: tuple[Circle, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """An HTTP request: a POST if it has a body."""

    path: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a router is spoken to.

    Attributes:
        knows_time: whether it can be given a departure.
        knows_closures: whether it can be told what to avoid.
    """

    name: str
    knows_time: bool
    knows_closures: bool
    request: Callable[[Query], HttpRequest]
    table: Callable[[Query, Any], Matrix]
    refusal: Callable[[Any], Refused | Unusable]
