"""Create the kernel schema: the outbox and its cursors.

Runs before the deployment of the code that needs it.
"""

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the kernel schema: the outbox and its cursors."""
    op.execute("CREATE SCHEMA kernel")
    # One row whose lock serialises the writers: `seq` is gapless and in commit order.
    op.execute("""
    CREATE TABLE kernel.outbox_head (
        one boolean PRIMARY KEY DEFAULT true CHECK (one),
        seq bigint NOT NULL DEFAULT 0
    )
    """)
    op.execute("INSERT INTO kernel.outbox_head DEFAULT VALUES")
    op.execute("""
    CREATE TABLE kernel.outbox (
        seq bigint PRIMARY KEY,
        at timestamptz NOT NULL,
        topic text NOT NULL,
        area text NOT NULL,
        subject text NOT NULL,
        payload jsonb NOT NULL DEFAULT '{}'
    )
    """)
    op.execute("CREATE INDEX outbox_at ON kernel.outbox (at)")
    op.execute("""
    CREATE TABLE kernel.outbox_cursor (
        consumer text PRIMARY KEY,
        seq bigint NOT NULL
    )
    """)
