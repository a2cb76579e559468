"""Who is it that logs in."""

from kernel.db import Pool
from people.accounts import passwords, store
from people.accounts.store import Account


async def verify(pool: Pool, username: str, password: str) -> Account | None:
    """Return the account if the password is its own; unknown names take as long to refuse."""
    async with pool.acquire() as conn:
        account_id, stored = await store.credentials(conn, username) or (None, None)
    if not await passwords.matches(password, stored) or account_id is None:
        return None
    async with pool.acquire() as conn:
        return await store.find(conn, account_id)
