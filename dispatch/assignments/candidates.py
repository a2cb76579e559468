"""Who could go: the nearest able caregivers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.assignments.eta import eta_s
from kernel.db import Connection, Record
from kernel.errors import NotFoundError
from kernel.geo import Position, distance_m
from people.ids import CaregiverId

#: So many of the nearest are looked at closely.
_BATCH: Final = 200

PLACE: Final = "SELECT lat, lon FROM dispatch.incident WHERE id = $1 AND area = ANY($2::text[])"

# On shift now, at work, not on a job and not the one in need. The order here is rough (degrees,
# shrunk by latitude) and only bounds the rows; the great circle decides below.
ABLE: Final = """
SELECT c.caregiver_id, c.name, c.phone, c.languages, c.travel_mode, duty.ends_at,
       array(
           SELECT DISTINCT s.skill FROM dispatch.skill_v1 AS s
           WHERE s.caregiver_id = c.caregiver_id AND s.valid_from <= here.today
             AND (s.valid_to IS NULL OR s.valid_to >= here.today)
           ORDER BY s.skill
       ) AS skills,
       coalesce(p.lat, c.base_lat) AS lat, coalesce(p.lon, c.base_lon) AS lon, p.at AS fix_at
FROM dispatch.caregiver_v1 AS c
JOIN LATERAL (
    SELECT max(ends_at) AS ends_at FROM scheduler.duty_v1 AS d
    WHERE d.caregiver_id = c.caregiver_id AND d.starts_at <= $2 AND $2 < d.ends_at
) AS duty ON duty.ends_at IS NOT NULL
LEFT JOIN scheduler.zone_v1 AS z ON z.area = c.area
CROSS JOIN LATERAL (
    SELECT ($2 AT TIME ZONE coalesce(z.zone, 'Asia/Shanghai'))::date AS today
) AS here
LEFT JOIN dispatch.position_v1 AS p ON p.caregiver_id = c.caregiver_id
WHERE c.active AND c.kind = 'caregiver' AND c.area = ANY($1::text[])
  AND NOT EXISTS (SELECT FROM dispatch.away_v1 AS w WHERE w.caregiver_id = c.caregiver_id)
  AND NOT EXISTS (SELECT FROM dispatch.incident AS i
                  WHERE i.caregiver_id = c.caregiver_id AND i.state <> 'closed')
ORDER BY (coalesce(p.lat, c.base_lat) - $3) ^ 2
       + ((coalesce(p.lon, c.base_lon) - $4) * cosd($3)) ^ 2
LIMIT $5
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A caregiver who is on shift and free for a job.

    Attributes:
        skills: those of the day, by the clock of the caregiver's centre.
        distance_m: straight-line distance.
        eta_s: a first estimate, see `eta`.
        fix_at: when (lat, lon) was known; None: it is the base, there is no fix.
    """

    caregiver_id: CaregiverId
    name: str
    phone: str
    languages: tuple[str, ...]
    skills: tuple[str, ...]
    travel_mode: str
    lat: float
    lon: float
    fix_at: datetime | None
    on_shift_until: datetime
    distance_m: float
    eta_s: int


def languages_missing(candidate: Candidate, spoken: frozenset[str]) -> list[str]:
    """Return the residents' languages when the caregiver speaks none of them."""
    return [] if not spoken or spoken & set(candidate.languages) else sorted(spoken)


async def nearest(
    conn: Connection, incident_id: UUID, areas: frozenset[str], now: datetime, limit: int = 10
) -> list[Candidate]:
    """Return the caregivers of `areas` who could be there first, the first first.

    None when nobody knows where the incident is.

    Raises:
        NotFoundError: there is no such incident in `areas`.
    """
    place = await conn.fetchrow(PLACE, incident_id, list(areas))
    if place is None:
        raise NotFoundError("There is no such incident.", id=incident_id)
    if place["lat"] is None:
        return []
    there = Position(place["lat"], place["lon"])
    rows = await conn.fetch(ABLE, list(areas), now, there.lat, there.lon, _BATCH)
    able = [_candidate(row, there) for row in rows]
    return sorted(able, key=lambda c: (c.eta_s, c.distance_m, c.caregiver_id))[:limit]


def _candidate(row: Record, there: Position) -> Candidate:
    metres = distance_m(Position(row["lat"], row["lon"]), there)
    return Candidate(
        caregiver_id=CaregiverId(row["caregiver_id"]),
        name=row["name"],
        phone=row["phone"],
        languages=tuple(row["languages"]),
        skills=tuple(row["skills"]),
        travel_mode=row["travel_mode"],
        lat=row["lat"],
        lon=row["lon"],
        fix_at=row["fix_at"],
        on_shift_until=row["ends_at"],
        distance_m=metres,
        eta_s=eta_s(metres, row["travel_mode"]),
    )
