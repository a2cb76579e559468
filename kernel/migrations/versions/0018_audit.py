"""Let every package write down who did what, people and processes.

Runs before the deployment of the code that needs it; code that does not know it keeps working.
"""

from alembic import op

revision = "0018"
down_revision = "0017"

_STATEMENTS = (
    "ALTER TABLE dispatch.audit SET SCHEMA kernel",
    # Either somebody's account or the name of what acts by itself.
    """
    ALTER TABLE kernel.audit
        ALTER COLUMN account_id DROP NOT NULL,
        ADD COLUMN process text CHECK (process <> ''),
        ADD CONSTRAINT audit_by_one CHECK (num_nonnulls(account_id, process) = 1)
    """,
    "CREATE INDEX audit_account ON kernel.audit (account_id, at)",
    "CREATE INDEX audit_at ON kernel.audit (at)",
    # Where code of the version before goes on writing.
    """
    CREATE VIEW dispatch.audit AS
    SELECT id, at, account_id, action, area, subject, reason FROM kernel.audit
    """,
)


def upgrade() -> None:
    """Move the audit to the ground floor and let it name processes."""
    for statement in _STATEMENTS:
        op.execute(statement)
