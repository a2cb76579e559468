"""The statements every table of leased jobs needs, written once.

Such a table has id, state, attempts, lease_until, progress (an array of JSON) and created_at.
`attempts` tells workers apart: one that lost its lease can no longer write to the job.
"""

from typing import Final

_READ: Final = "SELECT {columns} FROM {table} WHERE {where}"

# Queued, or running under a lease that its dead worker let pass.
_TAKE: Final = """
UPDATE {table}
SET state = 'running', lease_until = $2, attempts = attempts + 1, progress = '[]'
WHERE id = (
    SELECT id FROM {table}
    WHERE state = 'queued' OR (state = 'running' AND lease_until < $1)
    ORDER BY {order} FOR UPDATE SKIP LOCKED LIMIT 1
)
RETURNING {columns}
"""

_KEEP: Final = """
UPDATE {table} SET lease_until = $3
WHERE id = $1 AND state = 'running' AND attempts = $2 RETURNING {answer}
"""

_ADD_LINE: Final = """
UPDATE {table} SET progress = progress || $3::jsonb
WHERE id = $1 AND state = 'running' AND attempts = $2
"""


def reading(table: str, columns: str, where: str) -> str:
    """Return how jobs are read: those for which a condition holds, in the order it ends with."""
    return _READ.format(table=table, columns=columns, where=where)


def taking(table: str, columns: str, *, order: str) -> str:
    """Return how the next job is taken: $1 now, $2 when the lease ends."""
    return _TAKE.format(table=table, columns=columns, order=order)


def keeping(table: str, *, answer: str) -> str:
    """Return how a lease is renewed: $1 job, $2 attempts, $3 when the lease ends.

    Args:
        table: of jobs.
        answer: an expression over the row; no row: the job is no longer ours.
    """
    return _KEEP.format(table=table, answer=answer)


def adding_line(table: str) -> str:
    """Return how progress is appended to: $1 job, $2 attempts, $3 an array of lines."""
    return _ADD_LINE.format(table=table)
