"""Create the devices schema: terminals, their state, inbox, quarantine, commands.

Runs before the deployment of the code that needs it.
"""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the devices schema: terminals, their state, inbox, quarantine, commands."""
    op.execute("CREATE SCHEMA devices")
    _terminals()
    _messages()
    _supervision()
    _views()


def _terminals() -> None:
    op.execute("""
    CREATE TABLE devices.terminal (
        id text PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9-]{1,40}$'),
        area text NOT NULL CHECK (area ~ '^[a-z0-9-]{1,32}$'),
        home_id uuid,
        model text NOT NULL CHECK (model <> ''),
        state text NOT NULL DEFAULT 'enrolled'
            CHECK (state IN ('enrolled', 'installed', 'retired')),
        bcrypt_hash text NOT NULL,
        pbkdf2_hash text NOT NULL,
        heartbeat_s integer NOT NULL CHECK (heartbeat_s BETWEEN 5 AND 90000),
        supervision_s integer NOT NULL,
        enrolled_at timestamptz NOT NULL,
        installed_at timestamptz,
        retired_at timestamptz,
        changed_at timestamptz NOT NULL,
        CHECK (supervision_s >= 2 * heartbeat_s),
        CHECK ((state = 'installed') = (home_id IS NOT NULL)),
        CHECK ((state = 'retired') = (retired_at IS NOT NULL))
    )
    """)
    op.execute("CREATE INDEX terminal_home ON devices.terminal (home_id)")
    op.execute("CREATE INDEX terminal_area ON devices.terminal (area)")
    # One row: moves with every change of credentials or rights, so that whoever writes the
    # broker's users file knows when it is out of date, also after a lost NOTIFY.
    op.execute("""
    CREATE TABLE devices.access (
        one boolean PRIMARY KEY DEFAULT true CHECK (one),
        version bigint NOT NULL DEFAULT 0
    )
    """)
    op.execute("INSERT INTO devices.access DEFAULT VALUES")
    # The hot row: every heartbeat changes it. No index but the primary key, so that an update
    # stays on its page (HOT); the sweep's scan of it costs less than an index on the deadline.
    op.execute("""
    CREATE TABLE devices.terminal_state (
        terminal text PRIMARY KEY REFERENCES devices.terminal (id),
        condition text NOT NULL DEFAULT 'unknown'
            CHECK (condition IN ('unknown', 'online', 'silent')),
        last_seen_at timestamptz,
        silent_due_at timestamptz,
        silence_told boolean NOT NULL DEFAULT false,
        connected boolean,
        boot text,
        seq bigint,
        seq_window bigint NOT NULL DEFAULT 0,
        lost bigint NOT NULL DEFAULT 0,
        clock_skew_s double precision,
        battery smallint CHECK (battery BETWEEN 0 AND 100),
        low_battery boolean NOT NULL DEFAULT false,
        mains boolean,
        rssi smallint,
        fw text,
        hour timestamptz,
        hour_beats integer NOT NULL DEFAULT 0,
        hour_lost integer NOT NULL DEFAULT 0,
        hour_battery_min smallint,
        hour_rssi_min smallint
    ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05)
    """)


def _messages() -> None:
    op.execute("""
    CREATE TABLE devices.inbox (
        terminal text NOT NULL,
        id text NOT NULL CHECK (length(id) BETWEEN 1 AND 64),
        kind text NOT NULL,
        received_at timestamptz NOT NULL,
        device_at timestamptz,
        boot text,
        seq bigint,
        raw bytea NOT NULL,
        PRIMARY KEY (terminal, id)
    )
    """)
    op.execute("CREATE INDEX inbox_received ON devices.inbox USING brin (received_at)")
    op.execute("""
    CREATE TABLE devices.quarantine (
        id uuid PRIMARY KEY,
        terminal text,
        area text NOT NULL,
        topic text NOT NULL,
        raw bytea NOT NULL,
        digest bytea NOT NULL,
        error text NOT NULL,
        detail text NOT NULL,
        count integer NOT NULL DEFAULT 1,
        first_at timestamptz NOT NULL,
        last_at timestamptz NOT NULL,
        told_at timestamptz,
        UNIQUE (topic, digest)
    )
    """)
    op.execute("CREATE INDEX quarantine_last ON devices.quarantine (last_at)")
    op.execute("CREATE INDEX quarantine_told ON devices.quarantine (terminal, told_at)")
    op.execute("""
    CREATE TABLE devices.reading_latest (
        terminal text NOT NULL REFERENCES devices.terminal (id),
        name text NOT NULL,
        value double precision NOT NULL,
        unit text NOT NULL,
        at timestamptz NOT NULL,
        received_at timestamptz NOT NULL,
        in_range boolean NOT NULL,
        PRIMARY KEY (terminal, name)
    ) WITH (fillfactor = 70)
    """)
    op.execute("""
    CREATE TABLE devices.heartbeat_hour (
        terminal text NOT NULL REFERENCES devices.terminal (id),
        hour timestamptz NOT NULL,
        beats integer NOT NULL,
        lost integer NOT NULL,
        battery_min smallint,
        rssi_min smallint,
        PRIMARY KEY (terminal, hour)
    )
    """)
    op.execute("CREATE INDEX heartbeat_hour_hour ON devices.heartbeat_hour USING brin (hour)")
    op.execute("""
    CREATE TABLE devices.command (
        id uuid PRIMARY KEY,
        terminal text NOT NULL REFERENCES devices.terminal (id),
        type text NOT NULL,
        body jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        next_at timestamptz,
        attempts integer NOT NULL DEFAULT 0,
        sent_at timestamptz,
        replied_at timestamptz,
        ok boolean,
        error text,
        reply jsonb,
        CHECK ((replied_at IS NULL) = (ok IS NULL))
    )
    """)
    op.execute("CREATE INDEX command_due ON devices.command (next_at) WHERE next_at IS NOT NULL")
    op.execute("CREATE INDEX command_terminal ON devices.command (terminal, created_at)")


def _supervision() -> None:
    # One row: since when, and until when, we have been hearing. A silence of ours must not be
    # taken for a silence of the terminals, whichever process restarts.
    op.execute("""
    CREATE TABLE devices.hearing (
        one boolean PRIMARY KEY DEFAULT true CHECK (one),
        since timestamptz,
        alive_at timestamptz
    )
    """)
    op.execute("INSERT INTO devices.hearing DEFAULT VALUES")
    op.execute("""
    CREATE TABLE devices.outage (
        area text PRIMARY KEY,
        since timestamptz NOT NULL,
        silent integer NOT NULL,
        total integer NOT NULL
    )
    """)

    # `devices.supervision.due_after_deafness`, for a scan of all rows; a test holds them together.
    op.execute("""
    CREATE FUNCTION devices.due_after_deafness(
        due timestamptz, seen_at timestamptz, supervision_s integer, hearing_since timestamptz,
        reconnect_s double precision
    ) RETURNS timestamptz LANGUAGE sql IMMUTABLE RETURN
        CASE WHEN seen_at >= hearing_since THEN due
             ELSE greatest(due, hearing_since
                 + coalesce(due - seen_at, make_interval(secs => supervision_s)) / 2
                 + make_interval(secs => reconnect_s))
        END
    """)


def _views() -> None:
    op.execute("""
    CREATE VIEW devices.terminal_v1 AS
    SELECT t.id AS terminal_id, t.area, t.home_id, t.model, s.condition, s.low_battery,
           s.battery, s.last_seen_at
    FROM devices.terminal t JOIN devices.terminal_state s ON s.terminal = t.id
    WHERE t.state <> 'retired'
    """)
    op.execute("""
    CREATE VIEW devices.heartbeat_v1 AS
    SELECT terminal AS terminal_id, hour, beats, lost, battery_min, rssi_min
    FROM devices.heartbeat_hour
    UNION ALL
    SELECT terminal, hour, hour_beats, hour_lost, hour_battery_min, hour_rssi_min
    FROM devices.terminal_state WHERE hour IS NOT NULL
    """)
