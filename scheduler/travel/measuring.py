"""Finds the travel times of a day: in memory, else in the database, else from the router.

Whatever the router cannot say in time is estimated by the built-in provider: planning never waits
for it longer than its patience, and a plan's summary says how much was estimated.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import structlog
from numpy.typing import NDArray

from kernel.db import Pool
from kernel.geo import Position
from scheduler.model.problem import Matrix, Mode
from scheduler.travel import store
from scheduler.travel.asking import Asking, Router, RouterAnswers
from scheduler.travel.builtin import Builtin
from scheduler.travel.closures import closed_to
from scheduler.travel.joining import Said, around, estimate, joined, passing
from scheduler.travel.model import (
    NOTHING_CLOSED,
    UNKNOWN,
    Circle,
    Closed,
    Closure,
    Layer,
    RouterState,
    TravelNote,
    TravelTimes,
)
from scheduler.travel.pairs import Flags, Keys, fill, keys_of, place_of, portions
from scheduler.travel.remembering import TableCache, never
from scheduler.travel.routers import Query
from scheduler.travel.slots import base
from scheduler.travel.store import OriginRow

REST: Final = timedelta(minutes=1)
"""A router that failed is left alone for so long, so that not every repair waits for it."""
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Whose travel times are wanted.

    Attributes:
        area: of the centre.
        midnight: second 0 of the day.
        closures: of the day, those that are over left out.
        repair: somebody waits for the answer.
    """

    area: str
    positions: Sequence[Position]
    modes: frozenset[Mode]
    midnight: datetime
    zone: ZoneInfo
    now: datetime
    closures: tuple[Closure, ...] = ()
    repair: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredTravel:
    """Travel times between the places asked about, and where they came from."""

    times: TravelTimes
    note: TravelNote


@dataclass(frozen=True, slots=True, kw_only=True)
class Travel:
    """Where travel times come from.

    Attributes:
        patience: seconds a plan waits for the router, all in all; `repair_patience` for a repair.
        keep_for: how long an answer holds; by origin a quarter more or less, so that they are
            not all asked for anew in one night.
        memory: of this process.
    """

    builtin: Builtin = field(default_factory=Builtin)
    router: Router | None = None
    patience: float = 60
    repair_patience: float = 0.3
    keep_for: timedelta = timedelta(days=30)
    memory: TableCache = field(default_factory=TableCache, repr=False)

    async def measure(self, pool: Pool, wanted: Wanted) -> MeasuredTravel:
        """Return the travel times of a day, whatever becomes of the router."""
        closed = closed_to(wanted.closures, wanted.modes, self.builtin.slots, wanted.midnight)
        closures = tuple(each.id for each in wanted.closures)
        if self.router is None:
            return MeasuredTravel(
                times=partial(self.builtin.times, closed=closed), note=TravelNote(closures=closures)
            )
        # The middle of a closed circle is measured, too: see `joining.passing`.
        middles = sorted(
            {each.at for circles in closed.values() for each in circles},
            key=lambda at: (at.lat, at.lon),
        )
        keys, rows = keys_of([*wanted.positions, *middles])
        ours = np.isin(np.arange(len(keys)), rows[: len(wanted.positions)])
        run = _Run(self, self.router, pool, wanted, keys, ours)
        tables = {
            mode: await run.table(mode, closed.get(mode, ())) for mode in sorted(wanted.modes)
        }
        if run.state in {RouterState.DOWN, RouterState.LATE}:
            _log.warning(
                "travel_times_estimated",
                router=self.router.dialect.name,
                state=str(run.state),
                pairs=run.pairs,
                estimated=run.estimated,
            )
        places = {at: int(row) for at, row in zip(wanted.positions, rows, strict=False)}
        return MeasuredTravel(
            times=partial(_look_up, places, tables),
            note=TravelNote(
                provider=self.router.dialect.name,
                router=run.state,
                pairs=run.pairs,
                estimated=run.estimated,
                closures=closures,
            ),
        )

    def lasts_until(self, origin: int, now: datetime) -> datetime:
        """Return when what was answered about an origin expires."""
        return now + self.keep_for * (0.75 + 0.5 * (origin % 997) / 996)


def _look_up(
    places: Mapping[Position, int],
    tables: Mapping[Mode, Matrix],
    positions: Sequence[Position],
    modes: frozenset[Mode],
    closed: Closed = NOTHING_CLOSED,
) -> dict[Mode, Matrix]:
    """As `TravelTimes`; what is closed is in the tables already."""
    del closed
    rows = np.array([places[at] for at in positions], dtype=np.intp)
    found = {mode: tables[mode][np.ix_(rows, rows)] for mode in modes}
    for matrix in found.values():
        matrix.setflags(write=False)
    return found


