"""What a file may be and say."""

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
LONGEST: Final = 400
CODE: Final = frozenset({".py", ".ts", ".vue"})
PAGES: Final = Path("web/ui/src")
WIDEST: Final = 120
# assembled, so that this file does not break its own rule
REGISTRY: Final = re.compile(
    "|".join(
        re.escape(host.replace("|", "."))
        for host in ("registry|npmjs|org", "registry|npmmirror|com", "files|pythonhosted|org")
    )
    + "|"
    + r"pypi[.]org/"
    + "simple"
    + "|"
    + "--"
    + "(extra-)?index-url"
)
MACHINE: Final = re.compile(r"""(?<![\w.~}/-])/(work|opt/pypi|root/\w|home/\w+/)""")


def text_of(path: Path) -> str:
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""  # an image


def test_no_module_is_longer_than_a_reader_can_hold(tracked: list[Path]) -> None:
    code = [p for p in tracked if p.suffix in CODE and "messages" not in p.parts]  # those are data
    lengths = {p: text_of(p).count("\n") for p in code}
    assert {str(p): n for p, n in lengths.items() if n > LONGEST} == {}


def test_no_line_of_the_pages_is_wider_than_a_screen(tracked: list[Path]) -> None:
    # ESLint counts scripts and templates, this the styles as well
    lines = {p: text_of(p).splitlines() for p in tracked if p.is_relative_to(PAGES)}
    wide = [
        f"{p}:{n}" for p, of in lines.items() for n, line in enumerate(of, 1) if len(line) > WIDEST
    ]
    assert wide == []


def test_no_tracked_file_names_a_package_registry(tracked: list[Path]) -> None:
    assert [str(p) for p in tracked if REGISTRY.search(text_of(p))] == []


def test_the_lock_file_leaves_the_registry_to_whoever_installs() -> None:
    lock = ROOT / "web" / "ui" / "package-lock.json"
    assert '"resolved": "http' not in lock.read_text(encoding="utf-8")


def test_no_tracked_file_names_a_path_of_somebodys_machine(tracked: list[Path]) -> None:
    assert [str(p) for p in tracked if MACHINE.search(text_of(p))] == []


def test_every_package_says_what_it_is_for(tracked: list[Path]) -> None:
    packages = [p for p in tracked if p.name == "__init__.py" and p.parts[0] != "tests"]
    silent = [str(p) for p in packages if not text_of(p).lstrip().startswith('"""')]
    assert silent == []


def test_pins_name_a_version_and_nothing_else() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [
        line for line in lines if not re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][\w.+!-]*", line)
    ] == []
