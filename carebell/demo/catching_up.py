"""What happened in the town while nobody simulated it: what the plan says, done as planned.

Runs before the simulator takes over, so that a demo that starts at four in the afternoon does not
find three hundred visits overdue.
"""

from datetime import datetime
from typing import Final

from kernel.db import connect

# Everyone who is in the published plan came, at the planned time.
VISITS: Final = """
UPDATE scheduler.visit v
SET state = CASE WHEN p.end_at <= $1 THEN 'done' ELSE 'started' END,
    caregivers = p.caregivers, started_at = p.start_at,
    done_at = CASE WHEN p.end_at <= $1 THEN p.end_at END
FROM (
    SELECT s.visit_id, min(s.start_at) AS start_at, max(s.end_at) AS end_at,
           array_agg(s.caregiver_id ORDER BY s.caregiver_id) AS caregivers
    FROM scheduler.plan_stop s JOIN scheduler.plan p ON p.id = s.plan_id
    WHERE p.state = 'published' AND s.visit_id IS NOT NULL
    GROUP BY s.visit_id
) p
WHERE p.visit_id = v.id AND p.start_at <= $1
  AND (v.state = 'planned' OR (v.state = 'started' AND p.end_at <= $1)
       OR (v.state = 'missed' AND $2))
"""

MEALS: Final = """
UPDATE scheduler.meal_order o SET state = 'delivered', changed_at = s.start_at
FROM scheduler.plan_stop s JOIN scheduler.plan p ON p.id = s.plan_id
WHERE p.state = 'published' AND s.order_id = o.id AND s.start_at <= $1
  AND o.state IN ('ordered', 'loaded')
"""

# A night round planned yesterday may still lie ahead: whoever is on duty stands where the last
# visit was, or at the base.
POSITIONS: Final = """
INSERT INTO dispatch.caregiver_position (caregiver_id, lat, lon, accuracy_m, at)
SELECT c.caregiver_id, coalesce(h.lat, c.base_lat), coalesce(h.lon, c.base_lon), 10, $1
FROM dispatch.caregiver_v1 c
LEFT JOIN LATERAL (
    SELECT home_id FROM scheduler.stop_v1 s
    WHERE s.caregiver_id = c.caregiver_id AND s.start_at <= $1
      AND s.start_at > $1 - interval '8 hours'
    ORDER BY s.start_at DESC LIMIT 1
) last ON true
LEFT JOIN dispatch.home_v1 h ON h.home_id = last.home_id
WHERE EXISTS (
    SELECT FROM scheduler.duty_v1 d
    WHERE d.caregiver_id = c.caregiver_id AND d.starts_at <= $1 AND d.ends_at > $1
)
ON CONFLICT (caregiver_id) DO UPDATE
SET lat = excluded.lat, lon = excluded.lon, accuracy_m = excluded.accuracy_m, at = excluded.at
WHERE caregiver_position.at < excluded.at - interval '10 minutes'
"""


async def catch_up(url: str, now: datetime, *, even_missed: bool = False) -> None:
    """Let everything planned before `now` have happened. Idempotent.

    `even_missed`: the plan has just been made, and the planner may already have noticed that
    nobody came to what it put into the morning.
    """
    connection = await connect(url)
    try:
        async with connection.transaction():
            await connection.execute(VISITS, now, even_missed)
            await connection.execute(MEALS, now)
            await connection.execute(POSITIONS, now)
    finally:
        await connection.close()
