"""Let a resident's meal be brought by whoever visits at that time.

Runs before the deployment of the code that needs it; code that does not know it keeps working.
"""

from alembic import op

revision = "0008"
down_revision = "0007"

_STATEMENTS = (
    "ALTER TABLE scheduler.meal_order ADD COLUMN with_visit boolean NOT NULL DEFAULT false",
    # Which orders a plan of visits brings, and with which visit. Without a row the order is the
    # meal run's.
    """
    CREATE TABLE scheduler.plan_box (
        plan_id uuid NOT NULL REFERENCES scheduler.plan ON DELETE CASCADE,
        order_id uuid NOT NULL REFERENCES scheduler.meal_order ON DELETE CASCADE,
        visit_id uuid NOT NULL REFERENCES scheduler.visit ON DELETE CASCADE,
        PRIMARY KEY (plan_id, order_id)
    )
    """,
    "CREATE INDEX plan_box_order ON scheduler.plan_box (order_id)",
    # Where an order is handed over: at a stop of its own, or with a visit that takes place.
    """
    CREATE VIEW scheduler.hand_over AS
    SELECT plan_id, caregiver_id, position, shift, trip, start_at, end_at, travel_s, order_id
    FROM scheduler.plan_stop WHERE order_id IS NOT NULL
    UNION ALL
    SELECT s.plan_id, s.caregiver_id, s.position, s.shift, s.trip, s.start_at, s.end_at,
           s.travel_s, b.order_id
    FROM scheduler.plan_box b
    JOIN scheduler.visit v ON v.id = b.visit_id AND v.state NOT IN ('cancelled', 'missed')
    JOIN scheduler.plan_stop s ON s.plan_id = b.plan_id AND s.visit_id = b.visit_id
    """,
)


def upgrade() -> None:
    """Add the mark on orders, and what visits bring."""
    for statement in _STATEMENTS:
        op.execute(statement)
