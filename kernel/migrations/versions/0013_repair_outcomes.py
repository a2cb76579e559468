"""Say why a repair offers nothing, instead of calling it outdated.

Runs before the deployment of the code that needs it; code that does not know it keeps working.
"""

from alembic import op

revision = "0013"
down_revision = "0012"

_STATEMENTS = (
    "ALTER TABLE scheduler.repair DROP CONSTRAINT repair_state_check",
    """
    ALTER TABLE scheduler.repair ADD CONSTRAINT repair_state_check CHECK (state IN
        ('asked', 'offered', 'published', 'outdated', 'dismissed', 'unanswered'))
    """,
    """
    ALTER TABLE scheduler.repair
        ADD COLUMN why text CHECK (why IN ('no_plan', 'too_large', 'nothing_found')),
        ADD CHECK ((state = 'unanswered') = (why IS NOT NULL))
    """,
)


def upgrade() -> None:
    """Add the outcome."""
    for statement in _STATEMENTS:
        op.execute(statement)
