"""Say in one place which skill somebody has on which days; let certificates be changed safely.

Runs before the deployment of the code that needs it; code that does not know it keeps working.
"""

from alembic import op

revision = "0015"
down_revision = "0014"

_STATEMENTS = (
    # Both days included; valid_to NULL: until further notice. What no certificate dates always
    # counts; somebody may have a skill for several spans.
    """
    CREATE VIEW dispatch.skill_v1 AS
    SELECT caregiver_id, skill, valid_from, valid_to FROM dispatch.certificate
    UNION ALL
    SELECT c.id, undated.skill, '-infinity'::date, NULL::date
    FROM dispatch.caregiver c CROSS JOIN LATERAL unnest(c.skills) AS undated (skill)
    WHERE NOT EXISTS (
        SELECT FROM dispatch.certificate d
        WHERE d.caregiver_id = c.id AND d.skill = undated.skill
    )
    """,
    # Which day it is in an area. An area of no centre has no row.
    """
    CREATE VIEW scheduler.zone_v1 AS
    SELECT a.area, c.zone FROM scheduler.centre_area a JOIN scheduler.centre c ON c.area = a.centre
    """,
    # Counted up by every change: who has seen an older one is told so.
    "ALTER TABLE dispatch.certificate ADD COLUMN version integer NOT NULL DEFAULT 1",
)


def upgrade() -> None:
    """Add the two views and the version."""
    for statement in _STATEMENTS:
        op.execute(statement)
