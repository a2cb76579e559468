"""Create the dispatch schema: areas, people, incidents, assignments.

Runs before the deployment of the code that needs it.
"""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the dispatch schema: areas, people, incidents, assignments."""
    op.execute("""
    CREATE SCHEMA dispatch
    """)
