"""Reads and changes how strictly a centre keeps its rules; the next plan follows them."""

from collections.abc import Sequence
from datetime import datetime

from kernel import audit
from kernel.audit import Act, By
from kernel.db import Pool
from kernel.errors import ConflictError, InvalidError
from scheduler.centre.model import Centre
from scheduler.rulebook import store
from scheduler.rulebook.strictness import Setting, checked, in_force, version_of


class RulesChangedError(ConflictError):
    """Somebody else changed the settings since they were read."""

    code = "rules-changed"


async def read(pool: Pool, centre: Centre) -> tuple[Setting, ...]:
    """Return the settings in force at `centre`."""
    async with pool.acquire() as conn:
        return in_force(await store.settings(conn, centre.area))


async def change(
    pool: Pool,
    centre: Centre,
    chosen: Sequence[Setting],
    *,
    now: datetime,
    by: By,
    version: str | None = None,
) -> tuple[Setting, ...]:
    """Change some settings of `centre`; return all that are in force.

    Args:
        pool: of connections.
        centre: whose rules they are.
        chosen: settings of different rules.
        now: the present.
        by: who changes them.
        version: of the settings that the asker has seen; None: whatever they are.

    Raises:
        RulesChangedError: they are no longer those of `version`; nothing is changed then.
        InvalidError: a rule cannot be set so, or is named twice; nothing is changed then.
    """
    rules = [checked(setting).rule for setting in chosen]
    if len(set(rules)) != len(rules):
        raise InvalidError("Name each rule once.")
    async with pool.acquire() as conn, conn.transaction():
        await store.lock(conn, centre.area)
        before = in_force(await store.settings(conn, centre.area))
        if version is not None and version != version_of(before):
            raise RulesChangedError(
                "Somebody else has changed the rules since you read them: read them again."
            )
        await store.save(conn, centre.area, chosen)
        after = in_force(await store.settings(conn, centre.area))
        changed = [setting for setting in after if setting not in before]
        if changed:
            act = Act(
                at=now,
                by=by,
                action="rules_changed",
                area=centre.area,
                subject=f"centre:{centre.area}",
                reason=", ".join(_worded(setting) for setting in changed),
            )
            await audit.write_down(conn, act)
    return after


def _worded(setting: Setting) -> str:
    return f"{setting.rule} {'hard' if setting.hard else 'soft'} {setting.weight}"
