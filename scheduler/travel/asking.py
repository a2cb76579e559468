"""Asks a router over HTTP: portions side by side, retries, and what it refuses.

A portion it refuses holds a place it cannot use (in a lake, on an island of roads). Each of its
places is then tried alone; those refused are left out for good, and the rest is asked again.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import httpx
import numpy as np
import structlog
from numpy.typing import NDArray
from tenacity import (
    AsyncRetrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential_jitter,
)

from kernel.geo import Position
from scheduler.model.problem import Matrix, Mode
from scheduler.travel.model import UNCONNECTED, RouterState
from scheduler.travel.pairs import Portion
from scheduler.travel.routers import Dialect, Query, Refused, Unusable
from scheduler.travel.slots import base

ATTEMPTS: Final = 3
AT_ONCE: Final = 4
"""Questions under way to one router."""
_BUSY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
ANY: Final = "*"

_log = structlog.get_logger()


class _Busy(Exception):  # noqa: N818 - passes by
    """Try again in a moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Router:
    """A router and how to reach it.

    Attributes:
        urls: base addresses by mode; `ANY` for all others. A mode without one is not asked for.
        timeout: of one question, seconds.
        side: most origins, and most targets, of one question.
        extra: seconds by mode on top of each way: parking, waiting for a bus.
    """

    dialect: Dialect
    urls: Mapping[str, str]
    timeout: float = 10
    side: int = 50
    extra: Mapping[Mode, int] = field(default_factory=dict)

    def url(self, mode: Mode) -> str | None:
        """Return the address for a mode, with or without its time of day."""
        return self.urls.get(base(mode), self.urls.get(ANY))


@dataclass(slots=True, kw_only=True)
class RouterAnswers:
    """What came of asking: portions with their tables, in the order they came."""

    answers: list[tuple[Portion, Matrix]] = field(default_factory=list)
    state: RouterState = RouterState.UP


class Asking:
    """One mode's questions to a router; `asked` holds what has come so far."""

    def __init__(self, router: Router, query: Query, places: Sequence[Position]) -> None:
        self.asked = RouterAnswers()
        self._router = router
        self._query = query
        self._places = places
        self._unusable: dict[int, bool] = {}

    async def run(self, portions: Iterable[Portion]) -> None:
        """Ask for all portions, or until the router fails."""
        waiting = list(portions)
        url = self._router.url(self._query.mode)
        if url is None or not waiting:
            return
        waiting.reverse()
        try:
            async with (
                httpx.AsyncClient(
                    base_url=url.rstrip("/"), timeout=self._router.timeout, trust_env=False
                ) as client,
                asyncio.TaskGroup() as group,
            ):
                for _ in range(min(AT_ONCE, len(waiting))):
                    group.create_task(self._work(client, waiting))
        except* Unusable as failed:
            self.asked.state = RouterState.DOWN
            why = sorted({str(error) for error in failed.exceptions})
            _log.warning("router_unusable", router=self._router.dialect.name, why=why)

    async def _work(self, client: httpx.AsyncClient, waiting: list[Portion]) -> None:
        while waiting:
            portion = waiting.pop()
            self.asked.answers.append((portion, await self._portion(client, portion)))

    async def _portion(self, client: httpx.AsyncClient, portion: Portion) -> Matrix:
        table: Matrix = np.full(
            (len(portion.sources), len(portion.targets)), UNCONNECTED, dtype=np.int32
        )
        for first in (True, False):
            rows, columns = self._usable(portion.sources), self._usable(portion.targets)
            if not len(rows) or not len(columns):
                break
            try:
                table[np.ix_(rows, columns)] = await self._table(
                    client, portion.sources[rows].tolist(), portion.targets[columns].tolist()
                )
                break
            except Refused:
                if first:
                    await self._try_each(client, {*portion.sources.tolist()})
                    await self._try_each(client, {*portion.targets.tolist()})
        return table

    def _usable(self, rows: NDArray[np.intp]) -> list[int]:
        return [n for n, row in enumerate(rows.tolist()) if not self._unusable.get(row, False)]

    async def _try_each(self, client: httpx.AsyncClient, rows: set[int]) -> None:
        for row in sorted(rows - self._unusable.keys()):
            try:
                await self._table(client, [row], [row])
                self._unusable[row] = False
            except Refused:
                self._unusable[row] = True

    async def _table(
        self, client: httpx.AsyncClient, sources: list[int], targets: list[int]
    ) -> Matrix:
        query = replace(
            self._query,
            sources=[self._places[row] for row in sources],
            targets=[self._places[row] for row in targets],
        )
        try:
            async for attempt in AsyncRetrying(
                stop=stop_after_attempt(ATTEMPTS),
                wait=wait_exponential_jitter(multiplier=0.1, max=2),
                retry=retry_if_exception_type((httpx.TransportError, _Busy)),
                reraise=True,
            ):
                with attempt:
                    found = await self._once(client, query)
        except httpx.TransportError as error:
            raise Unusable(type(error).__name__) from error
        except _Busy as error:
            raise Unusable(str(error)) from error
        return found

    async def _once(self, client: httpx.AsyncClient, query: Query) -> Matrix:
        dialect = self._router.dialect
        wanted = dialect.request(query)
        answer = await client.request(
            "GET" if wanted.body is None else "POST",
            wanted.path,
            params=dict(wanted.parameters),
            json=wanted.body,
        )
        if answer.status_code in _BUSY:
            raise _Busy(f"status-{answer.status_code}")
        try:
            body = answer.json()
        except ValueError as error:
            raise Unusable("answer") from error
        if answer.is_success:
            return dialect.table(query, body)
        if answer.status_code == httpx.codes.BAD_REQUEST:
            raise dialect.refusal(body)
        raise Unusable(f"status-{answer.status_code}")
