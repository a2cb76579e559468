"""Create the web schema: log-in sessions.

Runs before the deployment of the code that needs it.
"""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the web schema: log-in sessions."""
    op.execute("""
    CREATE SCHEMA web
    """)
