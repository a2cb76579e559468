"""The invariants that the schema itself keeps."""

from kernel.db import Pool


async def test_every_view_of_the_contract_can_be_read(pool: Pool) -> None:
    for view in ("home_v1", "resident_v1", "caregiver_v1", "position_v1", "away_v1"):
        assert await pool.fetch(f"SELECT * FROM dispatch.{view}") == []  # noqa: S608
