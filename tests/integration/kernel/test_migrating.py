"""What a database of another version meets."""

import pytest

from kernel import db
from kernel.errors import ConflictError


async def test_a_schema_that_a_newer_carebell_made_is_refused_and_left_alone(
    database_url: str, pool: db.Pool
) -> None:
    await pool.execute("UPDATE schema_version SET version_num = '9999'")
    with pytest.raises(ConflictError, match="restore a backup"):
        db.migrate(database_url)
    assert await pool.fetchval("SELECT version_num FROM schema_version") == "9999"


async def test_a_schema_that_is_up_to_date_may_be_migrated_again(
    database_url: str, pool: db.Pool
) -> None:
    before = await pool.fetchval("SELECT version_num FROM schema_version")
    db.migrate(database_url)
    assert await pool.fetchval("SELECT version_num FROM schema_version") == before
