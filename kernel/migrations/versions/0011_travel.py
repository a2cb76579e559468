"""Keep what routers answered, and roads that are closed.

Runs before the deployment of the code that needs it; code that does not know it keeps working.
"""

from alembic import op

revision = "0011"
down_revision = "0010"

_STATEMENTS = (
    # One row for each origin: targets are int64 place numbers, seconds int32 (-1: no way), both
    # little-endian and of one length. As bytes, because a day of 2,000 places has 4,000,000
    # pairs, and reading them as SQL arrays would take seconds.
    """
    CREATE TABLE scheduler.travel_time (
        provider text NOT NULL,
        mode text NOT NULL,
        slot text NOT NULL DEFAULT '',
        avoiding text NOT NULL DEFAULT '',
        origin bigint NOT NULL,
        targets bytea NOT NULL,
        seconds bytea NOT NULL CHECK (length(targets) = 2 * length(seconds)),
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (provider, mode, slot, avoiding, origin)
    )
    """,
    # Such bytes hardly shrink; compressing them would cost more than it saves.
    """
    ALTER TABLE scheduler.travel_time
        ALTER COLUMN targets SET STORAGE EXTERNAL, ALTER COLUMN seconds SET STORAGE EXTERNAL
    """,
    "CREATE INDEX travel_time_expires ON scheduler.travel_time (expires_at)",
    """
    CREATE TABLE scheduler.road_closure (
        id uuid PRIMARY KEY,
        event_id uuid NOT NULL UNIQUE,
        centre text NOT NULL REFERENCES scheduler.centre,
        lat double precision NOT NULL CHECK (lat BETWEEN -90 AND 90),
        lon double precision NOT NULL CHECK (lon BETWEEN -180 AND 180),
        radius_m integer NOT NULL CHECK (radius_m BETWEEN 10 AND 1500),
        starts_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
        created_at timestamptz NOT NULL,
        lifted_at timestamptz
    )
    """,
    "CREATE INDEX road_closure_centre ON scheduler.road_closure (centre, ends_at)",
    # A plan may be repaired because a road is closed.
    "ALTER TABLE scheduler.plan DROP CONSTRAINT plan_cause_check",
    """
    ALTER TABLE scheduler.plan ADD CONSTRAINT plan_cause_check CHECK (cause IN
        ('daily', 'manual', 'pull_out', 'returned', 'absence', 'late', 'cancelled', 'new_visit',
         'road_closed'))
    """,
)


def upgrade() -> None:
    """Create the tables of travel times and closed roads."""
    for statement in _STATEMENTS:
        op.execute(statement)
