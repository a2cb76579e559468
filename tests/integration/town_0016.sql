-- A small town as Carebell left it when its last migration was 0016: what that version wrote, in the
-- columns that it knew. Passwords and terminals' secrets are filled in by the test.

INSERT INTO dispatch.area (id, parent, name, level, path) VALUES
    ('anxin', NULL, '安心市', 'city', '{anxin}'),
    ('anxin-g01', 'anxin', '第一网格', 'grid', '{anxin,anxin-g01}');

INSERT INTO dispatch.home (id, area, address, lat, lon, way_in) VALUES
    ('00000000-0000-4000-8000-0000000000a1', 'anxin-g01', '1 North Road', 32.120, 119.360, 'first floor'),
    ('00000000-0000-4000-8000-0000000000a2', 'anxin-g01', '2 North Road', 32.121, 119.361, 'first floor'),
    ('00000000-0000-4000-8000-0000000000a3', 'anxin-g01', '3 North Road', 32.122, 119.362, 'first floor');

INSERT INTO dispatch.resident (id, home_id, name, gender, born, phone, care_level, lives_alone) VALUES
    ('00000000-0000-4000-8000-0000000000b1', '00000000-0000-4000-8000-0000000000a1',
     '赵桂英', 'female', '1940-05-01', '0511-88880001', 2, true),
    ('00000000-0000-4000-8000-0000000000b2', '00000000-0000-4000-8000-0000000000a2',
     '钱德明', 'male', '1938-02-11', '0511-88880002', 1, true),
    ('00000000-0000-4000-8000-0000000000b3', '00000000-0000-4000-8000-0000000000a3',
     '孙秀兰', 'female', '1944-09-30', '0511-88880003', 0, false);

INSERT INTO dispatch.contact (id, resident_id, name, relation, phone, has_key, position) VALUES
    ('00000000-0000-4000-8000-0000000000c3', '00000000-0000-4000-8000-0000000000b3',
     '孙敏', '女儿', '13800000003', true, 1);

INSERT INTO dispatch.caregiver (id, area, name, phone, gender, skills, travel_mode, base_lat, base_lon)
VALUES
    ('00000000-0000-4000-8000-0000000000d1', 'anxin', '李红', '13900000001', 'female',
     '{personal_care,first_aid}', 'ebike', 32.120, 119.361),
    ('00000000-0000-4000-8000-0000000000d2', 'anxin', '周强', '13900000002', 'male',
     '{personal_care,first_aid}', 'ebike', 32.125, 119.365);

INSERT INTO dispatch.account (id, username, name, password_hash, role, caregiver_id, created_at) VALUES
    ('00000000-0000-4000-8000-0000000000e1', 'operator', '值班员', '', 'operator', NULL, now()),
    ('00000000-0000-4000-8000-0000000000e2', 'family003', '孙敏', '', 'family', NULL, now()),
    ('00000000-0000-4000-8000-0000000000e3', 'care001', '李红', '', 'caregiver',
     '00000000-0000-4000-8000-0000000000d1', now());
INSERT INTO dispatch.account_area (account_id, area) VALUES
    ('00000000-0000-4000-8000-0000000000e1', 'anxin'),
    ('00000000-0000-4000-8000-0000000000e3', 'anxin');
INSERT INTO dispatch.account_contact (account_id, contact_id) VALUES
    ('00000000-0000-4000-8000-0000000000e2', '00000000-0000-4000-8000-0000000000c3');

INSERT INTO devices.terminal (id, area, home_id, model, state, bcrypt_hash, pbkdf2_hash, heartbeat_s,
                              supervision_s, enrolled_at, installed_at, changed_at)
SELECT id, 'anxin-g01', home::uuid, 'demo', 'installed', '', '$7$101$XgWtqeZN9uSTubLv$Ayf4Kholwss+qlt'
       || 'fvO1YTuZA2yvXSy8By0JvQZjAZnpcIfy9JEL+mmlJktaR1Sql/OzW3fVrF6CXU79TPVZOgQ==', 300, 86400,
       now() - interval '30 days', now() - interval '30 days', now() - interval '30 days'
FROM (VALUES ('AX-0001', '00000000-0000-4000-8000-0000000000a1'),
             ('AX-0002', '00000000-0000-4000-8000-0000000000a2'),
             ('AX-0003', '00000000-0000-4000-8000-0000000000a3')) AS t (id, home);
INSERT INTO devices.terminal_state (terminal, condition, last_seen_at, silent_due_at, connected)
SELECT id, 'online', now() - interval '12 minutes', now() + interval '23 hours', true
FROM devices.terminal;
UPDATE devices.access SET version = version + 1;

-- Somebody has pressed ten minutes ago, and nobody has claimed it yet.
INSERT INTO dispatch.incident (id, subject, area, home_id, terminal_id, lat, lon, category, kind,
                               priority, state, presses, opened_at, last_signal_at, waiting_since,
                               level, step, step_due_at, policy)
VALUES ('00000000-0000-4000-8000-0000000000f1', 'home:00000000-0000-4000-8000-0000000000a1',
        'anxin-g01', '00000000-0000-4000-8000-0000000000a1', 'AX-0001', 32.120, 119.360, 'emergency',
        'sos', 1, 'open', 1, now() - interval '10 minutes', now() - interval '10 minutes',
        now() - interval '10 minutes', 1, 1, now() - interval '9 minutes',
        '{"louder_s": 20, "stretch_2": 3, "stretch_3": 90, "act_within_s": 180, "every_seat_s": 40,
          "supervisor_s": 60, "offer_within_s": 90, "scene_within_s": 3600,
          "arrive_within_s": 2700}');
