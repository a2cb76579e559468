"""Where the town lies: a warped lattice of areas with roads on its lines (pure, seeded).

Lattice coordinates: `u` eastwards 0..4, `v` northwards 0..3. A unit cell is a community of about
1.8 km, four grids to each; a column of cells is a street (街道), two columns are a district.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import cos, radians, sin
from random import Random
from typing import Any, Final

from carebell.demo import words
from kernel.geo import Position

CENTRE: Final = Position(32.1200, 119.3600)
METRES_PER_DEGREE: Final = 111_320.0
CELL_M: Final = 1_800.0
COLUMNS: Final = 4
ROWS: Final = 3
TURN: Final = radians(8)
CITY: Final = "anxin"
ESTATES_PER_GRID: Final = 3

Box = tuple[float, float, float, float]
"""West, south, east, north in lattice coordinates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A piece of the town, of any level."""

    id: str
    parent: str | None
    name: str
    level: str
    path: tuple[str, ...]
    boundary: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """A group of houses (小区) in one grid."""

    area: str
    community: str
    street: str
    name: str
    address: str
    at: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A named point: a station or a meal point."""

    area: str
    name: str
    at: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """The town without its people."""

    areas: tuple[Area, ...]
    roads: tuple[tuple[str, dict[str, Any]], ...]
    estates: tuple[Estate, ...]
    stations: tuple[Place, ...]
    meal_points: tuple[Place, ...]


def point(u: float, v: float) -> Position:
    """Return where a lattice coordinate lies: turned a little, and never quite straight."""
    x = CELL_M * (u - COLUMNS / 2) + 110 * sin(1.3 * v + 0.7) + 60 * sin(2.1 * u)
    y = CELL_M * (v - ROWS / 2) + 120 * sin(1.1 * u) + 50 * sin(2.3 * v)
    east, north = x * cos(TURN) - y * sin(TURN), x * sin(TURN) + y * cos(TURN)
    return shifted(CENTRE, east, north)


def shifted(at: Position, east_m: float, north_m: float) -> Position:
    """Return the position so many metres away; good for a few kilometres."""
    return Position(
        round(at.lat + north_m / METRES_PER_DEGREE, 6),
        round(at.lon + east_m / (METRES_PER_DEGREE * cos(radians(at.lat))), 6),
    )


def draw(random: Random, *, meal_points: int = 10) -> Map:
    """Return a town's map."""
    return Map(
        areas=tuple(_areas()),
        roads=tuple(_roads()),
        estates=tuple(_estates(random)),
        stations=tuple(
            Place(
                area=f"{CITY}-s{column + 1}",
                name=words.STREETS[column].removesuffix("街道") + "居家养老服务站",
                at=point(column + 0.5, 1.5 + random.uniform(-0.4, 0.4)),
            )
            for column in range(COLUMNS)
        ),
        meal_points=tuple(_meal_points(random, meal_points)),
    )


