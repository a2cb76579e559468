"""Let other packages read through views alone: what they still read from tables.

Runs before the deployment of the code that needs it; code that does not know it keeps working.
"""

from alembic import op

revision = "0019"
down_revision = "0018"

_STATEMENTS = (
    # What people knows, for the call centre and the pages. A door code is not in it: only the
    # audited reveal selects one.
    """
    CREATE OR REPLACE VIEW dispatch.home_v1 AS
    SELECT id AS home_id, area, address, lat, lon, way_in, door_code IS NOT NULL AS has_door_code
    FROM dispatch.home
    """,
    """
    CREATE OR REPLACE VIEW dispatch.area_v1 AS
    SELECT id, level, path, name, parent FROM dispatch.area
    """,
    "CREATE VIEW dispatch.account_v1 AS SELECT id AS account_id, name FROM dispatch.account",
    # Relatives who may know what happens to whom: the resident, or who signed, has agreed.
    """
    CREATE VIEW dispatch.alerted_v1 AS
    SELECT l.account_id, c.id AS contact_id, r.id AS resident_id, r.home_id
    FROM dispatch.account_contact AS l
    JOIN dispatch.contact AS c ON c.id = l.contact_id
    JOIN dispatch.resident AS r ON r.id = c.resident_id AND r.active
    WHERE EXISTS (
        SELECT FROM dispatch.consent AS k
        WHERE k.contact_id = c.id AND k.purpose = 'alerts' AND k.withdrawn_at IS NULL
    )
    """,
    # How long people have before an unclaimed incident rings further.
    """
    CREATE VIEW dispatch.policy_v1 AS
    SELECT area, louder_s, every_seat_s, supervisor_s FROM dispatch.policy
    """,
    # What terminals have told.
    """
    CREATE OR REPLACE VIEW devices.terminal_v1 AS
    SELECT t.id AS terminal_id, t.area, t.home_id, t.model, s.condition, s.low_battery,
           s.battery, s.last_seen_at, s.rssi, t.heartbeat_s, t.installed_at
    FROM devices.terminal t JOIN devices.terminal_state s ON s.terminal = t.id
    WHERE t.state <> 'retired'
    """,
    """
    CREATE VIEW devices.signal_v1 AS
    SELECT terminal AS terminal_id, id AS signal_id, kind, received_at FROM devices.inbox
    """,
    """
    CREATE VIEW devices.quarantine_v1 AS
    SELECT id, terminal AS terminal_id, area, topic, error, detail, count, first_at, last_at,
           octet_length(raw) AS size_bytes
    FROM devices.quarantine
    """,
)


def upgrade() -> None:
    """Add views, and columns to some."""
    for statement in _STATEMENTS:
        op.execute(statement)
