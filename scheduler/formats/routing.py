"""Vehicle routing with time windows: Solomon's, Cordeau's and VRPLIB files, Bredström's pairs.

Vehicles are loaded at their depot; all windows are hard; the objective is travel.
"""

import re
from dataclasses import dataclass
from itertools import starmap

import numpy as np
from numpy.typing import NDArray

from scheduler.formats.instance import FOREVER, Instance, Place, euclidean, never_sooner, scaled
from scheduler.model.problem import (
    CAR,
    Caregiver,
    CaregiverId,
    Load,
    Matrix,
    Precedence,
    Problem,
    Shift,
    Task,
    TaskId,
    Weights,
    Window,
)

TRAVEL_ONLY = Weights(
    travel=1, lateness=0, worst_lateness=0, continuity=0, preference=0, overtime=0, fairness=0
)
FINE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopover:
    """A customer in our seconds."""

    node: int
    demand: int
    service: int
    window: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """A vehicle: location and hours of its depot, room, longest tour in our seconds."""

    depot: int
    hours: tuple[int, int]
    room: int
    longest: int | None = None


def _instance(
    name: str,
    customers: list[Stopover],
    fleet: list[Vehicle],
    travel: Matrix,
    *,
    scale: int,
    exact: NDArray[np.float64] | None = None,
    together: tuple[tuple[int, int], ...] = (),
) -> Instance:
    tasks = tuple(
        Task(
            id=TaskId(str(stop.node)),
            location=stop.node,
            duration=stop.service,
            window=Window(start=stop.window[0], end=stop.window[1]),
            load=Load(hot=stop.demand),
        )
        for stop in customers
    )
    vehicles = tuple(
        Caregiver(
            id=CaregiverId(str(number)),
            mode=CAR,
            shifts=(
                Shift(
                    window=Window(start=vehicle.hours[0], end=vehicle.hours[1]),
                    origin=vehicle.depot,
                    destination=vehicle.depot,
                ),
            ),
            capacity=Load(hot=vehicle.room),
            max_work=vehicle.longest,
        )
        for number, vehicle in enumerate(fleet)
    )
    rules = tuple(
        Precedence(
            first=TaskId(str(a)), then=TaskId(str(b)), least=0, most=0, different_caregivers=True
        )
        for a, b in together
    )
    problem = Problem(
        tasks=tasks,
        caregivers=vehicles,
        travel={CAR: travel},
        precedences=rules,
        weights=TRAVEL_ONLY,
    )
    places = {TaskId(str(stop.node)): Place(node=stop.node) for stop in customers}
    return Instance(name=name, problem=problem, scale=scale, places=places, travel=exact)


def read_solomon(name: str, text: str) -> Instance:
    """Read Solomon's and Gehring and Homberger's layout; DIMACS convention, one decimal."""
    numbers = [
        [float(value) for value in line.split()]
        for line in text.splitlines()
        if re.fullmatch(r"[\d\s.+-]+", line) and line.strip()
    ]
    count, capacity = int(numbers[0][0]), int(numbers[0][1])
    rows = np.array(numbers[1:])
    travel = np.floor(10 * euclidean(rows[:, 1], rows[:, 2]) + 1e-9).astype(np.int32)
    customers = [
        Stopover(
            node=node,
            demand=int(row[3]),
            service=round(10 * row[6]),
            window=(round(10 * row[4]), round(10 * row[5])),
        )
        for node, row in enumerate(rows.tolist())
        if node > 0
    ]
    hours = (round(10 * rows[0, 4]), round(10 * rows[0, 5]))
    fleet = [Vehicle(depot=0, hours=hours, room=capacity) for _ in range(count)]
    return _instance(name, customers, fleet, travel, scale=10)


def read_cordeau(name: str, text: str) -> Instance:
    """Read several depots, with time windows (type 6) or without (type 2); double precision.

    `m` vehicles are at each depot. Nodes are numbered as the file does: customers 1..n, depots
    after them; 0 is nobody, since depots are listed last.

    Raises:
        ValueError: the file is of another type.
    """
    lines = [[float(value) for value in line.split()] for line in text.splitlines() if line.strip()]
    sort, vehicles, count, depots = (int(value) for value in lines[0][:4])
    if sort not in {2, 6}:
        raise ValueError(f"type {sort}; several depots are type 2, with time windows type 6")
    timed = sort == 6
    limits = lines[1 : depots + 1]
    rows = lines[depots + 1 : depots + 1 + count]
    bases = lines[depots + 1 + count : 2 * depots + 1 + count]
    x, y = (np.array([row[column] for row in [bases[0], *rows, *bases]]) for column in (1, 2))
    exact = euclidean(x, y)
    customers = [
        Stopover(
            node=node,
            demand=round(row[4]),
            service=round(FINE * row[3]),
            window=_hours(row, timed=timed),
        )
        for node, row in enumerate(rows, start=1)
    ]
    fleet = []
    for number, (base, limit) in enumerate(zip(bases, limits, strict=True)):
        longest = round(FINE * limit[0]) or None
        fleet += [
            Vehicle(
                depot=count + 1 + number,
                hours=_hours(base, timed=timed),
                room=round(limit[1]),
                longest=longest,
            )
        ] * vehicles
    return _instance(name, customers, fleet, never_sooner(exact, FINE), scale=FINE, exact=exact)


