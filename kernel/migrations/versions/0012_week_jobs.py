"""Let a week be asked for anew: a row that a worker takes under a lease.

Runs before the deployment of the code that needs it; code that does not know it keeps working.
"""

from alembic import op

revision = "0012"
down_revision = "0011"

_STATEMENTS = (
    # rules: those that a choice broke, when it was not kept for that.
    """
    CREATE TABLE scheduler.week_job (
        id uuid PRIMARY KEY,
        event_id uuid NOT NULL UNIQUE,
        centre text NOT NULL REFERENCES scheduler.centre,
        monday date NOT NULL CHECK (extract(isodow FROM monday) = 1),
        cause text NOT NULL CHECK (cause IN ('evening', 'manual')),
        seconds real NOT NULL CHECK (seconds BETWEEN 1 AND 600),
        state text NOT NULL DEFAULT 'queued' CHECK (state IN
            ('queued', 'running', 'done', 'failed')),
        progress jsonb NOT NULL DEFAULT '[]',
        attempts smallint NOT NULL DEFAULT 0,
        lease_until timestamptz,
        error text,
        rules text[] NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL,
        finished_at timestamptz,
        CHECK ((state = 'running') = (lease_until IS NOT NULL)),
        CHECK ((state IN ('done', 'failed')) = (finished_at IS NOT NULL))
    )
    """,
    # Who asks while a week is being chosen is told of that job.
    """
    CREATE UNIQUE INDEX week_job_waiting ON scheduler.week_job (centre, monday)
    WHERE state IN ('queued', 'running')
    """,
    "CREATE INDEX week_job_newest ON scheduler.week_job (centre, monday, created_at)",
)


def upgrade() -> None:
    """Create the jobs of weeks."""
    for statement in _STATEMENTS:
        op.execute(statement)
