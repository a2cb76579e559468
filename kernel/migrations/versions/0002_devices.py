"""Create the devices schema: terminals, their state, inbox, quarantine, commands.

Runs before the deployment of the code that needs it.
"""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the devices schema: terminals, their state, inbox, quarantine, commands."""
    op.execute("""
    CREATE SCHEMA devices
    """)
