"""Keep with each terminal which dialect it speaks.

Runs before the deployment of the code that needs it; code that does not know it keeps working.
"""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Keep with each terminal which dialect it speaks."""
    op.execute("""
    ALTER TABLE devices.terminal
        ADD COLUMN dialect text NOT NULL DEFAULT 'carebell-v1' CHECK (dialect <> '')
    """)
