"""Which of a server's troubles pass, and what a search looks for."""

import asyncpg
import pytest

from kernel.db import is_passing, literal


@pytest.mark.parametrize(
    ("error", "passing"),
    [
        (ConnectionRefusedError(), True),
        (asyncpg.CannotConnectNowError("starting"), True),
        (asyncpg.DeadlockDetectedError("x"), True),
        (asyncpg.DiskFullError("x"), True),
        (asyncpg.InterfaceError("closed"), True),
        (asyncpg.UniqueViolationError("x"), False),
        (asyncpg.exceptions._base.DataError("an argument it cannot encode"), False),
        (KeyError("x"), False),
    ],
)
def test_the_servers_trouble_passes_and_the_statements_does_not(
    error: Exception, passing: bool
) -> None:
    assert is_passing(error) is passing


def test_words_searched_for_match_only_themselves() -> None:
    assert literal("50%_a\\b") == r"50\%\_a\\b"
    assert literal("Wang 3") == "Wang 3"
