"""Who did what, when and why: rows that are only ever added, for every package."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeAlias

from kernel.columns import Columns, filled
from kernel.db import Connection
from kernel.ids import AccountId, new_id


class Process(StrEnum):
    """What acts without anybody's click on a page."""

    COMMAND_LINE = "command line"
    PLANNER = "planner"


By: TypeAlias = AccountId | Process
"""Who acts: somebody who has logged in, or a process."""

_COLUMNS: Final = Columns(
    ("id", "at", "account_id", "process", "action", "area", "subject", "reason")
)

WRITE_DOWN: Final = filled(
    """
INSERT INTO kernel.audit ({row})
SELECT {row} FROM jsonb_populate_recordset(NULL::kernel.audit, $1)
""",
    row=_COLUMNS.of(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something done.

    Attributes:
        by: who did it.
        action: what, in snake case, as a past participle.
        area: of what it is done to; empty if that belongs to none.
        subject: what it is done to, as `kind:id`.
        reason: in words, or what it was changed to. It names nobody but by id.
    """

    at: datetime
    by: By
    action: str
    area: str
    subject: str
    reason: str = ""


async def write_down(conn: Connection, *acts: Act) -> None:
    """Record what was done, in the transaction of what it does."""
    await conn.execute(WRITE_DOWN, [_row(act) for act in acts])


def _row(act: Act) -> dict[str, Any]:
    is_process = isinstance(act.by, Process)
    return {
        "id": new_id(),
        "at": act.at,
        "account_id": None if is_process else act.by,
        "process": act.by if is_process else None,
        "action": act.action,
        "area": act.area,
        "subject": act.subject,
        "reason": act.reason,
    }
