"""Home health care routing and scheduling: Mankowska's files and the JSON of the MNSA authors.

Mankowska, Meisel, Bierwirth (2014); Ceschia, Di Gaspero, Rosati, Schaerf (2024). Start before the
window never, after it at the price of tardiness; objective (D + T + Tmax) / 3.
"""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scheduler.formats.instance import FOREVER, Instance, Place, never_sooner
from scheduler.model.problem import (
    CAR,
    Caregiver,
    CaregiverId,
    Precedence,
    Problem,
    Shift,
    Task,
    TaskId,
    Weights,
    Window,
)

WEIGHTS = Weights(
    travel=1, lateness=1, worst_lateness=1, continuity=0, preference=0, overtime=0, fairness=0
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """One patient in the file's units: services with durations, window, separation."""

    services: tuple[tuple[int, float], ...]
    window: tuple[float, float]
    gap: tuple[float, float]
    refused: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """One caregiver in the file's units: services, shift, where it starts and ends."""

    services: frozenset[int]
    shift: tuple[float, float] | None = None
    base: int = 0


def read_mankowska(name: str, text: str) -> Instance:
    """Read white-space tokens behind key words."""
    token = text.split()

    def numbers(key: str, count: int) -> NDArray[np.float64]:
        at = token.index(key) + 1
        return np.array([float(value) for value in token[at : at + count]])

    rows, workers, kinds = (int(numbers(key, 1)[0]) for key in ("nbNodes", "nbVehi", "nbServi"))
    needs = numbers("r", rows * kinds).reshape(rows, kinds)
    able = numbers("a", workers * kinds).reshape(workers, kinds)
    travel = numbers("d", rows * rows).reshape(rows, rows)
    duration = numbers("p", rows * workers * kinds).reshape(rows, workers, kinds).max(axis=1)
    least, most, early, late = (numbers(key, rows) for key in ("mind", "maxd", "e", "l"))
    patients = [
        Patient(
            services=tuple(
                (kind, float(duration[row, kind])) for kind in range(kinds) if needs[row, kind]
            ),
            window=(float(early[row]), float(late[row])),
            gap=(float(least[row]), float(most[row])),
        )
        for row in range(1, rows - 1)
    ]
    people = [
        Worker(services=frozenset(np.flatnonzero(able[worker]).tolist()))
        for worker in range(workers)
    ]
    return _instance(name, patients, people, travel[:-1, :-1])


def read_json(name: str, text: str) -> Instance:
    """Read the JSON form: one central office, or departing points with shifts (extended)."""
    data = json.loads(text)
    kinds = {service["id"]: number for number, service in enumerate(data["services"])}
    usual = {service["id"]: service.get("default_duration", 0) for service in data["services"]}
    names = [caregiver["id"] for caregiver in data["caregivers"]]
    travel = np.array(data["distances"], np.float64)
    bases = len(travel) - len(data["patients"])
    patients = [_patient(item, kinds, usual, names) for item in data["patients"]]
    people = [
        Worker(
            services=frozenset(kinds[ability] for ability in item["abilities"]),
            shift=tuple(item["working_shift"]) if "working_shift" in item else None,
            base=int(item.get("distance_matrix_index", 0)),
        )
        for item in data["caregivers"]
    ]
    return _instance(name, patients, people, travel, bases=bases)


def _patient(
    item: dict[str, Any], kinds: dict[str, int], usual: dict[str, float], names: list[str]
) -> Patient:
    together = item.get("synchronization")
    gap = (0.0, 0.0)
    if together and together["type"] != "simultaneous":
        gap = (float(together["distance"][0]), float(together["distance"][1]))
    return Patient(
        services=tuple(
            (kinds[need["service"]], float(need.get("duration", usual[need["service"]])))
            for need in item["required_caregivers"]
        ),
        window=(float(item["time_window"][0]), float(item["time_window"][1])),
        gap=gap,
        refused=frozenset(
            names.index(name) for name in item.get("incompatible_caregivers", ()) if name in names
        ),
    )


def _instance(
    name: str,
    patients: list[Patient],
    people: list[Worker],
    travel: NDArray[np.float64],
    *,
    bases: int = 1,
) -> Instance:
    whole = bool(np.all(travel == np.rint(travel)))
    scale = 10 if whole else 1_000
    tasks, rules = [], []
    places: dict[TaskId, Place] = {}
    for row, patient in enumerate(patients):
        ids = []
        for number, (kind, duration) in enumerate(patient.services):
            task = Task(
                id=TaskId(f"{row + bases}.{number}"),
                location=row + bases,
                duration=round(duration * scale),
                window=Window(start=round(patient.window[0] * scale), end=FOREVER * scale),
                due=round(patient.window[1] * scale),
                skills=frozenset({str(kind)}),
                refused=frozenset(CaregiverId(str(worker)) for worker in patient.refused),
            )
            tasks.append(task)
            ids.append(task.id)
            places[task.id] = Place(node=row + bases, service=kind)
        if len(ids) == 2:
            least, most = (round(gap * scale) for gap in patient.gap)
            rules.append(
                Precedence(
                    first=ids[0], then=ids[1], least=least, most=most, different_caregivers=True
                )
            )
    problem = Problem(
        tasks=tuple(tasks),
        caregivers=tuple(
            Caregiver(
                id=CaregiverId(str(number)),
                skills=frozenset(map(str, worker.services)),
                mode=CAR,
                shifts=(_shift(worker, scale),),
                max_overtime=FOREVER * scale,
            )
            for number, worker in enumerate(people)
        ),
        travel={CAR: never_sooner(travel, scale)},
        precedences=tuple(rules),
        weights=WEIGHTS,
    )
    return Instance(
        name=name, problem=problem, scale=scale, places=places, travel=travel, divisor=3.0
    )


def _shift(worker: Worker, scale: int) -> Shift:
    begin, end = worker.shift or (0.0, float(FOREVER))
    return Shift(
        window=Window(start=round(begin * scale), end=round(end * scale)),
        origin=worker.base,
        destination=worker.base,
    )
