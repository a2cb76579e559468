"""Which repair somebody means, if they may see it."""

from uuid import UUID

from kernel.db import Connection
from kernel.errors import NotFoundError
from scheduler.repairing import store
from scheduler.repairing.model import Repair


async def find(conn: Connection, areas: frozenset[str], repair_id: UUID) -> Repair:
    """Return a repair of a centre among `areas`.

    Raises:
        NotFoundError: there is none.
    """
    repair = await store.get(conn, repair_id)
    if repair is None or repair.area not in areas:
        raise NotFoundError("There is no such repair.", repair_id=str(repair_id))
    return repair