class _Run:
    """The tables of one day; counts what had to be estimated."""

    def __init__(
        self, travel: Travel, router: Router, pool: Pool, wanted: Wanted, keys: Keys, ours: Flags
    ) -> None:
        self.state = RouterState.UP
        self.pairs = self.estimated = 0
        self._travel = travel
        self._router = router
        self._pool = pool
        self._wanted = wanted
        self._keys = keys
        self._ours = ours[:, None] & ours[None, :] & ~np.eye(len(keys), dtype=np.bool_)
        self._places = [place_of(key) for key in keys.tolist()]
        patience = travel.repair_patience if wanted.repair else travel.patience
        self._until = asyncio.get_running_loop().time() + patience

    async def table(self, mode: Mode, circles: tuple[Circle, ...]) -> Matrix:
        """Return seconds between all keys, estimated where they have to be."""
        size, pairs = len(self._keys), int(self._ours.sum())
        self.pairs += pairs
        if self._router.url(mode) is None:
            self.estimated += pairs
            return await asyncio.to_thread(
                estimate, self._travel.builtin, self._places, mode, circles
            )
        routed = await self._layer(mode, (), ~np.eye(size, dtype=np.bool_))
        builtin, dialect = self._travel.builtin, self._router.dialect
        avoiding = None
        if circles and dialect.knows_closures:
            near = self._ours & await asyncio.to_thread(
                passing, builtin, self._keys, mode, circles, routed
            )
            avoiding = around(routed, await self._layer(mode, circles, near), near)
        said = Said(
            routed=routed,
            avoiding=avoiding,
            factor=1.0 if dialect.knows_time else builtin.slots.factor(mode),
            extra=self._router.extra.get(base(mode), 0),
        )
        table, estimated = await asyncio.to_thread(
            joined, said, builtin, self._places, mode, circles
        )
        self.estimated += int((estimated & self._ours).sum())
        return table

    async def _layer(self, mode: Mode, circles: tuple[Circle, ...], wanted: Flags) -> Matrix:
        """Return what the router says of the pairs wanted; the others may be unknown."""
        slot = self._travel.builtin.slots.slot_of(mode) if self._router.dialect.knows_time else None
        layer = Layer(
            provider=self._router.dialect.name,
            mode=base(mode),
            slot="" if slot is None else slot.name,
            avoiding=_digest(circles),
        )
        memory, area, now = self._travel.memory, self._wanted.area, self._wanted.now
        table, until = memory.recall(area, layer, self._keys, now)
        missing = (table == UNKNOWN) & wanted
        if missing.any():
            until = min(until, await self._read(layer, table, missing))
            missing = (table == UNKNOWN) & wanted
        if missing.any():
            departs = None
            if slot is not None:
                middle = timedelta(seconds=(slot.window.start + slot.window.end) // 2)
                local = (self._wanted.midnight + middle).astimezone(self._wanted.zone)
                departs = local.replace(tzinfo=None)
            query = Query(sources=(), targets=(), mode=base(mode), departs=departs, avoids=circles)
            asked = await self._ask(query, missing)
            until = min(until, await self._keep(layer, table, asked, self._over(circles)))
        memory.remember(area, layer, self._keys, table, until)
        return table

    async def _read(self, layer: Layer, table: Matrix, missing: Flags) -> datetime:
        origins = self._keys[missing.any(axis=1)].tolist()
        async with self._pool.acquire() as conn:
            rows = await store.known(conn, layer, origins, self._wanted.now)
        await asyncio.to_thread(_fill, table, self._keys, rows)
        return min((row.expires_at for row in rows), default=never(self._wanted.now))

    async def _ask(self, query: Query, missing: Flags) -> RouterAnswers:
        memory, now = self._travel.memory, self._wanted.now
        if memory.resting_until is not None and memory.resting_until > now:
            self.state = RouterState.DOWN
            return RouterAnswers()
        asking = Asking(self._router, query, self._places)
        questions = list(portions(missing, self._router.side))
        try:
            async with asyncio.timeout_at(self._until):
                await asking.run(questions)
        except TimeoutError:
            asking.asked.state = RouterState.LATE
        if asking.asked.state == RouterState.DOWN:
            memory.resting_until = now + REST
        if asking.asked.state != RouterState.UP:
            self.state = asking.asked.state
        return asking.asked

    def _over(self, circles: tuple[Circle, ...]) -> datetime:
        """When nothing is left of what is avoided: nobody asks for that any more."""
        ends = [each.ends_at for each in self._wanted.closures if each.circle in circles]
        return max(ends, default=never(self._wanted.now))

    async def _keep(
        self, layer: Layer, table: Matrix, asked: RouterAnswers, over: datetime
    ) -> datetime:
        """Write answers into the table and the database; return when the first expires."""
        rows = await asyncio.to_thread(self._rows, table, asked, over)
        if not rows:
            return never(self._wanted.now)
        async with self._pool.acquire() as conn, conn.transaction():
            await store.forget(conn, self._wanted.now)
            await store.keep(conn, layer, rows, self._wanted.now)
        return min(row.expires_at for row in rows)

    def _rows(self, table: Matrix, asked: RouterAnswers, over: datetime) -> list[OriginRow]:
        new: dict[int, list[NDArray[np.intp]]] = {}
        for portion, seconds in asked.answers:
            news = table[np.ix_(portion.sources, portion.targets)] == UNKNOWN
            table[np.ix_(portion.sources, portion.targets)] = np.where(
                news, seconds, table[np.ix_(portion.sources, portion.targets)]
            )
            for source, fresh in zip(portion.sources.tolist(), news, strict=True):
                new.setdefault(source, []).append(portion.targets[fresh])
        found = []
        for source, parts in new.items():
            columns = np.concatenate(parts)
            origin = int(self._keys[source])
            found.append(
                OriginRow(
                    origin=origin,
                    targets=self._keys[columns],
                    seconds=table[source, columns],
                    expires_at=min(over, self._travel.lasts_until(origin, self._wanted.now)),
                )
            )
        return found


def _fill(table: Matrix, keys: Keys, rows: Sequence[OriginRow]) -> None:
    for row in rows:
        fill(table, keys, row.origin, row.targets, row.seconds)


def _digest(circles: tuple[Circle, ...]) -> str:
    """Name what is avoided: the same circles, the same name."""
    if not circles:
        return ""
    said = sorted(f"{each.at.lat:.5f},{each.at.lon:.5f},{each.radius_m}" for each in circles)
    return sha256(";".join(said).encode()).hexdigest()[:16]
