"""Create the web schema: log-in sessions and the name of the live stream.

Runs before the deployment of the code that needs it.
"""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the web schema: log-in sessions and the name of the live stream."""
    op.execute("""
    CREATE SCHEMA web
    """)
    # The token itself is only in the browser's cookie; a stolen table opens no session.
    op.execute("""
    CREATE TABLE web.session (
        token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
        account_id uuid NOT NULL,
        created_at timestamptz NOT NULL,
        last_seen_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        CHECK (expires_at > created_at)
    )
    """)
    op.execute("CREATE INDEX session_account ON web.session (account_id)")
    op.execute("CREATE INDEX session_expires ON web.session (expires_at)")
    # Names the numbering of kernel.outbox: renewed when a backup is restored, because numbers
    # that consoles remember may then be given out again.
    op.execute("""
    CREATE TABLE web.stream (
        one boolean PRIMARY KEY DEFAULT true CHECK (one),
        epoch uuid NOT NULL DEFAULT gen_random_uuid()
    )
    """)
    op.execute("INSERT INTO web.stream DEFAULT VALUES")
