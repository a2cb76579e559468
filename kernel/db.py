"""PostgreSQL through asyncpg: pools with JSON codecs, migration, LISTEN.

`Connection` as a first parameter says: the caller owns the transaction.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script.revision import ResolutionError
from alembic.util import CommandError
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_exponential

from kernel.errors import ConflictError

if TYPE_CHECKING:  # generic in the stubs only
    RawConnection = asyncpg.Connection[asyncpg.Record]
    Connection = RawConnection | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]
else:
    RawConnection = asyncpg.Connection
    Connection = asyncpg.Connection
    Pool = asyncpg.Pool
Record = asyncpg.Record

#: What asyncpg raises while the server is away, starting or stopping: wait and try again.
UNAVAILABLE: Final = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
)

#: Other troubles of the server that pass by themselves, whatever was asked of it.
PASSING: Final = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.InsufficientResourcesError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.QueryCanceledError,
    asyncpg.IdleInTransactionSessionTimeoutError,
)

#: For a pool that asks the same few statements for ever, on the way of an alarm. Their plans are
#: made once, and a process that hangs in a transaction lets go of its locks.
STEADY: Final[Mapping[str, str]] = {
    "plan_cache_mode": "force_generic_plan",
    "idle_in_transaction_session_timeout": "2000",
}
NO_OPTIONS: Final[Mapping[str, str]] = {}


def literal(words: str) -> str:
    """Return `words` as a LIKE pattern that matches only them; put `%` around it in the SQL."""
    return words.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def is_passing(error: BaseException) -> bool:
    """Say whether waiting helps: the server's trouble, not the statement's."""
    if isinstance(error, asyncpg.InterfaceError) and isinstance(error, ValueError):
        return False  # asyncpg's word for an argument it cannot encode
    return isinstance(error, (*UNAVAILABLE, *PASSING))


async def _prepare(conn: RawConnection) -> None:
    for kind in ("json", "jsonb"):
        await conn.set_type_codec(
            kind, encoder=_dump, decoder=json.loads, schema="pg_catalog", format="text"
        )


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


async def connect(url: str, options: Mapping[str, str] = NO_OPTIONS) -> RawConnection:
    """Open one connection with our codecs, for LISTEN or a short task."""
    conn = await asyncpg.connect(url, server_settings={"timezone": "UTC", **options})
    await _prepare(conn)
    return conn


@asynccontextmanager
async def pool(
    url: str,
    *,
    size: int = 5,
    wait_s: float = 30,
    codecs: bool = True,
    options: Mapping[str, str] = NO_OPTIONS,
) -> AsyncIterator[Pool]:
    """Open a pool, waiting up to `wait_s` seconds for the server to answer.

    Args:
        url: of the database.
        size: most connections.
        wait_s: seconds.
        codecs: off for a library that writes its JSON itself.
        options: settings of the server for these connections.

    Raises:
        OSError | asyncpg.PostgresError: the server did not answer in time.
    """

    @retry(
        retry=retry_if_exception_type(UNAVAILABLE),
        stop=stop_after_delay(wait_s),
        wait=wait_exponential(multiplier=0.05, max=1),
        reraise=True,
    )
    async def opened() -> Pool:
        return await asyncpg.create_pool(
            url,
            min_size=1,
            max_size=size,
            init=_prepare if codecs else None,
            server_settings={"timezone": "UTC", **options},
        )

    opened_pool = await opened()
    try:
        yield opened_pool
    finally:
        try:
            async with asyncio.timeout(5):
                await opened_pool.close()
        except (TimeoutError, *UNAVAILABLE):
            opened_pool.terminate()


def migrate(url: str, revision: str = "head") -> None:
    """Bring the schema to `revision`; safe to run twice and from two processes at once.

    Raises:
        ConflictError: a newer Carebell has migrated this database.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["url"] = url
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        if not isinstance(error.__cause__, ResolutionError):
            raise
        raise ConflictError(
            "A newer Carebell has migrated this database, and there is no way back. Install that "
            "version again, or restore a backup from before the upgrade."
        ) from error
