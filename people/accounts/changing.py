"""What people do to their own account: done, and written down."""

from datetime import datetime

from kernel import audit
from kernel.audit import Act
from kernel.db import Connection
from people.accounts import store
from people.accounts.store import Account, Locale


async def set_locale(conn: Connection, account: Account, locale: Locale, at: datetime) -> None:
    """Let an account choose the language of its pages; what it has already changes nothing."""
    async with conn.transaction():
        if await store.set_locale(conn, account.id, locale):
            await write_down(conn, account, "locale_changed", at, locale)


async def write_down(
    conn: Connection, account: Account, action: str, at: datetime, reason: str = ""
) -> None:
    """Record what somebody did to their own account, in the transaction of what it does."""
    act = Act(
        at=at,
        by=account.id,
        action=action,
        area=account.areas[0].id if account.areas else "",
        subject=f"account:{account.id}",
        reason=reason,
    )
    await audit.write_down(conn, act)
