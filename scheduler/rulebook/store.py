"""SQL of a centre's settings."""

from collections.abc import Sequence
from typing import Final

from kernel.db import Connection
from scheduler.model.rules import Rule
from scheduler.rulebook.strictness import Setting

SETTINGS: Final = """
SELECT rule, hard, weight FROM scheduler.centre_rule WHERE centre = $1 ORDER BY rule
"""

# Whoever changes the settings of a centre does so after the one before.
LOCK: Final = "SELECT area FROM scheduler.centre WHERE area = $1 FOR UPDATE"

SAVE: Final = """
INSERT INTO scheduler.centre_rule (centre, rule, hard, weight)
SELECT $1, rule, hard, weight
FROM unnest($2::text[], $3::boolean[], $4::integer[]) AS s (rule, hard, weight)
ON CONFLICT (centre, rule) DO UPDATE SET hard = excluded.hard, weight = excluded.weight
"""


async def settings(conn: Connection, centre: str) -> tuple[Setting, ...]:
    """Return what the centre has chosen; a row of a rule that is no more is passed over."""
    return tuple(
        Setting(rule=Rule(row["rule"]), hard=row["hard"], weight=row["weight"])
        for row in await conn.fetch(SETTINGS, centre)
        if row["rule"] in list(Rule)
    )


async def lock(conn: Connection, centre: str) -> None:
    """Let nobody else change the centre's settings until the transaction ends."""
    await conn.execute(LOCK, centre)


async def save(conn: Connection, centre: str, chosen: Sequence[Setting]) -> None:
    """Write settings; rules that are not among them stay as they were."""
    await conn.execute(
        SAVE,
        centre,
        [setting.rule.value for setting in chosen],
        [setting.hard for setting in chosen],
        [setting.weight for setting in chosen],
    )
