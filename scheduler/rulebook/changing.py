"""Reads and changes how strictly a centre keeps its rules; the next plan follows them."""

from collections.abc import Sequence
from datetime import datetime

from kernel.db import Pool
from kernel.errors import ConflictError, InvalidError
from scheduler.centre.store import centre_of
from scheduler.rulebook import store
from scheduler.rulebook.strictness import Setting, checked, in_force, version_of


class RulesChangedError(ConflictError):
    """Somebody else changed the settings since they were read."""

    code = "rules-changed"


async def read(pool: Pool, areas: frozenset[str], now: datetime) -> tuple[Setting, ...]:
    """Return the settings in force at the first centre among `areas`.

    Raises:
        NotFoundError: no centre is there.
    """
    centre, _ = await centre_of(pool, areas, now)
    async with pool.acquire() as conn:
        return in_force(await store.settings(conn, centre))


async def change(
    pool: Pool,
    areas: frozenset[str],
    now: datetime,
    chosen: Sequence[Setting],
    *,
    version: str | None = None,
) -> tuple[Setting, ...]:
    """Change some settings of the first centre among `areas`; return all that are in force.

    Args:
        pool: of connections.
        areas: all areas the asker may see.
        now: the present.
        chosen: settings of different rules.
        version: of the settings that the asker has seen; None: whatever they are.

    Raises:
        RulesChangedError: they are no longer those of `version`; nothing is changed then.
        InvalidError: a rule cannot be set so, or is named twice; nothing is changed then.
        NotFoundError: no centre is there.
    """
    rules = [checked(setting).rule for setting in chosen]
    if len(set(rules)) != len(rules):
        raise InvalidError("a rule is named twice")
    centre, _ = await centre_of(pool, areas, now)
    async with pool.acquire() as conn, conn.transaction():
        await store.lock(conn, centre)
        now_there = version_of(in_force(await store.settings(conn, centre)))
        if version is not None and version != now_there:
            raise RulesChangedError("Somebody else has changed the rules since you read them.")
        await store.save(conn, centre, chosen)
        return in_force(await store.settings(conn, centre))