def _hours(row: list[float], *, timed: bool) -> tuple[int, int]:
    """The last two columns of a Cordeau row; an end of 0 stands for none."""
    if not timed:
        return 0, FINE * FOREVER
    return round(FINE * row[-2]), round(FINE * (row[-1] or FOREVER))


def read_vrplib(name: str, text: str) -> Instance:
    """Read the VRPLIB dialect of PyVRP: distances times 1000, rounded; several depots.

    Raises:
        ValueError: it asks for what is not read here: several trips, or release times.
    """
    sections: dict[str, list[list[float]]] = {}
    fields: dict[str, str] = {}
    rows: list[list[float]] = []
    for line in text.splitlines():
        if line.strip().endswith("_SECTION"):
            rows = sections.setdefault(line.strip(), [])
        elif ":" in line:
            key, _, value = line.partition(":")
            fields[key.strip()] = value.strip()
        elif line.strip() and line.strip() != "EOF":
            rows.append([float(value) for value in line.split()])

    unread = sorted({"RELEASE_TIME_SECTION", "VEHICLES_RELOAD_DEPOT_SECTION"} & set(sections))
    if unread:
        raise ValueError(f"{' and '.join(unread)}: release times and reloading are not read")

    def column(section: str, number: int) -> list[float]:
        return [row[number] for row in sections[section] if row[0] > 0]

    x, y = (np.array(column("NODE_COORD_SECTION", n)) for n in (1, 2))
    exact = euclidean(x, y)
    depots = [int(row[0]) - 1 for row in sections["DEPOT_SECTION"] if row[0] > 0]
    demand, service = (column(key, 1) for key in ("DEMAND_SECTION", "SERVICE_TIME_SECTION"))
    early, late = (column("TIME_WINDOW_SECTION", n) for n in (1, 2))
    customers = [
        Stopover(
            node=node,
            demand=round(demand[node]),
            service=round(FINE * service[node]),
            window=(round(FINE * early[node]), round(FINE * late[node])),
        )
        for node in range(len(x))
        if node not in depots
    ]
    longest = float(fields.get("VEHICLES_MAX_DURATION", "0"))
    if "VEHICLES_DEPOT_SECTION" in sections:
        homes = [int(row[1]) - 1 for row in sections["VEHICLES_DEPOT_SECTION"] if row[0] > 0]
    else:
        homes = [depots[0]] * int(fields.get("VEHICLES", len(customers)))
    fleet = [
        Vehicle(
            depot=home,
            hours=(round(FINE * early[home]), round(FINE * late[home])),
            room=int(fields["CAPACITY"]),
            longest=round(FINE * longest) if longest else None,
        )
        for home in homes
    ]
    return _instance(name, customers, fleet, scaled(exact, FINE), scale=FINE)


def read_bredstrom(name: str, text: str) -> Instance:
    """Read Bredström and Rönnqvist's visits with synchronised pairs; first period, travel time."""

    def value(key: str) -> int:
        return int(re.search(rf"param {key}:?=?\s*:?=\s*(\d+)", text).group(1))  # type: ignore[union-attr]

    def table(key: str) -> list[list[int]]:
        body = re.search(rf"param {key}:[^=]*:=\s*(.*?);", text, re.DOTALL)
        if body is None:
            raise ValueError(f"no table {key}")
        return [[int(float(n)) for n in line.split()] for line in body[1].splitlines() if line]

    staff, horizon = value("kn"), value("T")
    service, early, late = (
        {row[0]: row[1] for row in table(key)} for key in ("s_id", "e_id", "l_id")
    )
    travel = np.array([row[1:] for row in table("t_ij")], np.int32)
    listed = re.search(r"set Shared_Visited\s*:=([^;]*);", text)
    shared = re.findall(r"\((\d+),\s*(\d+)\)", listed[1]) if listed else []
    customers = [
        Stopover(
            node=node,
            demand=0,
            service=service[node],
            window=(early[node], late[node]),
        )
        for node in range(1, len(travel))
    ]
    fleet = [Vehicle(depot=0, hours=(0, horizon), room=0) for _ in range(staff)]
    pairs = tuple(starmap(lambda a, b: (int(a), int(b)), shared))
    return _instance(name, customers, fleet, travel, scale=1, together=pairs)
