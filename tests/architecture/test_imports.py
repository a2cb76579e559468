"""Who may import whom, and which modules decide without touching the world."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import grimp
import pytest

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("kernel", "devices", "people", "dispatch", "scheduler", "web", "carebell")

#: The cores that everything rests on. Nothing they import, however indirectly, may act.
DECIDING: Final = (
    "carebell.demo.care",
    "carebell.demo.geography",
    "carebell.demo.people",
    "carebell.demo.rota",
    "carebell.demo.town",
    "carebell.restarts",
    "devices.events",
    "devices.lanes.reading",
    "devices.mqtt.broker_auth",
    "devices.simulator.device",
    "devices.simulator.report",
    "devices.supervision",
    "dispatch.assignments.eta",
    "dispatch.assignments.events",
    "dispatch.assignments.lifecycle",
    "dispatch.assignments.model",
    "dispatch.incidents.escalation",
    "dispatch.incidents.events",
    "dispatch.incidents.lifecycle",
    "dispatch.incidents.model",
    "dispatch.incidents.opening",
    "dispatch.triage",
    "kernel.errors",
    "kernel.geo",
    "scheduler.care.demand",
    "scheduler.care.measured",
    "scheduler.care.reports",
    "scheduler.care.wishes",
    "scheduler.model.checking",
    "scheduler.city.bisecting",
    "scheduler.city.blocks",
    "scheduler.city.borders",
    "scheduler.city.cutting",
    "scheduler.travel.legs",
    "scheduler.city.model",
    "scheduler.city.neighbours",
    "scheduler.city.pieces",
    "scheduler.city.staffing",
    "scheduler.model.cost",
    "scheduler.day.assembling",
    "scheduler.day.duty",
    "scheduler.day.keeping",
    "scheduler.day.presuming",
    "scheduler.model.figures",
    "scheduler.meals.brought",
    "scheduler.meals.demand",
    "scheduler.meals.reports",
    "scheduler.model.plan",
    "scheduler.model.problem",
    "scheduler.model.reasons",
    "scheduler.rulebook.strictness",
    "scheduler.model.rules",
    "scheduler.reading.tracking",
    "scheduler.travel.builtin",
    "scheduler.travel.closures",
    "scheduler.travel.joining",
    "scheduler.travel.model",
    "scheduler.travel.osrm",
    "scheduler.travel.pairs",
    "scheduler.travel.remembering",
    "scheduler.travel.routers",
    "scheduler.travel.slots",
    "scheduler.travel.valhalla",
    "scheduler.model.verdicts",
    "scheduler.model.verify",
    "scheduler.day.contracts",
    "scheduler.week.booking",
    "scheduler.week.checking",
    "scheduler.week.explaining",
    "scheduler.week.gathering",
    "scheduler.week.model",
)
ACTING: Final = frozenset(
    {
        "asyncio",
        "asyncpg",
        "fastapi",
        "kernel.db",
        "logging",
        "numba",
        "ortools",
        "paho",
        "pyvrp",
        "socket",
        "sqlite3",
        "starlette",
        "structlog",
        "subprocess",
        "threading",
        "uvicorn",
        "websockets",
    }
)


def self_declared() -> Iterator[str]:
    """Yield modules whose docstring says that they are pure."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            first = text.partition("\n\n")[0]
            if "node_modules" not in path.parts and re.search(r"\(pure\b|\b[Pp]ure[.:]", first):
                parts = path.relative_to(ROOT).with_suffix("").parts
                yield ".".join(parts).removesuffix(".__init__")


SELF_DECLARED: Final = tuple(self_declared())


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(
        *PACKAGES, include_external_packages=True, exclude_type_checking_imports=True
    )


def test_the_import_contracts_hold() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("module", DECIDING)
def test_a_module_that_decides_does_not_act(graph: grimp.ImportGraph, module: str) -> None:
    assert module in graph.modules, f"{module} is gone: take it off the list"
    acting = ACTING & graph.find_upstream_modules(module)
    chains = [graph.find_shortest_chain(importer=module, imported=name) for name in sorted(acting)]
    assert not chains, chains


@pytest.mark.parametrize("module", SELF_DECLARED)
def test_what_calls_itself_pure_imports_nothing_that_acts(
    graph: grimp.ImportGraph, module: str
) -> None:
    direct = graph.find_modules_directly_imported_by(module)
    assert sorted(ACTING & direct) == []


@pytest.mark.parametrize("package", ["dispatch", "people", "devices"])
@pytest.mark.parametrize("heavy", ["fastapi", "numba", "ortools", "uvicorn"])
def test_the_alarm_path_needs_neither_web_framework_nor_solver(
    graph: grimp.ImportGraph, package: str, heavy: str
) -> None:
    if heavy in graph.modules:
        chain = graph.find_shortest_chain(importer=package, imported=heavy, as_packages=True)
        assert chain is None
