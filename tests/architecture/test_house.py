"""The house as it is described: maps that name every room, paths that exist, no circle."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import grimp
import pytest

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = (
    "kernel",
    "devices",
    "people",
    "dispatch",
    "scheduler",
    "web",
    "carebell",
    "bench",
)
TOP: Final = frozenset({*PACKAGES, "tests", "docs", ".ci"})


def inits(tracked: list[Path]) -> list[Path]:
    return [p for p in tracked if p.name == "__init__.py" and p.parts[0] in PACKAGES]


def siblings(init: Path, tracked: list[Path]) -> set[str]:
    """Return the modules and packages beside `init`, and folders that hold anything else."""
    folder = init.parent
    names = {p.relative_to(folder).parts[0] for p in tracked if folder in p.parents}
    return {
        name.removesuffix(".py") for name in names if name.endswith(".py") or "." not in name
    } - {"__init__"}


def test_a_package_s_map_names_every_room(tracked: list[Path]) -> None:
    missing = {}
    for init in inits(tracked):
        text = ast.get_docstring(ast.parse((ROOT / init).read_text(encoding="utf-8"))) or ""
        named = set(re.findall(r"`([\w.]+)`", text))
        unnamed = {name for name in siblings(init, tracked) if name not in named}
        gone = {
            name
            for line in text.splitlines()
            if line.startswith("- `")
            for name in re.findall(r"`(\w+)`", line.partition("  ")[0])
            if name not in siblings(init, tracked)
        }
        if unnamed or gone:
            missing[str(init)] = (sorted(unnamed), sorted(gone))
    assert missing == {}


def is_an_export(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign):
        return [ast.unparse(target) for target in node.targets] == ["__all__"]
    return isinstance(node, ast.Import | ast.ImportFrom)


def test_an_init_holds_a_map_and_nothing_that_runs(tracked: list[Path]) -> None:
    busy = []
    for init in inits(tracked):
        first, *rest = ast.parse((ROOT / init).read_text(encoding="utf-8")).body
        assert isinstance(first, ast.Expr), f"{init} begins with its map"
        if any(not is_an_export(node) for node in rest):
            busy.append(str(init))
    assert busy == []


def circles(graph: grimp.ImportGraph) -> Iterator[list[str]]:
    """Yield sets of modules that import each other in a circle (Tarjan)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []

    def visit(module: str) -> Iterator[list[str]]:
        number[module] = low[module] = len(number)
        stack.append(module)
        for other in sorted(graph.find_modules_directly_imported_by(module)):
            if other not in number:
                yield from visit(other)
                low[module] = min(low[module], low[other])
            elif other in stack:
                low[module] = min(low[module], number[other])
        if low[module] == number[module]:
            at = stack.index(module)
            found, stack[at:] = sorted(stack[at:]), []
            if len(found) > 1:
                yield found

    for module in sorted(graph.modules):
        if module not in number:
            yield from visit(module)


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True)
    assert list(circles(graph)) == []


def paths_in(text: str) -> Iterator[str]:
    """Yield what looks like a path of this tree, as prose and code blocks write it."""
    for quoted in re.findall(r"`([^`\n]+)`", text):
        word = quoted.strip().rstrip("/")
        if re.fullmatch(r"[\w.-]+(/[\w.-]+)+", word) and word.split("/")[0] in TOP:
            yield word
    for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in link and not link.startswith("mailto:"):
            yield f"./{link}"


DOCUMENTS: Final = (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_path_a_document_names_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    gone = [
        path
        for path in paths_in(text)
        if not (document.parent / path if path.startswith("./") else ROOT / path).exists()
    ]
    if document.name == "CHANGELOG.md":
        gone = []  # what was, stays written
    assert gone == []


def test_every_module_a_docstring_names_exists(tracked: list[Path]) -> None:
    modules = {
        ".".join(p.with_suffix("").parts).removesuffix(".__init__")
        for p in tracked
        if p.suffix == ".py"
    }
    gone = {}
    for path in tracked:
        if path.suffix != ".py" or path.parts[0] not in PACKAGES:
            continue
        text = (ROOT / path).read_text(encoding="utf-8")
        named = re.findall(rf"`((?:{'|'.join(PACKAGES)})(?:\.[a-z_0-9]+)+)", text)
        wrong = [
            name
            for name in named
            if name not in modules and name.rpartition(".")[0] not in modules and "_v1" not in name
        ]
        if wrong:
            gone[str(path)] = wrong
    assert gone == {}


def test_tests_stand_where_what_they_test_stands(tracked: list[Path]) -> None:
    kinds = ("unit", "integration")
    folders = {p.parent for p in tracked if p.suffix == ".py" and p.parts[:1] == ("tests",)}
    rooms = {Path(*f.parts[2:]) for f in folders if len(f.parts) > 2 and f.parts[1] in kinds}
    assert sorted(str(room) for room in rooms if not (ROOT / room).is_dir()) == []
