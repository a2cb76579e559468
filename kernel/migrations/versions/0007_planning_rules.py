"""Let centres set how strictly plans keep rules, residents wish for people, visits be measured.

Runs before the deployment of the code that needs it; code that does not know it keeps working.
"""

from alembic import op

revision = "0007"
down_revision = "0006"

_STATEMENTS = (
    # A rule without a row is as `scheduler.rulebook.strictness` has it.
    """
    CREATE TABLE scheduler.centre_rule (
        centre text NOT NULL REFERENCES scheduler.centre,
        rule text NOT NULL,
        hard boolean NOT NULL,
        weight integer NOT NULL CHECK (weight >= 0),
        PRIMARY KEY (centre, rule)
    )
    """,
    # gender: of whoever comes; language: somebody who shares one with the resident; key: only who
    # holds a key of the home.
    """
    CREATE TABLE scheduler.resident_wish (
        resident_id uuid PRIMARY KEY,
        gender text CHECK (gender IN ('female', 'male')),
        language boolean NOT NULL DEFAULT false,
        key boolean NOT NULL DEFAULT false
    )
    """,
    """
    CREATE TABLE scheduler.key_holder (
        caregiver_id uuid NOT NULL,
        home_id uuid NOT NULL,
        PRIMARY KEY (caregiver_id, home_id)
    )
    """,
    # The share of past visits, in percent, that a planned length is long enough for; 0: as agreed.
    """
    ALTER TABLE scheduler.centre ADD COLUMN measured_percentile smallint NOT NULL DEFAULT 70
        CHECK (measured_percentile BETWEEN 0 AND 95)
    """,
)


def upgrade() -> None:
    """Create the settings and wishes."""
    for statement in _STATEMENTS:
        op.execute(statement)