INSERT INTO dispatch.incident_event (id, incident_id, at, type, data) VALUES
    ('00000000-0000-4000-8000-0000000000f2', '00000000-0000-4000-8000-0000000000f1',
     now() - interval '10 minutes', 'signalled',
     '{"kind": "sos", "test": false, "where": null, "category": "emergency", "priority": 1,
       "terminal_id": "AX-0001"}');
INSERT INTO dispatch.alarm (id, incident_id, home_id, terminal_id, signal_id, kind, category, priority,
                            received_at)
VALUES ('00000000-0000-4000-8000-0000000000f2', '00000000-0000-4000-8000-0000000000f1',
        '00000000-0000-4000-8000-0000000000a1', 'AX-0001', 'taken-before', 'sos', 'emergency', 1,
        now() - interval '10 minutes');
INSERT INTO devices.inbox (terminal, id, kind, received_at, raw) VALUES
    ('AX-0001', 'taken-before', 'sos', now() - interval '10 minutes', '{}');

-- The centre, a shift, and today's plans: one visit in an hour, no meals.
INSERT INTO scheduler.centre (area, zone, lat, lon) VALUES ('anxin', 'Asia/Shanghai', 32.12, 119.36);
INSERT INTO scheduler.centre_area (area, centre) VALUES ('anxin', 'anxin'), ('anxin-g01', 'anxin');
INSERT INTO scheduler.shift (id, caregiver_id, starts_at, ends_at) VALUES
    ('00000000-0000-4000-8000-000000000101', '00000000-0000-4000-8000-0000000000d1',
     now() - interval '1 hour', now() + interval '7 hours');
INSERT INTO scheduler.service_item (id, zh, en, minutes, tasks) VALUES
    ('bath', '助浴', 'Bathing', '{30,30,30,30,30}', '[{"id": "wash", "zh": "洗澡", "en": "Wash"}]');
INSERT INTO scheduler.visit (id, day, resident_id, home_id, area, service, window_from, window_to,
                             minutes, staff)
VALUES ('00000000-0000-4000-8000-000000000102', (now() AT TIME ZONE 'Asia/Shanghai')::date,
        '00000000-0000-4000-8000-0000000000b3', '00000000-0000-4000-8000-0000000000a3', 'anxin-g01',
        'bath', now() + interval '1 hour', now() + interval '2 hours', 30, 1);
INSERT INTO scheduler.plan (id, area, day, kind, version, state, cause, cost, summary, created_at,
                            published_at)
SELECT id::uuid, 'anxin', (now() AT TIME ZONE 'Asia/Shanghai')::date, kind, 1, 'published', 'daily',
       7, jsonb_build_object(
           'visits', tasks, 'placed', tasks, 'unplaced', 0, 'reasons', '{}'::jsonb, 'travel_s', 60,
           'paid_travel_s', 0, 'late_s', 0, 'late', 0, 'continuity', NULL, 'busy', tasks, 'cost', 7),
       now() - interval '1 hour', now() - interval '1 hour'
FROM (VALUES ('00000000-0000-4000-8000-000000000103', 'visits', 1),
             ('00000000-0000-4000-8000-000000000104', 'meals', 0)) AS p (id, kind, tasks);
INSERT INTO scheduler.plan_stop (plan_id, caregiver_id, position, kind, shift, visit_id, arrive_at,
                                 start_at, end_at, travel_s)
VALUES ('00000000-0000-4000-8000-000000000103', '00000000-0000-4000-8000-0000000000d1', 1, 'task', 0,
        '00000000-0000-4000-8000-000000000102', now() + interval '1 hour',
        now() + interval '1 hour', now() + interval '90 minutes', 60);

-- A colleague was pulled out, and is back: the planner has not yet handled the second fact.
INSERT INTO scheduler.pull_out (assignment_id, caregiver_id, starts_at, until) VALUES
    ('00000000-0000-4000-8000-000000000105', '00000000-0000-4000-8000-0000000000d2',
     now() - interval '40 minutes', now() + interval '20 minutes');
INSERT INTO kernel.outbox (seq, at, topic, area, subject, payload) VALUES
    (1, now() - interval '10 minutes', 'incident.opened', 'anxin-g01',
     '00000000-0000-4000-8000-0000000000f1',
     '{"by": null, "kind": "sos", "event": "opened", "level": 0, "state": "open", "number": 1,
       "home_id": "00000000-0000-4000-8000-0000000000a1", "presses": 1, "category": "emergency",
       "priority": 1, "incident_id": "00000000-0000-4000-8000-0000000000f1",
       "terminal_id": "AX-0001"}'),
    (2, now() - interval '9 minutes', 'assignment.done', 'anxin-g01',
     '00000000-0000-4000-8000-000000000105',
     jsonb_build_object(
         'assignment_id', '00000000-0000-4000-8000-000000000105',
         'caregiver_id', '00000000-0000-4000-8000-0000000000d2',
         'incident_id', '00000000-0000-4000-8000-000000000106',
         'home_id', '00000000-0000-4000-8000-0000000000a2', 'state', 'done',
         'at', now() - interval '9 minutes'));
UPDATE kernel.outbox_head SET seq = 2;
INSERT INTO kernel.outbox_cursor (consumer, seq) VALUES ('planner', 1);
