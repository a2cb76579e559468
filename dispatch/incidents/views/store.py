"""SQL of the read models: one statement for a whole list of incidents."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.incidents.views.model import Tab
from kernel.db import Connection, Record
from people.ids import AccountId, CaregiverId

AREA_OF: Final = "SELECT area FROM dispatch.incident WHERE id = $1"

INCIDENTS: Final = """
SELECT i.id, i.number, i.area, i.home_id, i.terminal_id, i.category, i.kind, i.priority, i.state,
       i.presses, i.opened_at, i.last_signal_at, i.waiting_since, i.claimed_by, i.claimed_at,
       i.level, i.step_due_at, i.cleared, i.test, i.disposition, i.note, i.closed_at, i.lat,
       i.lon, i.version,
       coalesce(place.names, '{}') AS place, owner.name AS claimed_by_name, h.address,
       h.way_in, h.has_door_code,
       r.resident_id, r.name AS resident_name, r.gender AS resident_gender,
       date_part('year', age(i.opened_at::date, r.born))::int AS resident_age,
       a.id AS assignment_id, a.caregiver_id, c.name AS caregiver_name, c.phone AS caregiver_phone,
       a.state AS assignment_state, a.offered_at, a.accepted_at, a.en_route_at, a.on_scene_at,
       a.ended_at, a.reason, a.eta_at
FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (id, place)
JOIN dispatch.incident AS i ON i.id = asked.id
LEFT JOIN dispatch.account_v1 AS owner ON owner.account_id = i.claimed_by
LEFT JOIN dispatch.home_v1 AS h ON h.home_id = i.home_id
LEFT JOIN dispatch.area_v1 AS spot ON spot.id = i.area
LEFT JOIN LATERAL (
    SELECT array_agg(up.name ORDER BY cardinality(up.path)) AS names
    FROM dispatch.area_v1 AS up WHERE up.id = ANY(spot.path)
) AS place ON true
LEFT JOIN LATERAL (
    SELECT resident_id, name, gender, born FROM dispatch.resident_v1
    WHERE home_id = i.home_id AND active ORDER BY born NULLS LAST, resident_id LIMIT 1
) AS r ON true
LEFT JOIN LATERAL (
    SELECT id, caregiver_id, state, offered_at, accepted_at, en_route_at, on_scene_at, ended_at,
           reason, eta_at
    FROM dispatch.assignment
    WHERE incident_id = i.id AND state IN ('offered', 'accepted', 'en_route', 'on_scene', 'done')
    ORDER BY offered_at DESC LIMIT 1
) AS a ON true
LEFT JOIN dispatch.caregiver_v1 AS c ON c.caregiver_id = a.caregiver_id
ORDER BY asked.place
"""

WAITING: Final = """
SELECT id FROM dispatch.incident
WHERE state = 'open' AND area = ANY($1::text[]) AND ($2::bigint IS NULL OR
    (priority, waiting_since, number)
    > (SELECT priority, coalesce(waiting_since, last_signal_at), number
       FROM dispatch.incident WHERE number = $2))
ORDER BY priority, waiting_since, number LIMIT $3
"""

MINE: Final = """
SELECT id FROM dispatch.incident
WHERE state IN ('claimed', 'assigned', 'on_scene') AND claimed_by = $4
  AND area = ANY($1::text[]) AND ($2::bigint IS NULL OR
    (priority, opened_at, number)
    > (SELECT priority, opened_at, number FROM dispatch.incident WHERE number = $2))
ORDER BY priority, opened_at, number LIMIT $3
"""

OPEN: Final = """
SELECT id FROM dispatch.incident
WHERE state <> 'closed' AND area = ANY($1::text[]) AND ($2::bigint IS NULL OR
    (priority, opened_at, number)
    > (SELECT priority, opened_at, number FROM dispatch.incident WHERE number = $2))
ORDER BY priority, opened_at, number LIMIT $3
"""

CLOSED: Final = """
SELECT id FROM dispatch.incident
WHERE state = 'closed' AND area = ANY($1::text[]) AND ($2::bigint IS NULL OR
    (closed_at, number)
    < (SELECT closed_at, number FROM dispatch.incident WHERE number = $2))
