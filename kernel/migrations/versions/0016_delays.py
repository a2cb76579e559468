"""Note who reaches a visit later than planned, and when.

Runs before the deployment of the code that needs it; code that does not know it keeps working.
"""

from alembic import op

revision = "0016"
down_revision = "0015"

_STATEMENTS = (
    # On the way to the visit from starts_at on, there at until; one row for each who is expected
    # and each time it was said. What was said last counts, as long as the visit has not begun.
    """
    CREATE TABLE scheduler.delay (
        id uuid PRIMARY KEY,
        visit_id uuid NOT NULL REFERENCES scheduler.visit (id) ON DELETE CASCADE,
        caregiver_id uuid NOT NULL,
        said_at timestamptz NOT NULL,
        starts_at timestamptz NOT NULL,
        until timestamptz NOT NULL CHECK (until >= starts_at)
    )
    """,
    "CREATE INDEX delay_caregiver ON scheduler.delay (caregiver_id, until)",
    "CREATE INDEX delay_visit ON scheduler.delay (visit_id)",
)


def upgrade() -> None:
    """Add delays."""
    for statement in _STATEMENTS:
        op.execute(statement)
