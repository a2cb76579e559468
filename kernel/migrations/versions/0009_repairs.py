"""Keep what a repair of a plan proposes, until a person publishes one of the alternatives.

Runs before the deployment of the code that needs it; code that does not know it keeps working.
"""

from alembic import op

revision = "0009"
down_revision = "0008"

_STATEMENTS = (
    # of_plan: the plan in force it was computed on; done_at: all its alternatives are there.
    """
    CREATE TABLE scheduler.repair (
        id uuid PRIMARY KEY,
        event_id uuid NOT NULL UNIQUE,
        area text NOT NULL REFERENCES scheduler.centre,
        day date NOT NULL,
        kind text NOT NULL CHECK (kind IN ('visits', 'meals')),
        cause text NOT NULL CHECK (cause IN
            ('absence', 'cancelled', 'new_visit', 'late', 'road_closed', 'pull_out')),
        subject uuid,
        state text NOT NULL DEFAULT 'asked' CHECK (state IN
            ('asked', 'offered', 'published', 'outdated', 'dismissed')),
        of_plan uuid REFERENCES scheduler.plan,
        plan_id uuid REFERENCES scheduler.plan,
        publish_event uuid UNIQUE,
        created_at timestamptz NOT NULL,
        done_at timestamptz,
        CHECK ((state = 'published') = (plan_id IS NOT NULL))
    )
    """,
    "CREATE INDEX repair_asked ON scheduler.repair (created_at) WHERE done_at IS NULL",
    # plan: as `scheduler.model.plan.Plan`, so that publishing is one click.
    """
    CREATE TABLE scheduler.repair_alternative (
        repair_id uuid NOT NULL REFERENCES scheduler.repair ON DELETE CASCADE,
        number smallint NOT NULL,
        reach text NOT NULL,
        cost jsonb NOT NULL,
        changes jsonb NOT NULL,
        unplaced smallint NOT NULL,
        seconds real NOT NULL,
        plan jsonb NOT NULL,
        PRIMARY KEY (repair_id, number)
    )
    """,
)


def upgrade() -> None:
    """Create the tables of repairs."""
    for statement in _STATEMENTS:
        op.execute(statement)
