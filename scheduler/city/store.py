"""SQL of city runs and their pieces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from kernel.db import Connection, Record
from kernel.ids import new_id
from scheduler.city.model import AreaPath
from scheduler.city.queue import Entry

ADD_RUN: Final = """
INSERT INTO scheduler.city_run (id, event_id, parts, seconds, seed, created_at)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (event_id) DO NOTHING RETURNING id
"""

RUN: Final = """
SELECT id, state, round, parts, borders, seconds, seed, stop, error, created_at
FROM scheduler.city_run WHERE id = $1
"""

RUN_OF: Final = "SELECT id FROM scheduler.city_run WHERE event_id = $1"

LOCK_RUN: Final = """
SELECT id FROM scheduler.city_run WHERE id = $1 AND state = 'running' AND round = $2 FOR UPDATE
"""

NEXT_ROUND: Final = """
UPDATE scheduler.city_run SET round = $3, borders = $4
WHERE id = $1 AND round = $2 AND state = 'running' RETURNING id
"""

END_RUN: Final = """
UPDATE scheduler.city_run SET state = $2, error = $3, finished_at = $4
WHERE id = $1 AND state = 'running'
"""

STOP_RUN: Final = """
UPDATE scheduler.city_run SET stop = true WHERE id = $1 AND state = 'running'
"""

STANDING: Final = """
SELECT count(*) FILTER (WHERE round = 0 AND done_at IS NOT NULL) AS parts,
       count(*) FILTER (WHERE round > 0 AND done_at IS NOT NULL) AS borders,
       coalesce(sum(cost_change) FILTER (WHERE round = 0), 0)::bigint AS parts_cost,
       coalesce(sum(cost_change), 0)::bigint AS cost,
       coalesce(sum(unplaced_change), 0)::bigint AS unplaced
FROM scheduler.city_piece WHERE run_id = $1 AND done_at IS NOT NULL
"""

ADD_PIECE: Final = """
INSERT INTO scheduler.city_piece (run_id, round, number, visits, given)
VALUES ($1, $2, $3, $4, $5)
"""

TAKE_PIECE: Final = """
UPDATE scheduler.city_piece p SET attempts = attempts + 1
FROM scheduler.city_run r
WHERE r.id = p.run_id AND p.run_id = $1 AND p.round = $2 AND p.number = $3
  AND p.done_at IS NULL AND r.state = 'running'
