"""A real Valhalla on streets of our own: one-way streets, blocked roads, a plan that verifies."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from kernel.clock import FakeClock
from kernel.db import Pool
from kernel.geo import Position
from kernel.ids import new_id
from scheduler.centre.model import Kind
from scheduler.model.problem import BUS, CAR, EBIKE, WALK, Matrix, Mode, Window
from scheduler.model.verify import violations
from scheduler.plans.basis import load_basis
from scheduler.plans.publishing import SolveOptions, plan_day
from scheduler.travel import valhalla
from scheduler.travel.asking import ANY, Router
from scheduler.travel.builtin import Builtin
from scheduler.travel.measuring import Travel, Wanted
from scheduler.travel.model import Circle, Closure, RouterState
from scheduler.travel.slots import Slot, Slots

from .conftest import AREA, DAY, ZONE, Street, at
from .routers import ONE_WAY_ROW, Valhalla, corner, valhalla_on_the_grid

PLACES = [corner(ONE_WAY_ROW, 1), corner(ONE_WAY_ROW, 5), corner(5, 5), corner(6, 1)]
WEST, EAST, NORTH, _ = range(4)
MODES = frozenset({WALK, EBIKE, CAR, BUS})


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valhalla]:
    with valhalla_on_the_grid(tmp_path_factory.mktemp("valhalla", numbered=True)) as service:
        yield service


def through(running: Valhalla, side: int = 3) -> Travel:
    router = Router(dialect=valhalla.DIALECT, urls={ANY: running.url}, side=side)
    return Travel(router=router, patience=60, repair_patience=60)


async def times(
    pool: Pool,
    clock: FakeClock,
    travel: Travel,
    *closures: Closure,
    modes: frozenset[Mode] = MODES,
    places: list[Position] = PLACES,
) -> dict[Mode, Matrix]:
    wanted = Wanted(
        area=AREA,
        positions=places,
        modes=modes,
        midnight=at(0),
        zone=ZONE,
        now=clock.now(),
        closures=closures,
    )
    found = await travel.measure(pool, wanted)
    assert found.note.router == RouterState.UP
    assert found.note.estimated == 0
    return dict(found.times(places, modes))


def closed(at_place: Position, radius: int = 60) -> Closure:
    return Closure(
        id=new_id(),
        circle=Circle(at=at_place, radius_m=radius),
        starts_at=at(480),
        ends_at=at(1_000),
    )


async def test_our_matrix_is_what_the_router_says(
    pool: Pool, clock: FakeClock, running: Valhalla
) -> None:
    found = await times(pool, clock, through(running, side=4))
    for mode, costing in ((WALK, "pedestrian"), (CAR, "auto"), (BUS, "bus")):
        said = running.matrix(PLACES, costing)
        assert found[mode].tolist() == [[round(value) for value in row] for row in said], mode


async def test_against_a_one_way_street_the_way_is_longer_but_not_on_foot(
    pool: Pool, clock: FakeClock, running: Valhalla
) -> None:
    found = await times(pool, clock, through(running))
    for mode in (CAR, EBIKE, BUS):
        assert found[mode][EAST, WEST] > 1.2 * found[mode][WEST, EAST], mode
    assert found[WALK][EAST, WEST] == found[WALK][WEST, EAST]
    assert found[WALK][WEST, EAST] > found[EBIKE][WEST, EAST] > found[CAR][WEST, EAST]


async def test_around_a_blocked_road_the_way_is_longer_and_elsewhere_it_is_not(
    pool: Pool, clock: FakeClock, running: Valhalla
) -> None:
    travel = through(running)
    free = await times(pool, clock, travel)
    blocked = await times(pool, clock, travel, closed(corner(3.5, 5)))
    for mode in MODES:
        assert blocked[mode][EAST, NORTH] > 1.1 * free[mode][EAST, NORTH], mode
        assert (blocked[mode] >= free[mode]).all(), mode
    assert blocked[WALK][WEST, EAST] == free[WALK][WEST, EAST]
    again = await times(pool, clock, travel)
    assert all((again[mode] == free[mode]).all() for mode in MODES)


async def test_a_place_off_the_map_is_estimated_and_spoils_no_other(
    pool: Pool, clock: FakeClock, running: Valhalla
) -> None:
    lost = Position(40.0, 100.0)
    wanted = Wanted(
        area=AREA,
        positions=[*PLACES, lost],
        modes=frozenset({CAR}),
        midnight=at(0),
        zone=ZONE,
        now=clock.now(),
    )
    found = await through(running).measure(pool, wanted)
    matrix = found.times(PLACES, frozenset({CAR}))[CAR]
    assert (matrix == (await times(pool, clock, through(running)))[CAR]).all()
    assert found.note.router == RouterState.UP
    assert found.note.estimated == 2 * len(PLACES)


async def test_each_time_of_day_is_asked_for_with_a_departure_and_kept_apart(
    pool: Pool, clock: FakeClock, running: Valhalla
) -> None:
    morning = Slot(name="morning", window=Window(start=25_200, end=32_400), factors={CAR: 3})
    travel = replace(through(running), builtin=Builtin(slots=Slots((morning,))))
    peak = Mode("car@morning")
    found = await times(pool, clock, travel, modes=frozenset({CAR, peak}))
    # Our streets know no traffic: the router says the same at any time, and no factor is added.
    assert (found[peak] == found[CAR]).all()
    rows = await pool.fetch("SELECT DISTINCT mode, slot FROM scheduler.travel_time ORDER BY slot")
    assert [tuple(row) for row in rows] == [("car", ""), ("car", "morning")]


async def test_a_plan_made_by_the_routers_times_verifies_and_says_where_they_came_from(
    street: Street, clock: FakeClock, running: Valhalla
) -> None:
    for name in ("Zhao", "Qian", "Sun", "Li"):
        await street.visit(await street.resident(name), (600, 900))
    await street.caregiver("Wu", (480, 960))
    await street.caregiver("Zheng", (480, 960))
    await street.pool.execute(
        "UPDATE dispatch.home SET lat = lat + 0.004 WHERE address LIKE '2%' OR address LIKE '4%'"
    )
    travel = through(running)
    done = await plan_day(
        street.pool,
        clock,
        AREA,
        DAY,
        Kind.VISITS,
        options=SolveOptions(seconds=2, threads=1, travel=travel),
    )
    assert (done.state, done.violations) == ("published", ())
    summary = await street.pool.fetchval("SELECT summary FROM scheduler.plan")
    assert summary["placed"] == 4
    assert summary["travel"]["provider"] == "valhalla"
    assert summary["travel"]["estimated"] == 0
    basis = await load_basis(street.pool, AREA, DAY, Kind.VISITS, clock.now(), travel=travel)
    assert basis.previous is not None
    # The same plan in built-in times is another matter: they differ from the router's.
    own = await load_basis(street.pool, AREA, DAY, Kind.VISITS, clock.now())
    (mode,) = basis.problem.travel
    assert (basis.problem.travel[mode] != own.problem.travel[mode]).any()
    assert violations(basis.problem, basis.previous) == ()


async def test_a_blocked_road_expires_with_its_closure(
    pool: Pool, clock: FakeClock, running: Valhalla
) -> None:
    await times(pool, clock, through(running), closed(corner(3.5, 5)))
    last = await pool.fetchval(
        "SELECT max(expires_at) FROM scheduler.travel_time WHERE avoiding <> ''"
    )
    assert last == at(1_000)