def _areas() -> Iterator[Area]:
    def area(level: str, name: str, above: tuple[str, ...], ident: str, box: Box) -> Area:
        return Area(
            id=ident,
            parent=above[-1] if above else None,
            name=name,
            level=level,
            path=(*above, ident),
            boundary={"type": "Polygon", "coordinates": [_outline(box)]},
        )

    yield area("city", words.CITY, (), CITY, (0, 0, COLUMNS, ROWS))
    for column in range(COLUMNS):
        district, street = f"{CITY}-d{column // 2 + 1}", f"{CITY}-s{column + 1}"
        if column % 2 == 0:
            box: Box = (column, 0, column + 2, ROWS)
            yield area("district", words.DISTRICTS[column // 2], (CITY,), district, box)
        above = (CITY, district)
        yield area("street", words.STREETS[column], above, street, (column, 0, column + 1, ROWS))
        for row in range(ROWS):
            number = column * ROWS + row
            community = f"{CITY}-c{number + 1:02d}"
            box = (column, row, column + 1, row + 1)
            name = words.COMMUNITIES[number] + "社区"
            yield area("community", name, (*above, street), community, box)
            for quarter, (i, j) in enumerate(product((0, 0.5), repeat=2)):
                grid = f"{CITY}-g{number * 4 + quarter + 1:02d}"
                box = (column + i, row + j, column + i + 0.5, row + j + 0.5)
                label = f"第{'一二三四'[quarter]}网格"
                yield area("grid", label, (*above, street, community), grid, box)


def _outline(box: Box) -> list[list[float]]:
    """Return the closed ring around a lattice box, counter-clockwise, as GeoJSON wants it."""
    west, south, east, north = box
    steps = [k / 8 for k in range(8)]
    ring = [
        *(point(west + (east - west) * t, south) for t in steps),
        *(point(east, south + (north - south) * t) for t in steps),
        *(point(east - (east - west) * t, north) for t in steps),
        *(point(west, north - (north - south) * t) for t in steps),
    ]
    return [_pair(at) for at in (*ring, ring[0])]


def _pair(at: Position) -> list[float]:
    return [at.lon, at.lat]


def _roads() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield roads on the half lines of the lattice and lanes between them."""
    names, lanes = iter(words.ROADS), iter(words.LANES)
    for step, (ends, extent) in ((2, (COLUMNS, ROWS)), (2, (ROWS, COLUMNS))):
        across = ends == COLUMNS
        for k in range(ends * step + 1):
            yield next(names), _line(k / step, (0, extent), upright=across)
        for k in range(ends * step):
            middle = (2 * k + 1) / (2 * step)
            span = (0.25, extent - 0.75) if k % 2 else (0.75, extent - 0.25)
            yield next(lanes), _line(middle, span, upright=across)


def _line(fixed: float, span: tuple[float, float], *, upright: bool) -> dict[str, Any]:
    count = 24
    along = [span[0] + (span[1] - span[0]) * k / count for k in range(count + 1)]
    points = [point(fixed, t) if upright else point(t, fixed) for t in along]
    return {"type": "LineString", "coordinates": [_pair(at) for at in points]}


def _estates(random: Random) -> Iterator[Estate]:
    used: set[str] = set()
    for column, row, i, j in product(range(COLUMNS), range(ROWS), (0, 1), (0, 1)):
        community = column * ROWS + row
        grid = community * 4 + i * 2 + j
        for _ in range(ESTATES_PER_GRID):
            u = column + i / 2 + random.uniform(0.08, 0.42)
            v = row + j / 2 + random.uniform(0.08, 0.42)
            name = _unused(random, used)
            road = words.ROADS[round(u * 2)]
            yield Estate(
                area=f"{CITY}-g{grid + 1:02d}",
                community=f"{CITY}-c{community + 1:02d}",
                street=f"{CITY}-s{column + 1}",
                name=name,
                address=f"{words.DISTRICTS[column // 2]}{road}{random.randrange(1, 400)}号{name}",
                at=point(u, v),
            )


def _unused(random: Random, used: set[str]) -> str:
    while True:
        number = random.choice(("", "", "一村", "二村", "东", "西"))
        name = random.choice(words.ESTATES) + random.choice(words.ESTATE_KINDS) + number
        if name not in used:
            used.add(name)
            return name


def _meal_points(random: Random, count: int) -> Iterator[Place]:
    cells = list(product(range(COLUMNS), range(ROWS)))
    random.shuffle(cells)
    for k in range(count):
        column, row = cells[k % len(cells)]
        community = column * ROWS + row
        yield Place(
            area=f"{CITY}-c{community + 1:02d}",
            name=words.COMMUNITIES[community] + ("助餐点" if k < len(cells) else "第二助餐点"),
            at=point(column + random.uniform(0.3, 0.7), row + random.uniform(0.3, 0.7)),
        )
