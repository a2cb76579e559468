"""Who may name which table: a package's own, and of others the views `…_v1` alone.

Tables of people stand in the schema `dispatch`, where they were before people had a floor of its
own; so whose a table is, is said here and not by its schema. The roof is not held to this: the
demo fills an empty database with a whole town.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from kernel.db import Pool

ROOT: Final = Path(__file__).parents[2]
#: Each package and the schemas it may write to.
SCHEMAS: Final = {
    "kernel": {"kernel"},
    "devices": {"devices"},
    "people": {"dispatch"},
    "dispatch": {"dispatch"},
    "scheduler": {"scheduler", "queue"},
    "web": {"web"},
}
#: What the schema `dispatch` holds of people.
OF_PEOPLE: Final = frozenset(
    {
        "account",
        "account_area",
        "account_contact",
        "area",
        "caregiver",
        "caregiver_position",
        "certificate",
        "consent",
        "contact",
        "home",
        "map_feature",
        "resident",
        "station",
    }
)
#: (package, table) that may be named all the same, and why.
EXCEPTIONS: Final[dict[tuple[str, str], str]] = {}

IS_SQL: Final = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|FROM|JOIN)\s")
TABLE: Final = re.compile(r"\b(kernel|devices|dispatch|scheduler|queue|web)\.([a-z][a-z0-9_]*)\b")


def named_in(text: str) -> set[str]:
    """Return the tables and views that a statement, or a part of one, names."""
    return {".".join(found) for found in TABLE.findall(text)} if IS_SQL.search(text) else set()


def named_by(package: str) -> Iterator[tuple[str, str]]:
    """Yield (file, table) of each text in a package's code, docstrings among them."""
    for path in sorted((ROOT / package).rglob("*.py")):
        if {"migrations", "node_modules"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for table in named_in(node.value):
                    yield str(path.relative_to(ROOT)), table


def may_name(package: str, table: str) -> bool:
    """Whether a package may name a table."""
    schema, name = table.split(".")
    if name.endswith("_v1"):
        return True
    mine = schema in SCHEMAS[package]
    if schema == "dispatch":
        mine = mine and (name in OF_PEOPLE) is (package == "people")
    return mine or (package, table) in EXCEPTIONS


@pytest.mark.parametrize("package", SCHEMAS)
def test_a_package_reads_of_others_only_what_they_publish(package: str) -> None:
    named = set(named_by(package))
    assert named, "nothing was looked at"
    assert sorted(one for one in named if not may_name(package, one[1])) == []


async def test_whose_tables_are_listed_are_there(pool: Pool) -> None:
    rows = await pool.fetch(
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = 'dispatch' AND table_type = 'BASE TABLE'"
    )
    assert {row["table_name"] for row in rows} >= OF_PEOPLE


def test_a_foreign_table_is_found_and_a_view_is_not() -> None:
    assert named_in("SELECT id FROM dispatch.home AS h JOIN scheduler.visit v ON true") == {
        "dispatch.home",
        "scheduler.visit",
    }
    assert named_in("import dispatch.incidents") == set()
    assert not may_name("web", "dispatch.home")
    assert not may_name("dispatch", "dispatch.home")
    assert not may_name("people", "dispatch.incident")
    assert not may_name("scheduler", "kernel.audit")
    assert may_name("scheduler", "dispatch.home_v1")
    assert may_name("people", "dispatch.home")
