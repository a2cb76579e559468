"""Create the scheduler schema: services, care plans, visits, meals, plans.

Runs before the deployment of the code that needs it.
"""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the scheduler schema: services, care plans, visits, meals, plans."""
    op.execute("""
    CREATE SCHEMA scheduler
    """)
