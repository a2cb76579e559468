"""SQL that reads plans for people; see the modules beside it."""

from typing import Final

CENTRE_OF: Final = """
SELECT n.area, n.zone FROM dispatch.caregiver_v1 c
JOIN scheduler.centre_area a ON a.area = c.area
JOIN scheduler.centre n ON n.area = a.centre
WHERE c.caregiver_id = $1
"""

# All lines of one caregiver's day, for the phone; after midnight a night shift is yesterday's.
TODAY_VISITS: Final = """
SELECT p.version, s.position, s.start_at, s.end_at, s.travel_s, v.id, v.window_from, v.window_to,
       v.staff, v.state, v.started_at, v.done_at, m.id AS service, m.zh, m.en, m.tasks,
       r.resident_id, r.name, r.born, r.phone, r.home_id, r.address, r.lat, r.lon,
       array(
           SELECT c.name FROM scheduler.plan_stop o
           JOIN dispatch.caregiver_v1 c ON c.caregiver_id = o.caregiver_id
           WHERE o.plan_id = p.id AND o.visit_id = v.id AND o.caregiver_id <> $1 ORDER BY c.name
       ) AS companions,
       (SELECT min(device_at) FROM scheduler.visit_report x
        WHERE x.visit_id = v.id AND x.caregiver_id = $1 AND x.kind = 'check_in') AS checked_in_at,
       (SELECT max(device_at) FROM scheduler.visit_report x
        WHERE x.visit_id = v.id AND x.caregiver_id = $1 AND x.kind = 'check_out') AS checked_out_at,
       coalesce((SELECT jsonb_object_agg(t.task, jsonb_build_array(t.done, t.reason))
                 FROM scheduler.visit_task t WHERE t.visit_id = v.id), '{}') AS ticks
FROM scheduler.plan p
JOIN scheduler.plan_stop s ON s.plan_id = p.id
JOIN scheduler.visit v ON v.id = s.visit_id
JOIN scheduler.service_item m ON m.id = v.service
JOIN dispatch.resident_v1 r ON r.resident_id = v.resident_id
WHERE p.state = 'published' AND s.caregiver_id = $1
  AND (p.day = $2 OR (p.day = $2 - 1 AND s.end_at > $3))
ORDER BY s.start_at, s.position
"""

# What is on board since an earlier version was loaded where that version says.
TODAY_MEALS: Final = """
SELECT p.version, s.position, s.trip, s.start_at, s.end_at, s.travel_s, o.id, o.window_from,
       o.window_to, o.meal, o.diet, o.state, o.changed_at,
       r.resident_id, r.name, r.born, r.phone, r.home_id, r.address, r.lat, r.lon,
       k.id AS point_id, k.name AS point_name
FROM scheduler.plan p
JOIN scheduler.hand_over s ON s.plan_id = p.id
JOIN scheduler.meal_order o ON o.id = s.order_id
JOIN dispatch.resident_v1 r ON r.resident_id = o.resident_id
LEFT JOIN LATERAL (
    SELECT l.meal_point_id FROM scheduler.plan_stop l
    WHERE l.plan_id = p.id AND l.caregiver_id = s.caregiver_id AND l.kind = 'load'
      AND l.shift = s.shift AND l.position < s.position
    ORDER BY l.position DESC LIMIT 1
) l ON true
LEFT JOIN LATERAL (
    SELECT e.meal_point_id FROM scheduler.hand_over t
    JOIN scheduler.plan q ON q.id = t.plan_id
    JOIN scheduler.plan_stop e ON e.plan_id = t.plan_id AND e.caregiver_id = t.caregiver_id
        AND e.kind = 'load' AND e.shift = t.shift AND e.position < t.position
    WHERE t.order_id = o.id AND l.meal_point_id IS NULL AND q.state = 'superseded'
    ORDER BY q.version DESC, e.position DESC LIMIT 1
) e ON true
LEFT JOIN scheduler.meal_point k ON k.id = coalesce(l.meal_point_id, e.meal_point_id)
WHERE p.state = 'published' AND s.caregiver_id = $1
  AND (p.day = $2 OR (p.day = $2 - 1 AND s.end_at > $3))
ORDER BY s.start_at, s.position
"""

# The newest of a day's visits for each resident, planned or not.
RESIDENT_VISITS: Final = """
SELECT v.id, v.resident_id, v.day, v.state, v.window_from, v.window_to, v.minutes, v.started_at,
       v.done_at, m.id AS service, m.zh, m.en, s.start_at, s.end_at, s.travel_s, c.name AS caregiver
FROM scheduler.visit v
JOIN scheduler.service_item m ON m.id = v.service
LEFT JOIN LATERAL (
    SELECT t.start_at, t.end_at, t.travel_s, t.caregiver_id FROM scheduler.plan_stop t
    JOIN scheduler.plan p ON p.id = t.plan_id
    WHERE t.visit_id = v.id AND p.state = 'published' ORDER BY t.caregiver_id LIMIT 1
) s ON true
LEFT JOIN dispatch.caregiver_v1 c ON c.caregiver_id = coalesce(v.caregivers[1], s.caregiver_id)
WHERE v.resident_id = ANY ($1) AND v.day BETWEEN $2 AND $3
ORDER BY coalesce(s.start_at, v.window_from)
"""

