"""Which centre somebody means: the one they name, or the only one they have. Never a guess."""

from collections.abc import Sequence

from kernel.db import Pool
from kernel.errors import InvalidError, NotFoundError
from scheduler.centre import store
from scheduler.centre.model import Centre


async def centre_of(pool: Pool, areas: frozenset[str], named: str | None) -> Centre:
    """Return the centre that somebody means.

    Args:
        pool: of connections.
        areas: all areas they may see.
        named: area of the centre; None: the only one among `areas`.

    Raises:
        NotFoundError: there is none, or the one named is not among `areas`.
        InvalidError: there are several and none is named; `data["centres"]` lists them.
    """
    found = await centre_if_any(pool, areas, named)
    if found is None:
        raise NotFoundError("There is no centre in your areas.")
    return found


async def centre_if_any(pool: Pool, areas: frozenset[str], named: str | None) -> Centre | None:
    """Return the centre that somebody means; None if there is none among their areas.

    Raises:
        NotFoundError: the one named is not among `areas`.
        InvalidError: there are several and none is named; `data["centres"]` lists them.
    """
    async with pool.acquire() as conn:
        return choose(await store.among(conn, areas), named)


def choose(centres: Sequence[Centre], named: str | None) -> Centre | None:
    """Return the centre named, or the only one; None if there are none.

    Raises:
        NotFoundError: the one named is not among them.
        InvalidError: there are several and none is named.
    """
    if named is not None:
        found = next((centre for centre in centres if centre.area == named), None)
        if found is None:
            raise NotFoundError("There is no such centre in your areas.", centre=named)
        return found
    if len(centres) > 1:
        ids = [centre.area for centre in centres]
        raise InvalidError(f"Say which centre: {', '.join(ids)}.", field="centre", centres=ids)
    return centres[0] if centres else None
