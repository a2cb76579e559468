"""Let services be agreed so many times a week, and contracts say what may be asked of people.

Runs before the deployment of the code that needs it; code that does not know it keeps working.
"""

from alembic import op

revision = "0010"
down_revision = "0009"

_STATEMENTS = (
    # per_week: the days are chosen week by week, among those of the recurrence rule.
    """
    ALTER TABLE scheduler.care_plan_item
        ADD COLUMN per_week smallint CHECK (per_week BETWEEN 1 AND 7),
        ADD COLUMN least_days_apart smallint NOT NULL DEFAULT 1
            CHECK (least_days_apart BETWEEN 1 AND 7)
    """,
    # Minutes. Without a row the shifts are limit enough.
    """
    CREATE TABLE scheduler.contract (
        caregiver_id uuid PRIMARY KEY,
        longest_day smallint CHECK (longest_day > 0),
        longest_week smallint CHECK (longest_week > 0),
        least_rest smallint NOT NULL DEFAULT 660 CHECK (least_rest >= 0),
        most_days_running smallint NOT NULL DEFAULT 6 CHECK (most_days_running BETWEEN 1 AND 14)
    )
    """,
    # caregivers: a suggestion to the day's plan.
    """
    CREATE TABLE scheduler.week_choice (
        care_plan_item_id uuid NOT NULL REFERENCES scheduler.care_plan_item ON DELETE CASCADE,
        day date NOT NULL,
        caregivers uuid[] NOT NULL,
        PRIMARY KEY (care_plan_item_id, day)
    )
    """,
    # The newest run for each week of a centre; missing: what has no place, and why.
    """
    CREATE TABLE scheduler.week_run (
        centre text NOT NULL REFERENCES scheduler.centre,
        monday date NOT NULL CHECK (extract(isodow FROM monday) = 1),
        event_id uuid NOT NULL UNIQUE,
        planned_on date NOT NULL,
        points bigint NOT NULL,
        bound bigint NOT NULL,
        missing jsonb NOT NULL DEFAULT '[]',
        PRIMARY KEY (centre, monday)
    )
    """,
)


def upgrade() -> None:
    """Add flexible items, contracts and chosen weeks."""
    for statement in _STATEMENTS:
        op.execute(statement)
