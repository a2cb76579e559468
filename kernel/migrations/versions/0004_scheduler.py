"""Create the scheduler schema: services, care plans, visits, meals, plans.

Runs before the deployment of the code that needs it. Ids of residents, homes, caregivers and
areas come from the dispatch schema and are not foreign keys.
"""

from alembic import op

revision = "0004"
down_revision = "0003"

_STATEMENTS = (
    "CREATE SCHEMA scheduler",
    # ── who plans for whom ───────────────────────────────────────────────────────────────────
    """
    CREATE TABLE scheduler.centre (
        area text PRIMARY KEY,
        zone text NOT NULL DEFAULT 'Asia/Shanghai',
        lat double precision NOT NULL,
        lon double precision NOT NULL
    )
    """,
    """
    CREATE TABLE scheduler.centre_area (
        area text PRIMARY KEY,
        centre text NOT NULL REFERENCES scheduler.centre
    )
    """,
    "CREATE INDEX centre_area_centre ON scheduler.centre_area (centre)",
    # ── what is offered ──────────────────────────────────────────────────────────────────────
    # minutes: by care level 0..4; tasks: [{"id", "zh", "en"}] to tick off on the phone.
    """
    CREATE TABLE scheduler.service_item (
        id text PRIMARY KEY CHECK (id ~ '^[a-z0-9_-]{1,32}$'),
        zh text NOT NULL,
        en text NOT NULL,
        skills text[] NOT NULL DEFAULT '{}',
        minutes smallint[] NOT NULL CHECK (cardinality(minutes) = 5 AND 0 < ALL (minutes)),
        staff smallint NOT NULL DEFAULT 1 CHECK (staff IN (1, 2)),
        tasks jsonb NOT NULL DEFAULT '[]'
    )
    """,
    # ── what was agreed with a resident ──────────────────────────────────────────────────────
    """
    CREATE TABLE scheduler.care_plan (
        id uuid PRIMARY KEY,
        resident_id uuid NOT NULL,
        starts_on date NOT NULL,
        ends_on date CHECK (ends_on >= starts_on),
        active boolean NOT NULL DEFAULT true
    )
    """,
    "CREATE INDEX care_plan_resident ON scheduler.care_plan (resident_id)",
    # The window is for the start, in minutes of the centre's local day; `to` may pass midnight.
    """
    CREATE TABLE scheduler.care_plan_item (
        id uuid PRIMARY KEY,
        care_plan_id uuid NOT NULL REFERENCES scheduler.care_plan ON DELETE CASCADE,
        service text NOT NULL REFERENCES scheduler.service_item,
        rrule text NOT NULL,
        window_from smallint NOT NULL CHECK (window_from BETWEEN 0 AND 1439),
        window_to smallint NOT NULL CHECK (window_to BETWEEN window_from AND 2880),
        minutes smallint CHECK (minutes > 0),
        staff smallint CHECK (staff IN (1, 2)),
        preferred uuid[] NOT NULL DEFAULT '{}',
        refused uuid[] NOT NULL DEFAULT '{}',
        priority smallint NOT NULL DEFAULT 1 CHECK (priority BETWEEN 1 AND 3),
        on_holidays boolean NOT NULL DEFAULT true,
        after_item uuid REFERENCES scheduler.care_plan_item ON DELETE SET NULL
            CHECK (after_item <> id),
        least_gap smallint NOT NULL DEFAULT 0 CHECK (least_gap >= 0),
        most_gap smallint CHECK (most_gap >= least_gap),
        different_caregivers boolean NOT NULL DEFAULT false,
        active boolean NOT NULL DEFAULT true
    )
    """,
    "CREATE INDEX care_plan_item_plan ON scheduler.care_plan_item (care_plan_id)",
    """
    CREATE TABLE scheduler.holiday (
        centre text NOT NULL REFERENCES scheduler.centre,
        day date NOT NULL,
        name text NOT NULL,
        PRIMARY KEY (centre, day)
    )
    """,
    """
    CREATE TABLE scheduler.resident_absence (
        id uuid PRIMARY KEY,
        resident_id uuid NOT NULL,
        from_day date NOT NULL,
        to_day date NOT NULL CHECK (to_day >= from_day),
        reason text NOT NULL DEFAULT ''
    )
    """,
    "CREATE INDEX resident_absence_resident ON scheduler.resident_absence (resident_id, to_day)",
    # ── who works when ───────────────────────────────────────────────────────────────────────
    """
    CREATE TABLE scheduler.shift (
        id uuid PRIMARY KEY,
        caregiver_id uuid NOT NULL,
        starts_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
        UNIQUE (caregiver_id, starts_at)
    )
    """,
    "CREATE INDEX shift_ends_at ON scheduler.shift (ends_at)",
    """
    CREATE TABLE scheduler.absence (
        id uuid PRIMARY KEY,
        caregiver_id uuid NOT NULL,
        starts_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
        reason text NOT NULL DEFAULT ''
    )
    """,
    "CREATE INDEX absence_caregiver ON scheduler.absence (caregiver_id, ends_at)",
    # Pulled out by an alarm: one row for each accepted assignment, told by dispatch's facts.
    """
    CREATE TABLE scheduler.pull_out (
        assignment_id uuid PRIMARY KEY,
        caregiver_id uuid NOT NULL,
        starts_at timestamptz NOT NULL,
        until timestamptz NOT NULL CHECK (until >= starts_at),
        lat double precision,
        lon double precision,
        over boolean NOT NULL DEFAULT false
    )
    """,
    "CREATE INDEX pull_out_caregiver ON scheduler.pull_out (caregiver_id, until)",
    # ── meals ────────────────────────────────────────────────────────────────────────────────
    """
    CREATE TABLE scheduler.meal_point (
        id uuid PRIMARY KEY,
        centre text NOT NULL REFERENCES scheduler.centre,
        name text NOT NULL,
        lat double precision NOT NULL,
        lon double precision NOT NULL,
        per_half_hour smallint CHECK (per_half_hour > 0),
        diets text[] NOT NULL DEFAULT '{normal}',
        active boolean NOT NULL DEFAULT true
    )
    """,
    """
    CREATE TABLE scheduler.meal_point_hours (
        meal_point_id uuid NOT NULL REFERENCES scheduler.meal_point ON DELETE CASCADE,
        meal text NOT NULL CHECK (meal IN ('lunch', 'supper')),
        ready smallint NOT NULL CHECK (ready BETWEEN 0 AND 1439),
        closes smallint NOT NULL CHECK (closes BETWEEN ready AND 1440),
        PRIMARY KEY (meal_point_id, meal)
    )
    """,
    """
    CREATE TABLE scheduler.courier (
        caregiver_id uuid PRIMARY KEY,
        hot_boxes smallint NOT NULL CHECK (hot_boxes >= 0),
        cold_boxes smallint NOT NULL DEFAULT 0 CHECK (cold_boxes >= 0),
        max_trips smallint NOT NULL DEFAULT 4 CHECK (max_trips > 0),
        range_m integer CHECK (range_m > 0),
        meal_point_id uuid REFERENCES scheduler.meal_point
    )
    """,
    """
    CREATE TABLE scheduler.meal_order (
        id uuid PRIMARY KEY,
        resident_id uuid NOT NULL,
        home_id uuid NOT NULL,
        area text NOT NULL,
        day date NOT NULL,
        meal text NOT NULL CHECK (meal IN ('lunch', 'supper')),
        diet text NOT NULL DEFAULT 'normal',
        hot smallint NOT NULL DEFAULT 1 CHECK (hot >= 0),
        cold smallint NOT NULL DEFAULT 0 CHECK (cold >= 0),
        window_from timestamptz NOT NULL,
        window_to timestamptz NOT NULL CHECK (window_to >= window_from),
        state text NOT NULL DEFAULT 'ordered' CHECK (state IN
            ('ordered', 'loaded', 'delivered', 'refused', 'no_answer', 'cancelled')),
        changed_at timestamptz,
        CHECK (hot + cold > 0),
        UNIQUE (resident_id, day, meal)
    )
    """,
    "CREATE INDEX meal_order_day ON scheduler.meal_order (day, area)",
    "CREATE INDEX meal_order_home ON scheduler.meal_order (home_id, changed_at)",
    """
    CREATE TABLE scheduler.meal_report (
        event_id uuid PRIMARY KEY,
        order_id uuid NOT NULL REFERENCES scheduler.meal_order ON DELETE CASCADE,
        caregiver_id uuid NOT NULL,
        state text NOT NULL CHECK (state IN ('loaded', 'delivered', 'refused', 'no_answer')),
        reason text NOT NULL DEFAULT '',
        device_at timestamptz NOT NULL,
        received_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX meal_report_order ON scheduler.meal_report (order_id)",
    # ── visits ───────────────────────────────────────────────────────────────────────────────
    # caregivers: who really came (from check-ins); the plan says who should.
    """
    CREATE TABLE scheduler.visit (
        id uuid PRIMARY KEY,
        care_plan_item_id uuid REFERENCES scheduler.care_plan_item ON DELETE SET NULL,
        day date NOT NULL,
        resident_id uuid NOT NULL,
        home_id uuid NOT NULL,
        area text NOT NULL,
        service text NOT NULL REFERENCES scheduler.service_item,
        window_from timestamptz NOT NULL,
        window_to timestamptz NOT NULL CHECK (window_to >= window_from),
        minutes smallint NOT NULL CHECK (minutes > 0),
        staff smallint NOT NULL CHECK (staff IN (1, 2)),
        priority smallint NOT NULL DEFAULT 1 CHECK (priority BETWEEN 1 AND 3),
        preferred uuid[] NOT NULL DEFAULT '{}',
        refused uuid[] NOT NULL DEFAULT '{}',
        state text NOT NULL DEFAULT 'planned' CHECK (state IN
            ('planned', 'started', 'done', 'missed', 'cancelled')),
        caregivers uuid[] NOT NULL DEFAULT '{}',
        started_at timestamptz,
        done_at timestamptz,
        UNIQUE (care_plan_item_id, day)
    )
    """,
    "CREATE INDEX visit_day ON scheduler.visit (day, area)",
    "CREATE INDEX visit_resident ON scheduler.visit (resident_id, day)",
    "CREATE INDEX visit_home ON scheduler.visit (home_id, day)",
    # far: reported further from the home than is near; a flag for a person, never a refusal.
    """
    CREATE TABLE scheduler.visit_report (
        event_id uuid PRIMARY KEY,
        visit_id uuid NOT NULL REFERENCES scheduler.visit ON DELETE CASCADE,
        caregiver_id uuid NOT NULL,
        kind text NOT NULL CHECK (kind IN ('check_in', 'check_out', 'task')),
        method text CHECK (method IN ('qr', 'gps', 'code', 'manual')),
        reason text NOT NULL DEFAULT '',
        device_at timestamptz NOT NULL,
        received_at timestamptz NOT NULL,
        lat double precision,
        lon double precision,
        accuracy_m real,
        distance_m real,
        far boolean NOT NULL DEFAULT false
    )
    """,
    "CREATE INDEX visit_report_visit ON scheduler.visit_report (visit_id, received_at)",
    """
    CREATE TABLE scheduler.visit_task (
        visit_id uuid NOT NULL REFERENCES scheduler.visit ON DELETE CASCADE,
        task text NOT NULL,
        done boolean NOT NULL,
        reason text NOT NULL DEFAULT '',
        caregiver_id uuid NOT NULL,
        device_at timestamptz NOT NULL,
        PRIMARY KEY (visit_id, task)
    )
    """,
    # ── plans ────────────────────────────────────────────────────────────────────────────────
    """
    CREATE TABLE scheduler.plan (
        id uuid PRIMARY KEY,
        area text NOT NULL REFERENCES scheduler.centre,
        day date NOT NULL,
        kind text NOT NULL CHECK (kind IN ('visits', 'meals')),
        version integer NOT NULL CHECK (version > 0),
        state text NOT NULL CHECK (state IN ('draft', 'published', 'superseded', 'refused')),
        parent uuid REFERENCES scheduler.plan,
        cause text NOT NULL CHECK (cause IN ('daily', 'manual', 'pull_out', 'returned', 'absence',
                                             'late', 'cancelled', 'new_visit')),
        cost bigint NOT NULL,
        summary jsonb NOT NULL,
        violations jsonb NOT NULL DEFAULT '[]',
        created_at timestamptz NOT NULL,
        published_at timestamptz,
        CHECK (state NOT IN ('published', 'superseded') OR published_at IS NOT NULL),
        CHECK (state <> 'published' OR violations = '[]'),
        UNIQUE (area, day, kind, version)
    )
    """,
    """
    CREATE UNIQUE INDEX plan_one_published ON scheduler.plan (area, day, kind)
    WHERE state = 'published'
    """,
    # travel_s: seconds under way to this stop; shift and trip count from 0.
    """
    CREATE TABLE scheduler.plan_stop (
        plan_id uuid NOT NULL REFERENCES scheduler.plan ON DELETE CASCADE,
        caregiver_id uuid NOT NULL,
        position smallint NOT NULL,
        kind text NOT NULL CHECK (kind IN ('depart', 'task', 'load', 'break', 'return')),
        shift smallint NOT NULL,
        trip smallint,
        visit_id uuid REFERENCES scheduler.visit,
        order_id uuid REFERENCES scheduler.meal_order,
        assignment_id uuid,
        meal_point_id uuid REFERENCES scheduler.meal_point,
        arrive_at timestamptz NOT NULL,
        start_at timestamptz NOT NULL CHECK (start_at >= arrive_at),
        end_at timestamptz NOT NULL CHECK (end_at >= start_at),
        travel_s integer NOT NULL CHECK (travel_s >= 0),
        CHECK ((kind = 'task') = (num_nonnulls(visit_id, order_id, assignment_id) = 1)),
        CHECK ((kind = 'load') = (meal_point_id IS NOT NULL)),
        PRIMARY KEY (plan_id, caregiver_id, position)
    )
    """,
    "CREATE INDEX plan_stop_visit ON scheduler.plan_stop (visit_id)",
    "CREATE INDEX plan_stop_order ON scheduler.plan_stop (order_id)",
    """
    CREATE TABLE scheduler.plan_unplaced (
        plan_id uuid NOT NULL REFERENCES scheduler.plan ON DELETE CASCADE,
        task text NOT NULL,
        visit_id uuid REFERENCES scheduler.visit,
        order_id uuid REFERENCES scheduler.meal_order,
        reason text NOT NULL,
        data jsonb NOT NULL DEFAULT '{}',
        remedy jsonb,
        PRIMARY KEY (plan_id, task)
    )
    """,
    # ── work for the planner process ─────────────────────────────────────────────────────────
    # lease_until: a running job whose lease has passed lost its worker and is taken up again.
    """
    CREATE TABLE scheduler.job (
        id uuid PRIMARY KEY,
        event_id uuid NOT NULL UNIQUE,
        area text NOT NULL REFERENCES scheduler.centre,
        day date NOT NULL,
        kind text NOT NULL CHECK (kind IN ('visits', 'meals')),
        cause text NOT NULL,
        seconds smallint NOT NULL CHECK (seconds BETWEEN 1 AND 3600),
        state text NOT NULL DEFAULT 'queued' CHECK (state IN
            ('queued', 'running', 'done', 'failed')),
        stop boolean NOT NULL DEFAULT false,
        progress jsonb NOT NULL DEFAULT '[]',
        attempts smallint NOT NULL DEFAULT 0,
        lease_until timestamptz,
        plan_id uuid REFERENCES scheduler.plan,
        error text,
        created_at timestamptz NOT NULL,
        finished_at timestamptz,
        CHECK ((state = 'running') = (lease_until IS NOT NULL)),
        CHECK ((state IN ('done', 'failed')) = (finished_at IS NOT NULL))
    )
    """,
    """
    CREATE INDEX job_waiting ON scheduler.job (created_at) WHERE state IN ('queued', 'running')
    """,
    # ── what others may read ─────────────────────────────────────────────────────────────────
    # Shifts without the times their owner is absent.
    """
    CREATE VIEW scheduler.duty_v1 AS
    SELECT s.caregiver_id, lower(part) AS starts_at, upper(part) AS ends_at
    FROM scheduler.shift s
    CROSS JOIN LATERAL unnest(
        tstzmultirange(tstzrange(s.starts_at, s.ends_at)) - coalesce((
            SELECT range_agg(tstzrange(a.starts_at, a.ends_at)) FROM scheduler.absence a
            WHERE a.caregiver_id = s.caregiver_id
              AND a.starts_at < s.ends_at AND a.ends_at > s.starts_at
        ), '{}'::tstzmultirange)
    ) AS part
    """,
    # Visits and deliveries of the plans in force.
    """
    CREATE VIEW scheduler.stop_v1 AS
    SELECT p.id AS plan_id, p.day, p.kind, p.version, s.caregiver_id, s.position,
           s.visit_id, s.order_id,
           coalesce(v.resident_id, o.resident_id) AS resident_id,
           coalesce(v.home_id, o.home_id) AS home_id,
           coalesce(v.service, o.meal) AS service,
           s.arrive_at, s.start_at, s.end_at, coalesce(v.state, o.state) AS state
    FROM scheduler.plan p
    JOIN scheduler.plan_stop s ON s.plan_id = p.id
    LEFT JOIN scheduler.visit v ON v.id = s.visit_id
    LEFT JOIN scheduler.meal_order o ON o.id = s.order_id
    WHERE p.state = 'published' AND num_nonnulls(s.visit_id, s.order_id) = 1
    """,
)


def upgrade() -> None:
    """Create the scheduler schema: services, care plans, visits, meals, plans."""
    for statement in _STATEMENTS:
        op.execute(statement)