ORDER BY closed_at DESC, number DESC LIMIT $3
"""

# All that is open, and what was closed last.
SNAPSHOT: Final = """
(SELECT id FROM dispatch.incident WHERE state <> 'closed' AND area = ANY($1::text[])
 ORDER BY priority, opened_at, number)
UNION ALL
(SELECT id FROM dispatch.incident
 WHERE state = 'closed' AND closed_at >= $2 AND area = ANY($1::text[])
 ORDER BY closed_at DESC, number DESC LIMIT $3)
"""

# Open cases of the same home under another subject: a terminal from before it was bound.
OTHER: Final = """
SELECT o.id FROM dispatch.incident AS i
JOIN dispatch.incident AS o ON o.id <> i.id AND o.state <> 'closed' AND (
    o.home_id = i.home_id
    OR o.terminal_id = i.terminal_id
    OR o.terminal_id IN (SELECT t.terminal_id FROM devices.terminal_v1 AS t
                         WHERE t.home_id = i.home_id))
WHERE i.id = $1 ORDER BY o.priority, o.opened_at
"""

TIMELINE: Final = """
SELECT e.id, e.at, e.type, e.by, a.name AS by_name, e.data
FROM dispatch.incident_event AS e LEFT JOIN dispatch.account_v1 AS a ON a.account_id = e.by
WHERE e.incident_id = $1 ORDER BY e.position
"""

ALARMS: Final = """
SELECT id, kind, received_at, device_at, clock_suspect, battery, test, location
FROM dispatch.alarm WHERE incident_id = $1 ORDER BY received_at DESC, id DESC LIMIT $2
"""

TERMINAL: Final = """
SELECT t.terminal_id AS id, t.condition, t.battery, t.last_seen_at
FROM devices.terminal_v1 AS t WHERE t.terminal_id = $1
"""

JOBS: Final = """
SELECT a.id, a.incident_id, a.caregiver_id, c.name AS caregiver_name, c.phone AS caregiver_phone,
       a.state, a.offered_at, a.accepted_at, a.en_route_at, a.on_scene_at, a.ended_at, a.reason,
       a.eta_at, i.number, i.kind, i.priority, i.lat, i.lon, h.address, h.way_in,
       r.resident_id, r.name AS resident_name, r.phone AS resident_phone,
       date_part('year', age(i.opened_at::date, r.born))::int AS resident_age,
       coalesce(p.lat, c.base_lat) AS from_lat, coalesce(p.lon, c.base_lon) AS from_lon
FROM dispatch.assignment AS a
JOIN dispatch.incident AS i ON i.id = a.incident_id
JOIN dispatch.caregiver_v1 AS c ON c.caregiver_id = a.caregiver_id
LEFT JOIN dispatch.position_v1 AS p ON p.caregiver_id = c.caregiver_id
LEFT JOIN dispatch.home_v1 AS h ON h.home_id = i.home_id
LEFT JOIN LATERAL (
    SELECT resident_id, name, phone, born FROM dispatch.resident_v1
    WHERE home_id = i.home_id AND active ORDER BY born NULLS LAST, resident_id LIMIT 1
) AS r ON true
WHERE a.caregiver_id = $1
  AND CASE WHEN $2::uuid IS NULL THEN a.state IN ('offered', 'accepted', 'en_route', 'on_scene')
           ELSE a.id = $2 END
"""

# Of each home what concerns a relative most: an open emergency, else an open technical matter,
# else the emergency closed last, if that is recent. Trials concern nobody.
ALERTS: Final = """
SELECT DISTINCT ON (i.home_id) i.id, i.home_id, i.category, i.kind, i.priority, i.test, i.state,
       first.at AS received_at, i.answered_at, i.help_coming_at, i.arrived_at, i.closed_at,
       c.name AS responder_name, a.eta_at,
       (SELECT min(e.at) FROM dispatch.incident_event AS e
        WHERE e.incident_id = i.id AND e.type = 'family_saw' AND e.by = $2) AS seen_at,
       (SELECT min(e.at) FROM dispatch.incident_event AS e
        WHERE e.incident_id = i.id AND e.type = 'family_going' AND e.by = $2) AS going_at
