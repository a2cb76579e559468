"""What a pool's connections are like."""

from kernel import db


async def test_plans_of_a_steady_pool_are_made_once(database_url: str) -> None:
    async with db.pool(database_url, size=1, options=db.STEADY) as pool:
        for number in range(3):
            await pool.fetchval("SELECT $1::integer + 1", number)
        plans = await pool.fetchrow(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements"
            " WHERE statement = 'SELECT $1::integer + 1'"
        )
    assert plans is not None
    assert tuple(plans) == (3, 0)
