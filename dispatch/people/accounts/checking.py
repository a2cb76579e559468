"""Who is it that logs in."""

from dispatch.people.accounts import passwords, store
from dispatch.people.accounts.store import Account
from kernel.db import Pool


async def verify(pool: Pool, username: str, password: str) -> Account | None:
    """Return the account if the password is its own; unknown names take as long to refuse."""
    async with pool.acquire() as conn:
        known = await store.credentials(conn, username)
    account, stored = known if known is not None else (None, None)
    return account if await passwords.matches(password, stored) else None
