"""Create the dispatch schema: areas, people, incidents, assignments.

Runs before the deployment of the code that needs it.
"""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the dispatch schema: areas, people, incidents, assignments."""
    op.execute("""
    CREATE SCHEMA dispatch
    """)
    _places()
    _people()
    _accounts()
    _incidents()
    _views()


def _places() -> None:
    op.execute("""
    CREATE TABLE dispatch.area (
        id text PRIMARY KEY CHECK (id ~ '^[a-z0-9-]{1,32}$'),
        parent text REFERENCES dispatch.area,
        name text NOT NULL,
        level text NOT NULL CHECK (level IN ('city', 'district', 'street', 'community', 'grid')),
        path text[] NOT NULL CHECK (path[cardinality(path)] = id),
        boundary jsonb,
        CHECK ((parent IS NULL) = (cardinality(path) = 1))
    )
    """)
    # "everything below these areas" is `path && $1`
    op.execute("CREATE INDEX area_path ON dispatch.area USING gin (path)")
    op.execute("""
    CREATE TABLE dispatch.map_feature (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        layer text NOT NULL CHECK (layer IN ('area', 'road', 'station', 'meal_point')),
        name text NOT NULL DEFAULT '',
        geometry jsonb NOT NULL
    )
    """)
    op.execute("""
    CREATE TABLE dispatch.station (
        id uuid PRIMARY KEY,
        area text NOT NULL REFERENCES dispatch.area,
        name text NOT NULL,
        lat double precision NOT NULL CHECK (lat BETWEEN -90 AND 90),
        lon double precision NOT NULL CHECK (lon BETWEEN -180 AND 180)
    )
    """)
    # door_code is sensitive: only the audited reveal may select it.
    op.execute("""
    CREATE TABLE dispatch.home (
        id uuid PRIMARY KEY,
        area text NOT NULL REFERENCES dispatch.area,
        address text NOT NULL,
        lat double precision NOT NULL CHECK (lat BETWEEN -90 AND 90),
        lon double precision NOT NULL CHECK (lon BETWEEN -180 AND 180),
        way_in text NOT NULL DEFAULT '',
        door_code text
    )
    """)
    op.execute("CREATE INDEX home_area ON dispatch.home (area)")
    # How long people have, per area; an area without a row has its nearest ancestor's.
    op.execute("""
    CREATE TABLE dispatch.policy (
        area text PRIMARY KEY REFERENCES dispatch.area,
        louder_s integer NOT NULL DEFAULT 20 CHECK (louder_s > 0),
        every_seat_s integer NOT NULL DEFAULT 40,
        supervisor_s integer NOT NULL DEFAULT 60,
        stretch_2 integer NOT NULL DEFAULT 3 CHECK (stretch_2 >= 1),
        stretch_3 integer NOT NULL DEFAULT 90 CHECK (stretch_3 >= 1),
        act_within_s integer NOT NULL DEFAULT 180 CHECK (act_within_s > 0),
        offer_within_s integer NOT NULL DEFAULT 90 CHECK (offer_within_s > 0),
        arrive_within_s integer NOT NULL DEFAULT 2700 CHECK (arrive_within_s > 0),
        scene_within_s integer NOT NULL DEFAULT 3600 CHECK (scene_within_s > 0),
        CHECK (louder_s < every_seat_s AND every_seat_s < supervisor_s)
    )
    """)


def _people() -> None:
    op.execute("""
    CREATE TABLE dispatch.resident (
        id uuid PRIMARY KEY,
        home_id uuid NOT NULL REFERENCES dispatch.home,
        name text NOT NULL,
        gender text NOT NULL CHECK (gender IN ('female', 'male', 'unknown')),
        born date,
        phone text,
        care_level smallint NOT NULL DEFAULT 0 CHECK (care_level BETWEEN 0 AND 4),
        conditions text[] NOT NULL DEFAULT '{}',
        languages text[] NOT NULL DEFAULT '{}',
        lives_alone boolean NOT NULL DEFAULT false,
        active boolean NOT NULL DEFAULT true
    )
    """)
    op.execute("CREATE INDEX resident_home ON dispatch.resident (home_id)")
    op.execute("CREATE INDEX resident_phone ON dispatch.resident (phone text_pattern_ops)")
    op.execute("CREATE INDEX resident_name ON dispatch.resident (name text_pattern_ops)")
    op.execute("""
    CREATE TABLE dispatch.contact (
        id uuid PRIMARY KEY,
        resident_id uuid NOT NULL REFERENCES dispatch.resident,
        name text NOT NULL,
        relation text NOT NULL,
        phone text NOT NULL,
        has_key boolean NOT NULL DEFAULT false,
        position smallint NOT NULL CHECK (position >= 1),
        UNIQUE (resident_id, position) DEFERRABLE
    )
    """)
    # contact_id: to whom the consent opens the resident's data; null: to the centre itself.
    op.execute("""
    CREATE TABLE dispatch.consent (
        id uuid PRIMARY KEY,
        resident_id uuid NOT NULL REFERENCES dispatch.resident,
        contact_id uuid REFERENCES dispatch.contact,
        purpose text NOT NULL,
        text_version text NOT NULL,
        giver text NOT NULL,
        scope text NOT NULL DEFAULT '',
        given_at timestamptz NOT NULL,
        withdrawn_at timestamptz,
        CHECK (withdrawn_at IS NULL OR withdrawn_at >= given_at)
    )
    """)
    op.execute("CREATE INDEX consent_resident ON dispatch.consent (resident_id)")
    op.execute("CREATE INDEX consent_contact ON dispatch.consent (contact_id)")
    op.execute("""
    CREATE TABLE dispatch.caregiver (
        id uuid PRIMARY KEY,
        area text NOT NULL REFERENCES dispatch.area,
        station_id uuid REFERENCES dispatch.station,
        kind text NOT NULL DEFAULT 'caregiver' CHECK (kind IN ('caregiver', 'courier')),
        name text NOT NULL,
        phone text NOT NULL,
        gender text NOT NULL CHECK (gender IN ('female', 'male', 'unknown')),
        languages text[] NOT NULL DEFAULT '{}',
        skills text[] NOT NULL DEFAULT '{}',
        travel_mode text NOT NULL CHECK (travel_mode IN ('walk', 'ebike', 'car', 'bus')),
        base_lat double precision NOT NULL CHECK (base_lat BETWEEN -90 AND 90),
        base_lon double precision NOT NULL CHECK (base_lon BETWEEN -180 AND 180),
        active boolean NOT NULL DEFAULT true
    )
    """)
    op.execute("CREATE INDEX caregiver_area ON dispatch.caregiver (area)")
    # The hot row: updated at every fix, so it has room for HOT updates and no index but its key.
    op.execute("""
    CREATE TABLE dispatch.caregiver_position (
        caregiver_id uuid PRIMARY KEY REFERENCES dispatch.caregiver,
        lat double precision NOT NULL CHECK (lat BETWEEN -90 AND 90),
        lon double precision NOT NULL CHECK (lon BETWEEN -180 AND 180),
        accuracy_m real,
        at timestamptz NOT NULL
    ) WITH (fillfactor = 50)
    """)


def _accounts() -> None:
    op.execute("""
    CREATE TABLE dispatch.account (
        id uuid PRIMARY KEY,
        username text NOT NULL UNIQUE CHECK (username = lower(username)),
        name text NOT NULL,
        password_hash text NOT NULL,
        role text NOT NULL CHECK (role IN ('operator', 'supervisor', 'planner', 'caregiver',
                                           'family', 'installer', 'admin')),
        locale text NOT NULL DEFAULT 'zh-CN' CHECK (locale IN ('zh-CN', 'en')),
        caregiver_id uuid UNIQUE REFERENCES dispatch.caregiver,
        active boolean NOT NULL DEFAULT true,
        created_at timestamptz NOT NULL,
        CHECK ((role = 'caregiver') = (caregiver_id IS NOT NULL))
    )
    """)
    op.execute("""
    CREATE TABLE dispatch.account_area (
        account_id uuid NOT NULL REFERENCES dispatch.account,
        area text NOT NULL REFERENCES dispatch.area,
        PRIMARY KEY (account_id, area)
    )
    """)
    # A family account is one or more contacts: the same daughter for both parents.
    op.execute("""
    CREATE TABLE dispatch.account_contact (
        account_id uuid NOT NULL REFERENCES dispatch.account,
        contact_id uuid NOT NULL REFERENCES dispatch.contact,
        PRIMARY KEY (account_id, contact_id)
    )
    """)
    op.execute("CREATE INDEX account_contact_of ON dispatch.account_contact (contact_id)")
    # Who saw what is sensitive, and why. Append only.
    op.execute("""
    CREATE TABLE dispatch.audit (
        id uuid PRIMARY KEY,
        at timestamptz NOT NULL,
        account_id uuid NOT NULL REFERENCES dispatch.account,
        action text NOT NULL,
        area text NOT NULL,
        subject text NOT NULL,
        reason text NOT NULL
    )
    """)
    op.execute("CREATE INDEX audit_subject ON dispatch.audit (subject, at)")


def _incidents() -> None:
    # `subject` is what may have one open incident at a time: home:…, terminal:…, caregiver:…,
    # area:…:kind. `area` and `home_id` have no foreign key: an alarm is kept even when the
    # registry of terminals names an area or a home that is unknown here.
    # `claimed_by` is null exactly while the incident waits in the queue and rings.
    op.execute("""
    CREATE TABLE dispatch.incident (
        id uuid PRIMARY KEY,
        number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
        subject text NOT NULL,
        area text NOT NULL,
        home_id uuid,
        terminal_id text,
        caregiver_id uuid REFERENCES dispatch.caregiver,
        lat double precision,
        lon double precision,
        category text NOT NULL CHECK (category IN ('emergency', 'technical')),
        kind text NOT NULL,
        priority smallint NOT NULL CHECK (priority BETWEEN 1 AND 3),
        test boolean NOT NULL DEFAULT false,
        state text NOT NULL CHECK (state IN ('open', 'claimed', 'assigned', 'on_scene', 'closed')),
        presses integer NOT NULL CHECK (presses >= 1),
        opened_at timestamptz NOT NULL,
        last_signal_at timestamptz NOT NULL,
        waiting_since timestamptz,
        level smallint NOT NULL CHECK (level BETWEEN 0 AND 3),
        step integer NOT NULL CHECK (step >= 0),
        step_due_at timestamptz,
        policy jsonb NOT NULL,
        standing text[] NOT NULL DEFAULT '{}',
        passing boolean NOT NULL DEFAULT false,
        touched boolean NOT NULL DEFAULT false,
        cleared boolean NOT NULL DEFAULT false,
        claimed_by uuid REFERENCES dispatch.account,
        claimed_at timestamptz,
        answered_at timestamptz,
        assignment_id uuid,
        help_coming_at timestamptz,
        arrived_at timestamptz,
        disposition text CHECK (disposition IN ('real', 'accidental', 'test', 'device_fault',
                                                'no_answer')),
        note text NOT NULL DEFAULT '',
        closed_by uuid REFERENCES dispatch.account,
        closed_at timestamptz,
        version integer NOT NULL DEFAULT 1,
        CHECK (home_id IS NULL OR subject = 'home:' || home_id),
        CHECK ((lat IS NULL) = (lon IS NULL)),
        CHECK ((claimed_by IS NULL) = (claimed_at IS NULL)),
        CHECK ((state = 'open') = (waiting_since IS NOT NULL)),
        CHECK (state <> 'open' OR claimed_by IS NULL),
        CHECK (state NOT IN ('claimed', 'assigned', 'on_scene') OR claimed_by IS NOT NULL),
        CHECK (state NOT IN ('assigned', 'on_scene') OR assignment_id IS NOT NULL),
        CHECK (state NOT IN ('claimed', 'closed') OR assignment_id IS NULL),
        CONSTRAINT waiting_has_a_deadline CHECK ((state = 'closed') = (step_due_at IS NULL)),
        CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
        CHECK ((state = 'closed') = (disposition IS NOT NULL)),
        CONSTRAINT a_call_for_help_is_closed_by_a_person
            CHECK (state <> 'closed' OR closed_by IS NOT NULL OR (passing AND NOT touched)),
        CONSTRAINT only_conditions_pass_by_themselves
            CHECK (NOT passing OR (category = 'technical' AND NOT test))
    )
    """)
    op.execute("""
    CREATE UNIQUE INDEX one_open_incident ON dispatch.incident (subject) WHERE state <> 'closed'
    """)
    op.execute("""
    CREATE INDEX incident_due ON dispatch.incident (step_due_at) WHERE step_due_at IS NOT NULL
    """)
    op.execute("CREATE INDEX incident_closed ON dispatch.incident (closed_at DESC)")
    op.execute("CREATE INDEX incident_home ON dispatch.incident (home_id, opened_at DESC)")
    op.execute("""
    CREATE INDEX incident_claimed_by ON dispatch.incident (claimed_by) WHERE state <> 'closed'
    """)
    # One alarm per (terminal, signal): resends and redeliveries change nothing. A signal of nobody
    # known is never taken for another's: nulls are distinct.
    op.execute("""
    CREATE TABLE dispatch.alarm (
        id uuid PRIMARY KEY,
        incident_id uuid NOT NULL REFERENCES dispatch.incident,
        home_id uuid,
        terminal_id text,
        signal_id text NOT NULL,
        kind text NOT NULL,
        category text NOT NULL CHECK (category IN ('emergency', 'technical')),
        priority smallint NOT NULL CHECK (priority BETWEEN 1 AND 3),
        test boolean NOT NULL DEFAULT false,
        received_at timestamptz NOT NULL,
        device_at timestamptz,
        clock_suspect boolean NOT NULL DEFAULT false,
        battery smallint,
        rssi smallint,
        location jsonb,
        data jsonb NOT NULL DEFAULT '{}',
        UNIQUE (terminal_id, signal_id)
    )
    """)
    op.execute("CREATE INDEX alarm_incident ON dispatch.alarm (incident_id, received_at)")
    op.execute("CREATE INDEX alarm_home ON dispatch.alarm (home_id, received_at DESC)")
    # The timeline, and what makes a retry change nothing: the event's own id is the key.
    op.execute("""
    CREATE TABLE dispatch.incident_event (
        id uuid PRIMARY KEY,
        incident_id uuid NOT NULL REFERENCES dispatch.incident,
        position bigint GENERATED ALWAYS AS IDENTITY,
        at timestamptz NOT NULL,
        type text NOT NULL,
        by uuid REFERENCES dispatch.account,
        data jsonb NOT NULL DEFAULT '{}'
    )
    """)
    op.execute("CREATE INDEX incident_event_of ON dispatch.incident_event (incident_id, position)")
    op.execute("""
    CREATE TABLE dispatch.assignment (
        id uuid PRIMARY KEY,
        incident_id uuid NOT NULL REFERENCES dispatch.incident,
        caregiver_id uuid NOT NULL REFERENCES dispatch.caregiver,
        state text NOT NULL CHECK (state IN ('offered', 'accepted', 'en_route', 'on_scene', 'done',
                                             'declined', 'withdrawn', 'expired')),
        offered_at timestamptz NOT NULL,
        offered_by uuid NOT NULL REFERENCES dispatch.account,
        due_at timestamptz,
        accepted_at timestamptz,
        en_route_at timestamptz,
        on_scene_at timestamptz,
        ended_at timestamptz,
        eta_at timestamptz,
        reason text NOT NULL DEFAULT '',
        CONSTRAINT an_offer_has_a_deadline CHECK ((state = 'offered') = (due_at IS NOT NULL)),
        CHECK ((state IN ('done', 'declined', 'withdrawn', 'expired')) = (ended_at IS NOT NULL))
    )
    """)
    op.execute("""
    CREATE UNIQUE INDEX one_job_per_caregiver ON dispatch.assignment (caregiver_id)
    WHERE state IN ('offered', 'accepted', 'en_route', 'on_scene')
    """)
    op.execute("""
    CREATE UNIQUE INDEX one_responder_per_incident ON dispatch.assignment (incident_id)
    WHERE state IN ('offered', 'accepted', 'en_route', 'on_scene')
    """)
    op.execute("CREATE INDEX assignment_incident ON dispatch.assignment (incident_id, offered_at)")
    op.execute(
        "CREATE INDEX assignment_due ON dispatch.assignment (due_at) WHERE due_at IS NOT NULL"
    )


def _views() -> None:
    op.execute("""
    CREATE VIEW dispatch.home_v1 AS
    SELECT id AS home_id, area, address, lat, lon FROM dispatch.home
    """)
    op.execute("""
    CREATE VIEW dispatch.resident_v1 AS
    SELECT r.id AS resident_id, r.home_id, h.area, r.name, r.gender, r.born, r.phone, h.address,
           h.lat, h.lon, r.care_level, r.languages, r.lives_alone, r.active
    FROM dispatch.resident r JOIN dispatch.home h ON h.id = r.home_id
    """)
    op.execute("""
    CREATE VIEW dispatch.caregiver_v1 AS
    SELECT id AS caregiver_id, area, kind, name, phone, gender, languages, skills, travel_mode,
           base_lat, base_lon, active
    FROM dispatch.caregiver
    """)
    op.execute("""
    CREATE VIEW dispatch.position_v1 AS
    SELECT caregiver_id, lat, lon, accuracy_m, at FROM dispatch.caregiver_position
    """)
    # How long the responder stays is unknown: half an hour after the arrival is the estimate.
    op.execute("""
    CREATE VIEW dispatch.away_v1 AS
    SELECT a.caregiver_id, a.incident_id, a.state, coalesce(a.accepted_at, a.offered_at) AS since,
           coalesce(a.on_scene_at, a.eta_at, a.accepted_at, a.offered_at)
               + interval '30 minutes' AS until_estimate,
           i.lat, i.lon
    FROM dispatch.assignment a JOIN dispatch.incident i ON i.id = a.incident_id
    WHERE a.state IN ('offered', 'accepted', 'en_route', 'on_scene')
    """)