RESIDENT_MEALS: Final = """
SELECT o.resident_id, o.meal, o.state, o.changed_at, o.window_from, s.start_at
FROM scheduler.meal_order o
LEFT JOIN LATERAL (
    SELECT t.start_at FROM scheduler.hand_over t
    JOIN scheduler.plan p ON p.id = t.plan_id
    WHERE t.order_id = o.id AND p.state = 'published' LIMIT 1
) s ON true
WHERE o.resident_id = ANY ($1) AND o.day = $2 AND o.state <> 'cancelled'
ORDER BY o.window_from
"""

ZONE_OF_RESIDENTS: Final = """
SELECT r.resident_id, n.zone FROM dispatch.resident_v1 r
JOIN scheduler.centre_area a ON a.area = r.area
JOIN scheduler.centre n ON n.area = a.centre
WHERE r.resident_id = ANY ($1)
"""

GANTT_STOPS: Final = """
SELECT s.caregiver_id, s.visit_id, s.order_id, s.assignment_id, s.start_at, s.end_at, s.travel_s,
       v.state AS visit_state, v.started_at, v.done_at, o.state AS order_state, o.changed_at,
       o.meal, m.id AS service, m.zh, m.en, r.resident_id, r.name
FROM scheduler.plan_stop s
LEFT JOIN scheduler.visit v ON v.id = s.visit_id
LEFT JOIN scheduler.service_item m ON m.id = v.service
LEFT JOIN scheduler.meal_order o ON o.id = s.order_id
LEFT JOIN dispatch.resident_v1 r ON r.resident_id = coalesce(v.resident_id, o.resident_id)
WHERE s.plan_id = $1 AND s.kind = 'task'
ORDER BY s.caregiver_id, s.start_at, s.position
"""

LEFT_OUT: Final = """
SELECT u.visit_id, u.order_id, u.reason, u.data, r.resident_id, r.name, o.meal,
       m.id AS service, m.zh, m.en, coalesce(v.window_from, o.window_from) AS window_from,
       coalesce(v.window_to, o.window_to) AS window_to
FROM scheduler.plan_unplaced u
LEFT JOIN scheduler.visit v ON v.id = u.visit_id
LEFT JOIN scheduler.service_item m ON m.id = v.service
LEFT JOIN scheduler.meal_order o ON o.id = u.order_id
JOIN dispatch.resident_v1 r ON r.resident_id = coalesce(v.resident_id, o.resident_id)
WHERE u.plan_id = $1 ORDER BY 11, r.resident_id
"""

LAST_VISIT: Final = """
SELECT m.id AS service, m.zh, m.en, v.done_at AS at, c.name AS caregiver
FROM scheduler.visit v
JOIN scheduler.service_item m ON m.id = v.service
LEFT JOIN dispatch.caregiver_v1 c ON c.caregiver_id = v.caregivers[1]
WHERE v.home_id = $1 AND v.state = 'done' AND v.area = ANY ($2)
ORDER BY v.day DESC, v.done_at DESC LIMIT 1
"""

LAST_MEAL: Final = """
SELECT o.state, o.changed_at AS at FROM scheduler.meal_order o
WHERE o.home_id = $1 AND o.changed_at IS NOT NULL AND o.area = ANY ($2)
ORDER BY o.changed_at DESC LIMIT 1
"""

# What a caregiver has still to do after $2, of plans in force; `base` travel is by the plan.
REMAINING: Final = """
SELECT v.id, v.window_to, v.state, s.start_at, s.end_at, s.travel_s, m.id AS service, m.zh, m.en,
       r.name, r.lat, r.lon
FROM scheduler.plan p
JOIN scheduler.plan_stop s ON s.plan_id = p.id
JOIN scheduler.visit v ON v.id = s.visit_id
JOIN scheduler.service_item m ON m.id = v.service
JOIN dispatch.resident_v1 r ON r.resident_id = v.resident_id
WHERE p.state = 'published' AND s.caregiver_id = $1 AND s.end_at > $2
  AND s.start_at < $2::timestamptz + interval '16 hours' AND v.state IN ('planned', 'started')
ORDER BY s.start_at, s.position
"""

MODE_AND_END: Final = """
SELECT c.travel_mode, (
    SELECT max(d.ends_at) FROM scheduler.shift d
    WHERE d.caregiver_id = c.caregiver_id AND d.starts_at < $2::timestamptz + interval '16 hours'
      AND d.ends_at > $2
) AS ends_at
FROM dispatch.caregiver_v1 c WHERE c.caregiver_id = $1
"""
