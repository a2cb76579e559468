"""Show a door code, once it is written down who asked and why."""

from kernel.db import Pool
from kernel.errors import InvalidError, NotFoundError
from people.door_codes import store
from people.door_codes.store import Reveal


async def reveal(pool: Pool, asked: Reveal, areas: frozenset[str]) -> str:
    """Return the home's door code; the record of it is committed before it is returned.

    Raises:
        InvalidError: no reason was given.
        NotFoundError: no such home in `areas`, or it has no door code.
    """
    if not asked.reason.strip():
        raise InvalidError("Say why the door code is needed.", field="reason")
    async with pool.acquire() as conn, conn.transaction():
        found = await store.select(conn, asked.home_id, areas)
        area, code = found or ("", None)
        if code is None:
            raise NotFoundError("There is no door code for this home.", id=asked.home_id)
        await store.write_down(conn, asked, area)
    return code