FROM dispatch.incident AS i
JOIN LATERAL (
    SELECT coalesce(min(received_at), i.opened_at) AS at FROM dispatch.alarm
    WHERE incident_id = i.id AND category = i.category
) AS first ON true
LEFT JOIN LATERAL (
    SELECT caregiver_id, eta_at FROM dispatch.assignment
    WHERE incident_id = i.id AND state IN ('accepted', 'en_route', 'on_scene', 'done')
    ORDER BY offered_at DESC LIMIT 1
) AS a ON true
LEFT JOIN dispatch.caregiver_v1 AS c ON c.caregiver_id = a.caregiver_id
WHERE i.home_id = ANY($1::uuid[]) AND NOT i.test
  AND (i.state <> 'closed' OR (i.category = 'emergency' AND i.closed_at >= $3))
ORDER BY i.home_id, i.state = 'closed', i.category, i.opened_at DESC
"""

FAMILY_OF: Final = """
SELECT EXISTS (
    SELECT FROM dispatch.incident AS i
    JOIN dispatch.alerted_v1 AS r ON r.home_id = i.home_id AND r.account_id = $2
    WHERE i.id = $1)
"""

_TABS: Final = {Tab.WAITING: WAITING, Tab.OPEN: OPEN, Tab.CLOSED: CLOSED}


async def area_of(conn: Connection, incident_id: UUID) -> str | None:
    """Return the area of the incident, None when there is none."""
    area: str | None = await conn.fetchval(AREA_OF, incident_id)
    return area


async def incidents(conn: Connection, ids: Sequence[UUID]) -> list[Record]:
    """Return rows for `incidents`, in the order of `ids`."""
    return await conn.fetch(INCIDENTS, list(ids))


async def tab(
    conn: Connection,
    which: Tab,
    areas: frozenset[str],
    account_id: AccountId,
    before: int | None,
    limit: int,
) -> list[UUID]:
    """Return ids of a tab's incidents, those after number `before` in its order."""
    if which is Tab.MINE:
        rows = await conn.fetch(MINE, list(areas), before, limit, account_id)
    else:
        rows = await conn.fetch(_TABS[which], list(areas), before, limit)
    return [row["id"] for row in rows]


async def snapshot(
    conn: Connection, areas: frozenset[str], closed_since: datetime, closed_limit: int
) -> list[UUID]:
    """Return ids of all open incidents and of the last closed ones."""
    rows = await conn.fetch(SNAPSHOT, list(areas), closed_since, closed_limit)
    return [row["id"] for row in rows]


async def other(conn: Connection, incident_id: UUID) -> list[UUID]:
    """Return ids of other open incidents at the same home."""
    return [row["id"] for row in await conn.fetch(OTHER, incident_id)]


async def timeline(conn: Connection, incident_id: UUID) -> list[Record]:
    """Return the events of the incident, first first."""
    return await conn.fetch(TIMELINE, incident_id)


async def alarms(conn: Connection, incident_id: UUID, limit: int) -> list[Record]:
    """Return the newest alarms of the incident, newest first."""
    return await conn.fetch(ALARMS, incident_id, limit)


async def terminal(conn: Connection, terminal_id: str) -> Record | None:
    """Return how the terminal is."""
    return await conn.fetchrow(TERMINAL, terminal_id)


async def job(
    conn: Connection, caregiver_id: CaregiverId, assignment_id: UUID | None
) -> Record | None:
    """Return the caregiver's active job, or the one named."""
    return await conn.fetchrow(JOBS, caregiver_id, assignment_id)


async def alerts(
    conn: Connection, homes: Sequence[UUID], account_id: AccountId, closed_since: datetime
) -> list[Record]:
    """Return at most one incident of each home; see `ALERTS`."""
    return await conn.fetch(ALERTS, list(homes), account_id, closed_since)


async def is_family_of(conn: Connection, incident_id: UUID, account_id: AccountId) -> bool:
    """Say whether the relative may follow the incident."""
    return bool(await conn.fetchval(FAMILY_OF, incident_id, account_id))
