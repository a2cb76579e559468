"""Who could go, and what their leaving would do to the day: dispatch and scheduler together."""

from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.assignments import candidates
from dispatch.assignments.candidates import Candidate
from dispatch.ids import HomeId
from dispatch.incidents import views
from dispatch.people.residents import store as residents
from kernel.db import Connection, Pool
from web.wire import incident as wire

_SHOWN: Final = 3


def languages_missing(candidate: Candidate, spoken: frozenset[str]) -> list[str]:
    """Return the residents' languages when the caregiver speaks none of them."""
    return [] if not spoken or spoken & set(candidate.languages) else sorted(spoken)


async def responders_of(
    pool: Pool, incident_id: UUID, areas: frozenset[str], now: datetime
) -> wire.Candidates:
    """Return the nearest able responders with what their leaving would delay.

    Raises:
        NotFoundError: there is no such incident in `areas`.
    """
    async with pool.acquire() as conn:
        nearest = await candidates.nearest(conn, incident_id, areas, now, _SHOWN)
        spoken = await _spoken(conn, incident_id)
    return wire.Candidates(items=[_shown(one, spoken, now) for one in nearest])


async def _spoken(conn: Connection, incident_id: UUID) -> frozenset[str]:
    (incident,) = await views.incidents(conn, [incident_id])
    if incident.home_id is None:
        return frozenset()
    people = await residents.of_homes(conn, [HomeId(incident.home_id)])
    return frozenset(language for one in people for language in one.languages)


def _shown(one: Candidate, spoken: frozenset[str], now: datetime) -> wire.Candidate:
    return wire.Candidate(
        caregiver=wire.Responder(id=one.caregiver_id, name=one.name, phone=one.phone),
        distance_m=one.distance_m,
        eta_s=one.eta_s,
        fix_age_s=None if one.fix_at is None else max(0, round((now - one.fix_at).total_seconds())),
        on_shift_until=one.on_shift_until,
        skills_missing=languages_missing(one, spoken),
        delays=[],
        delay_total_s=0,
        unplaced=0,
    )
