"""Who could go, and what their leaving would do to the day: dispatch and scheduler together."""

import asyncio
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from dispatch.assignments import candidates
from dispatch.assignments.candidates import Candidate
from dispatch.incidents.views import reading as views
from kernel.db import Connection, Pool
from kernel.geo import Position
from people.ids import HomeId
from people.residents import store as residents
from scheduler.pull_outs.estimate import ON_SCENE
from scheduler.reading.effects import DepartureEffect, effects_of_leaving
from web.showing import service_name
from web.wire import incident as wire
from web.wire.base import Locale

_SHOWN: Final = 3


async def responders_of(
    pool: Pool, incident_id: UUID, areas: frozenset[str], now: datetime, locale: Locale
) -> wire.Candidates:
    """Return the nearest able responders with what their leaving would delay.

    Raises:
        NotFoundError: there is no such incident in `areas`.
    """
    async with pool.acquire() as conn:
        nearest = await candidates.nearest(conn, incident_id, areas, now, _SHOWN)
        (incident,) = await views.incidents(conn, [incident_id])
        spoken = await _spoken(conn, incident.home_id)
    if incident.lat is None or incident.lon is None:
        return wire.Candidates(items=[])
    where = Position(incident.lat, incident.lon)
    found = await asyncio.gather(
        *(
            effects_of_leaving(
                pool, one.caregiver_id, now, now + timedelta(seconds=one.eta_s) + ON_SCENE, where
            )
            for one in nearest
        )
    )
    return wire.Candidates(
        items=[
            _shown(one, effect, candidates.languages_missing(one, spoken), now, locale)
            for one, effect in zip(nearest, found, strict=True)
        ]
    )


async def _spoken(conn: Connection, home_id: UUID | None) -> frozenset[str]:
    people = await residents.of_homes(conn, [HomeId(home_id)]) if home_id else []
    return frozenset(language for one in people for language in one.languages)


def _shown(
    one: Candidate, effect: DepartureEffect, missing: list[str], now: datetime, locale: Locale
) -> wire.Candidate:
    age = None if one.fix_at is None else max(0, round((now - one.fix_at).total_seconds()))
    return wire.Candidate(
        caregiver=wire.Responder(id=one.caregiver_id, name=one.name, phone=one.phone),
        distance_m=one.distance_m,
        eta_s=one.eta_s,
        fix_age_s=age,
        on_shift_until=one.on_shift_until,
        skills_missing=missing,
        delays=[
            wire.Delay(
                visit_id=delay.visit_id,
                resident_name=delay.resident_name,
                service=service_name(delay.service, locale),
                planned_start=delay.planned_start,
                new_start=delay.new_start,
                delay_s=delay.delay_s,
            )
            for delay in effect.delays
        ],
        delay_total_s=effect.delay_total_s,
        unplaced=effect.unplaced,
    )
