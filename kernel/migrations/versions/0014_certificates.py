"""Let certificates have dates: a skill with certificates counts on the days that one covers.

Runs before the deployment of the code that needs it; code that does not know it keeps working.
"""

from alembic import op

revision = "0014"
down_revision = "0013"

_STATEMENTS = (
    # Both days included; valid_to NULL: until further notice. A skill in caregiver.skills without
    # any row here has no date and always counts.
    """
    CREATE TABLE dispatch.certificate (
        id uuid PRIMARY KEY,
        caregiver_id uuid NOT NULL REFERENCES dispatch.caregiver ON DELETE CASCADE,
        skill text NOT NULL CHECK (skill <> ''),
        number text,
        valid_from date NOT NULL,
        valid_to date CHECK (valid_to >= valid_from),
        UNIQUE (caregiver_id, skill, valid_from)
    )
    """,
    """
    CREATE VIEW dispatch.certificate_v1 AS
    SELECT caregiver_id, skill, valid_from, valid_to FROM dispatch.certificate
    """,
)


def upgrade() -> None:
    """Add dated certificates and the view that planning reads."""
    for statement in _STATEMENTS:
        op.execute(statement)
