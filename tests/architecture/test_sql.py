"""Every SQL constant is prepared on the migrated schema: a misspelt column fails here."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import asyncpg
import pytest

from kernel.db import Pool

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("kernel", "devices", "people", "dispatch", "scheduler", "web", "carebell")
SQL: Final = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH|MERGE)\s", re.IGNORECASE)


def upper_case_names(path: Path) -> Iterator[str]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name) and re.fullmatch(r"[A-Z][A-Z0-9_]*", target.id):
                yield target.id


def statements() -> Iterator[tuple[str, str]]:
    """Yield (module, constant) of every statement; a `store.py` may hold nothing but statements."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "migrations" in parts or "node_modules" in parts:
                continue
            names = list(upper_case_names(path))
            if not names or not SQL.search(path.read_text(encoding="utf-8")):
                continue
            module = importlib.import_module(".".join(parts).removesuffix(".__init__"))
            for name in names:
                value = getattr(module, name)
                if isinstance(value, str) and SQL.match(value):
                    yield module.__name__, name


STATEMENTS: Final = sorted(statements())


def test_there_are_statements_to_prepare() -> None:
    assert len(STATEMENTS) > 5


@pytest.mark.parametrize("module", sorted({module for module, _ in STATEMENTS}))
async def test_statements_fit_the_schema(pool: Pool, module: str) -> None:
    loaded, failures = importlib.import_module(module), {}
    async with pool.acquire() as connection:
        for name in (name for owner, name in STATEMENTS if owner == module):
            try:
                await connection.prepare(getattr(loaded, name))
            except asyncpg.PostgresError as error:
                failures[name] = str(error)
    assert failures == {}
