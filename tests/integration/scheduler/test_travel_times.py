"""Travel times from a router: kept, asked for once, filled in where it does not answer."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from kernel.clock import FakeClock
from kernel.db import Pool
from kernel.geo import Position
from kernel.ids import new_id
from scheduler.model.problem import CAR, EBIKE, WALK, Matrix, Mode, Window
from scheduler.travel import osrm
from scheduler.travel.asking import ANY, Router
from scheduler.travel.builtin import Builtin, travel_times
from scheduler.travel.measuring import MeasuredTravel, Travel, Wanted
from scheduler.travel.model import Circle, Closure, RouterState
from scheduler.travel.slots import Slot, Slots

from .conftest import AREA, ZONE, at
from .routers import OsrmTable, corner, serving

TOWN = [corner(row, column) for row in range(4) for column in range(5)]
PEAK = Mode("car@morning")
SLOTS = Slots((Slot(name="morning", window=Window(start=25_200, end=32_400), factors={CAR: 2}),))


@pytest.fixture
def table() -> Iterator[OsrmTable]:
    with serving(OsrmTable()) as running:
        yield running


def through(table: OsrmTable, **changes: object) -> Travel:
    """Travel by a fresh process: nothing in its memory."""
    router = Router(dialect=osrm.DIALECT, urls={ANY: table.url}, side=7, timeout=5)
    return replace(Travel(router=router, patience=30, repair_patience=30), **changes)  # type: ignore[arg-type]


def wanted(clock: FakeClock, positions: list[Position], **changes: object) -> Wanted:
    return replace(
        Wanted(
            area=AREA,
            positions=positions,
            modes=frozenset({CAR}),
            midnight=at(0),
            zone=ZONE,
            now=clock.now(),
        ),
        **changes,  # type: ignore[arg-type]
    )


def matrix(found: MeasuredTravel, positions: list[Position], mode: Mode = CAR) -> Matrix:
    return found.times(positions, frozenset({mode}))[mode]


async def test_a_matrix_is_asked_for_in_portions_and_keeps_its_two_directions(
    pool: Pool, clock: FakeClock, table: OsrmTable
) -> None:
    found = await through(table).measure(pool, wanted(clock, TOWN))
    times = matrix(found, TOWN)
    assert times[0, 1] == 20
    assert times[1, 0] == 22
    assert len(table.asked) == 9
    assert max(max(sides) for sides in table.asked) == 7
    assert found.note.router == RouterState.UP
    assert (found.note.pairs, found.note.estimated) == (20 * 19, 0)


async def test_only_new_places_are_asked_for_the_next_day(
    pool: Pool, clock: FakeClock, table: OsrmTable
) -> None:
    old, new = TOWN[:15], TOWN
    await through(table).measure(pool, wanted(clock, old))
    before = table.pairs
    found = await through(table).measure(pool, wanted(clock, new))
    assert table.pairs - before <= 20 * 20 - 15 * 15
    assert matrix(found, new)[0, 19] == 100  # 0.006 degrees north, 0.008 east
    asked = table.pairs
    again = await through(table).measure(pool, wanted(clock, new))
    assert table.pairs == asked
    assert (matrix(again, new) == matrix(found, new)).all()
    assert await pool.fetchval("SELECT count(*) FROM scheduler.travel_time") == 20


async def test_one_process_does_not_even_ask_the_database_twice(
    pool: Pool, clock: FakeClock, table: OsrmTable
) -> None:
    travel = through(table)
    await travel.measure(pool, wanted(clock, TOWN))
    await pool.execute("DELETE FROM scheduler.travel_time")
    asked = table.pairs
    await travel.measure(pool, wanted(clock, TOWN[3:]))
    assert table.pairs == asked


async def test_what_has_expired_is_asked_for_again_and_forgotten(
    pool: Pool, clock: FakeClock, table: OsrmTable
) -> None:
    travel = through(table, keep_for=timedelta(days=8))
    await travel.measure(pool, wanted(clock, TOWN))
    asked = table.pairs
    await clock.advance(timedelta(days=5))
    await travel.measure(pool, wanted(clock, TOWN))
    assert table.pairs == asked
    await clock.advance(timedelta(days=6))
    await travel.measure(pool, wanted(clock, TOWN))
    assert table.pairs == 2 * asked
    assert (
        await pool.fetchval(
            "SELECT count(*) FROM scheduler.travel_time WHERE expires_at <= $1", clock.now()
        )
        == 0
    )


async def test_a_pair_without_a_way_and_a_place_without_a_road_are_estimated_and_not_asked_again(
    pool: Pool, clock: FakeClock, table: OsrmTable
) -> None:
    table.islands.add(TOWN[4])
    table.lakes.add(TOWN[9])
    found = await through(table).measure(pool, wanted(clock, TOWN))
    times, own = matrix(found, TOWN), travel_times(TOWN, frozenset({CAR}))[CAR]
    for lost in (4, 9):
        assert (times[lost] == own[lost]).all()
        assert (times[:, lost] == own[:, lost]).all()
    assert times[0, 1] == 20
    assert found.note.router == RouterState.UP
    assert found.note.estimated == 4 * 19 - 2
    asked = table.pairs
    await through(table).measure(pool, wanted(clock, TOWN))
    assert table.pairs == asked


async def test_a_router_that_is_busy_is_asked_again(
    pool: Pool, clock: FakeClock, table: OsrmTable
) -> None:
    table.failures = 2
    found = await through(table).measure(pool, wanted(clock, TOWN[:7]))
    assert found.note.estimated == 0


async def test_a_router_that_is_down_leaves_the_built_in_times_and_is_left_alone_for_a_minute(
    pool: Pool, clock: FakeClock, table: OsrmTable
) -> None:
    travel = through(table)
    gone = replace(
        travel, router=Router(dialect=osrm.DIALECT, urls={ANY: "http://127.0.0.1:9"}, timeout=1)
    )
    found = await gone.measure(pool, wanted(clock, TOWN))
    assert (matrix(found, TOWN) == travel_times(TOWN, frozenset({CAR}))[CAR]).all()
    assert found.note.summary() == {
        "provider": "osrm",
        "router": "down",
        "pairs": 380,
        "estimated": 380,
        "closures": [],
    }
    rested = await travel.measure(pool, wanted(clock, TOWN))
    assert rested.note.router == RouterState.DOWN
    assert table.pairs == 0
    await clock.advance(timedelta(seconds=61))
    back = await travel.measure(pool, wanted(clock, TOWN))
    assert (back.note.router, back.note.estimated) == (RouterState.UP, 0)


@pytest.mark.parametrize("fault", ["nonsense", "too small a table"])
async def test_a_router_that_answers_nonsense_or_too_little_is_as_good_as_down(
    pool: Pool, clock: FakeClock, table: OsrmTable, fault: str
) -> None:
    table.nonsense, table.most = fault == "nonsense", 100 if fault == "nonsense" else 5
    found = await through(table).measure(pool, wanted(clock, TOWN))
    assert found.note.router == RouterState.DOWN
    assert found.note.estimated == found.note.pairs


async def test_what_does_not_come_in_time_is_estimated_and_known_the_next_time(
    pool: Pool, clock: FakeClock, table: OsrmTable
) -> None:
    found = await through(table, repair_patience=0).measure(pool, wanted(clock, TOWN, repair=True))
    assert found.note.router == RouterState.LATE
    assert found.note.estimated == found.note.pairs
    later = await through(table).measure(pool, wanted(clock, TOWN))
    assert later.note.estimated == 0


async def test_a_mode_without_a_router_is_built_in(
    pool: Pool, clock: FakeClock, table: OsrmTable
) -> None:
    router = Router(dialect=osrm.DIALECT, urls={CAR: table.url})
    found = await through(table, router=router).measure(
        pool, wanted(clock, TOWN, modes=frozenset({CAR, WALK}))
    )
    own = travel_times(TOWN, frozenset({WALK}))[WALK]
    assert (matrix(found, TOWN, WALK) == own).all()
    assert matrix(found, TOWN)[0, 1] == 20


async def test_a_router_that_knows_no_time_of_day_gets_the_slots_factor(
    pool: Pool, clock: FakeClock, table: OsrmTable
) -> None:
    travel = through(table, builtin=Builtin(slots=SLOTS))
    found = await travel.measure(pool, wanted(clock, TOWN, modes=frozenset({CAR, PEAK})))
    assert (matrix(found, TOWN, PEAK) == 2 * matrix(found, TOWN)).mean() > 0.5
    assert matrix(found, TOWN, PEAK)[0, 1] == 40
    assert table.pairs == 20 * 20, "both are one question"


async def test_parking_comes_on_top_of_every_way_but_none(
    pool: Pool, clock: FakeClock, table: OsrmTable
) -> None:
    router = Router(dialect=osrm.DIALECT, urls={ANY: table.url}, extra={CAR: 90})
    times = matrix(await through(table, router=router).measure(pool, wanted(clock, TOWN)), TOWN)
    assert times[0, 1] == 20 + 90
    assert times[0, 0] == 0


async def test_a_closed_road_is_added_where_the_router_cannot_be_told(
    pool: Pool, clock: FakeClock, table: OsrmTable
) -> None:
    closure = Closure(
        id=new_id(),
        circle=Circle(at=corner(0, 2.5), radius_m=80),
        starts_at=at(480),
        ends_at=at(1_000),
    )
    travel = through(table)
    free = matrix(await travel.measure(pool, wanted(clock, TOWN)), TOWN)
    found = await travel.measure(pool, wanted(clock, TOWN, closures=(closure,)))
    slow = matrix(found, TOWN)
    added = Builtin().detours(TOWN, CAR, [closure.circle])
    assert slow[2, 3] > free[2, 3]
    assert np.allclose(slow, free + added, atol=1)
    assert found.note.closures == (closure.id,)
    again = await travel.measure(pool, wanted(clock, TOWN))
    assert (matrix(again, TOWN) == free).all()


async def test_other_centres_and_modes_do_not_share_answers_they_should_not(
    pool: Pool, clock: FakeClock, table: OsrmTable
) -> None:
    travel = through(table)
    await travel.measure(pool, wanted(clock, TOWN))
    asked = table.pairs
    await travel.measure(pool, wanted(clock, TOWN, modes=frozenset({EBIKE})))
    assert table.pairs == 2 * asked
    await travel.measure(pool, wanted(clock, TOWN, area="elsewhere"))
    assert table.pairs == 2 * asked, "a way takes as long whoever asks"
