"""Alembic's entry point: runs plain SQL under an advisory lock, through asyncpg.

The URL comes from `kernel.db.migrate`; there is no alembic.ini, so there is one way to migrate.
"""

import asyncio
import threading

from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

_LOCK = 0x0CA_BE11  # two processes that migrate at once take turns


def _run(connection: Connection) -> None:
    connection.execute(text(f"SELECT pg_advisory_lock({_LOCK})"))
    context.configure(
        connection=connection, version_table="schema_version", transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()


async def _migrate(url: str) -> None:
    engine = create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"), poolclass=pool.NullPool
    )
    async with engine.connect() as connection:
        await connection.run_sync(_run)
        await connection.commit()
    await engine.dispose()


# A thread of its own, so that `migrate` can also be called while an event loop is running.
_failure: list[BaseException] = []


def _in_thread() -> None:
    try:
        asyncio.run(_migrate(context.config.attributes["url"]))
    except BaseException as error:  # noqa: BLE001 - carried over to the caller's thread
        _failure.append(error)


_thread = threading.Thread(target=_in_thread)
_thread.start()
_thread.join()
if _failure:
    raise _failure[0]
