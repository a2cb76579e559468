"""One connection of the pool, kept: giving it back after each batch would cost a round trip."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kernel.db import UNAVAILABLE, Connection, Pool, is_passing


class Held:
    """A lane's own connection. Taken when first needed, and anew after trouble with the server."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._conn: Connection | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Run the block in a transaction of the held connection."""
        async with self.lent() as conn, conn.transaction():
            yield conn

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[Connection]:
        """Lend the held connection: each statement of the block is a transaction."""
        if self._conn is None:
            self._conn = await self._pool.acquire()
        try:
            yield self._conn
        except BaseException as error:
            if is_passing(error) or not isinstance(error, Exception):
                await self.release()
            raise

    async def release(self) -> None:
        """Give the connection back."""
        conn, self._conn = self._conn, None
        if conn is not None:
            try:
                await self._pool.release(conn)  # type: ignore[arg-type]
            except UNAVAILABLE:
                return  # it is gone already