RETURNING p.given, p.attempts, r.seconds, r.seed, r.stop
"""

GIVE_BACK: Final = """
UPDATE scheduler.city_piece SET attempts = attempts - 1
WHERE run_id = $1 AND round = $2 AND number = $3 AND done_at IS NULL
"""

DONE: Final = """
UPDATE scheduler.city_piece
SET found = $4, cost_change = $5, unplaced_change = $6, done_at = $7
WHERE run_id = $1 AND round = $2 AND number = $3 AND done_at IS NULL RETURNING number
"""

IS_OVER: Final = """
SELECT NOT EXISTS (
    SELECT FROM scheduler.city_piece WHERE run_id = $1 AND round = $2 AND done_at IS NULL
)
"""

OPEN_PIECES: Final = """
SELECT p.run_id, p.round, p.number
FROM scheduler.city_piece p JOIN scheduler.city_run r ON r.id = p.run_id AND r.round = p.round
WHERE r.id = $1 AND r.state = 'running' AND p.done_at IS NULL ORDER BY p.number
"""

PIECES: Final = """
SELECT round, number, given, found
FROM scheduler.city_piece
WHERE run_id = $1 AND (round = 0 OR found IS NOT NULL) ORDER BY round, number
"""

FORGET: Final = "DELETE FROM scheduler.city_run WHERE finished_at < $1"

AREAS: Final = """
SELECT v.id, d.path
FROM scheduler.visit v
JOIN scheduler.centre_area a ON a.area = v.area
JOIN dispatch.area_v1 d ON d.id = v.area
WHERE a.centre = $1 AND v.day = $2
"""

VISITS_OF: Final = """
SELECT count(*) FROM scheduler.visit v JOIN scheduler.centre_area a ON a.area = v.area
WHERE a.centre = $1 AND v.day = $2 AND v.state NOT IN ('missed', 'cancelled')
"""


class RunState(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class CityRun:
    """A city's day being planned.

    Attributes:
        round: 0 while parts are solved; then the number of the round of trades.
        borders: trades to be tried; None while parts are solved.
        seconds: of search for each part; a trade has half of it.
        stop: somebody asked to take what there is.
    """

    id: UUID
    state: RunState
    round: int
    parts: int
    borders: int | None
    seconds: float
    seed: int
    stop: bool
    error: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RunProgress:
    """How far a run has come.

    Attributes:
        parts: solved.
        borders: traded or found not worth it.
        parts_cost: points of the parts solved, before any trade.
        cost: points of the parts solved so far, less what trades have gained.
        unplaced: visits left out of them.
    """

    parts: int
    borders: int
    parts_cost: int
    cost: int
    unplaced: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A piece somebody works on."""

    given: bytes
    attempts: int
    seconds: float
    seed: int
    stop: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a piece came to; `found` None: a trade that gained nothing."""

    found: bytes | None
    cost_change: int
    unplaced_change: int


def _run(row: Record) -> CityRun:
    return CityRun(**{**row, "state": RunState(row["state"])})


async def add_run(
    conn: Connection, event_id: UUID, *, parts: int, seconds: float, seed: int, at: datetime
) -> UUID | None:
    """Insert a run; None if this event has made one already."""
    found: UUID | None = await conn.fetchval(ADD_RUN, new_id(), event_id, parts, seconds, seed, at)
    return found


async def run_of(conn: Connection, event_id: UUID) -> UUID | None:
    """Return the run that an event made."""
    found: UUID | None = await conn.fetchval(RUN_OF, event_id)
    return found


async def run(conn: Connection, run_id: UUID) -> CityRun | None:
    """Return a run."""
    row = await conn.fetchrow(RUN, run_id)
    return None if row is None else _run(row)


async def lock_run(conn: Connection, run_id: UUID, number: int) -> bool:
    """Let nobody else end a piece of this run; whether it is in that round still."""
    return await conn.fetchval(LOCK_RUN, run_id, number) is not None


async def next_round(conn: Connection, run_id: UUID, after: int, borders: int) -> bool:
    """Go on to the round behind `after`; False if somebody did or the run has ended."""
    return await conn.fetchval(NEXT_ROUND, run_id, after, after + 1, borders) is not None


async def end_run(
    conn: Connection, run_id: UUID, state: RunState, error: str | None, at: datetime
) -> None:
    """End a run that goes on."""
    await conn.execute(END_RUN, run_id, state, error, at)


async def stop_run(conn: Connection, run_id: UUID) -> None:
    """Ask a run to take what there is."""
    await conn.execute(STOP_RUN, run_id)


async def progress(conn: Connection, run_id: UUID) -> RunProgress:
    """Return how far a run has come."""
    row = await conn.fetchrow(STANDING, run_id)
    assert row is not None, "an aggregate has a row"  # noqa: S101 - for the type checker
    return RunProgress(**row)


async def add_pieces(
    conn: Connection, run_id: UUID, number: int, pieces: Sequence[tuple[int, bytes]]
) -> None:
    """Insert the pieces of a round: visits, and what is given."""
    rows = [(run_id, number, n, visits, given) for n, (visits, given) in enumerate(pieces)]
    await conn.executemany(ADD_PIECE, rows)


async def take(conn: Connection, at: Entry) -> Taken | None:
    """Count an attempt and return the piece; None if it is done or its run has ended."""
    row = await conn.fetchrow(TAKE_PIECE, at.run, at.round, at.number)
    return None if row is None else Taken(**row)


async def give_back(conn: Connection, at: Entry) -> None:
    """Take back the count of an attempt that its worker gave up in order."""
    await conn.execute(GIVE_BACK, at.run, at.round, at.number)


async def done(conn: Connection, at: Entry, result: Result, now: datetime) -> bool:
    """Keep the result of a piece; False if it has one."""
    number = await conn.fetchval(
        DONE,
        at.run,
        at.round,
        at.number,
        result.found,
        result.cost_change,
        result.unplaced_change,
        now,
    )
    return number is not None


async def is_over(conn: Connection, run_id: UUID, number: int) -> bool:
    """Whether no piece of a round is open; hold the run's lock."""
    return bool(await conn.fetchval(IS_OVER, run_id, number))


async def open_pieces(conn: Connection, run_id: UUID) -> list[Entry]:
    """Return the pieces of the round a run is in that have no result yet."""
    return [
        Entry(run=row["run_id"], round=row["round"], number=row["number"])
        for row in await conn.fetch(OPEN_PIECES, run_id)
    ]


async def pieces(conn: Connection, run_id: UUID) -> list[tuple[int, bytes, bytes | None]]:
    """Return round, given and found of each part, and of each trade that gained."""
    return [(row["round"], row["given"], row["found"]) for row in await conn.fetch(PIECES, run_id)]


async def forget(conn: Connection, before: datetime) -> None:
    """Delete runs that ended before."""
    await conn.execute(FORGET, before)


async def areas(conn: Connection, centre: str, day: date) -> Mapping[UUID, AreaPath]:
    """Return the areas each visit of a centre's day lies in."""
    return {row["id"]: tuple(row["path"]) for row in await conn.fetch(AREAS, centre, day)}


async def visits_of(conn: Connection, centre: str, day: date) -> int:
    """Return how many visits a centre has that day, of those that were made from care plans."""
    return int(await conn.fetchval(VISITS_OF, centre, day))
