"""Certificates: who holds which, until when; a new one, other days."""

from itertools import groupby
from typing import Final
from uuid import UUID

from fastapi import APIRouter

from kernel.clock import Clock
from kernel.db import Connection
from kernel.errors import InvalidError
from people.ids import CaregiverId
from people.staff.certificates import changing, store
from scheduler.day.store import services
from web.deps import Caller, Conn, Planner, TheClock, ThePool
from web.wire.certificate import (
    AddCertificate,
    Certificate,
    Certificates,
    ChangeCertificate,
    Holder,
)

router = APIRouter(tags=["certificates"])
ADDED: Final = "certificate_added"
CHANGED: Final = "certificate_changed"


@router.get("/certificates")
async def certificates(caller: Planner, conn: Conn) -> Certificates:
    """Everybody who works in the caller's areas, with their certificates."""
    areas = sorted(caller.areas)
    people = await store.holders(conn, areas)
    found = sorted(await store.certificates(conn, areas), key=lambda one: one.caregiver_id)
    held = {
        who: [_shown(one) for one in theirs]
        for who, theirs in groupby(found, lambda one: one.caregiver_id)
    }
    return Certificates(
        skills=sorted(await _known(conn, areas)),
        items=[
            Holder(
                id=one.id,
                name=one.name,
                skills=sorted(one.skills),
                certificates=held.get(one.id, []),
            )
            for one in people
        ],
    )


@router.post("/certificates", status_code=201)
async def add_certificate(
    caller: Planner, body: AddCertificate, pool: ThePool, clock: TheClock
) -> Certificate:
    """Add a certificate; the next plan follows it."""
    async with pool.acquire() as conn:
        known = await _known(conn, sorted(caller.areas))
    if body.skill not in known:
        raise InvalidError("There is no such skill.", field="skill")
    added = store.Certificate(
        id=body.event_id,
        caregiver_id=CaregiverId(body.caregiver_id),
        skill=body.skill,
        span=_span(body),
        version=1,
    )
    return _shown(await changing.add(pool, caller.areas, added, _change(caller, clock, ADDED)))


@router.put("/certificates/{certificate_id}")
async def change_certificate(
    caller: Planner, certificate_id: UUID, body: ChangeCertificate, pool: ThePool, clock: TheClock
) -> Certificate:
    """Change the days of a certificate; the next plan follows them, what is past stays."""
    return _shown(
        await changing.change_days(
            pool,
            caller.areas,
            certificate_id,
            _span(body),
            _change(caller, clock, CHANGED),
            version=body.version,
        )
    )


async def _known(conn: Connection, areas: list[str]) -> set[str]:
    """What services need, and what is already said of people."""
    needed = {skill for one in (await services(conn)).values() for skill in one.skills}
    return needed | await store.skills(conn, areas)


def _span(body: AddCertificate | ChangeCertificate) -> store.Span:
    return store.Span(
        number=body.number or None, valid_from=body.valid_from, valid_to=body.valid_to
    )


def _change(caller: Caller, clock: Clock, action: str) -> store.Change:
    return store.Change(by=caller.account_id, at=clock.now(), action=action)


def _shown(one: store.Certificate) -> Certificate:
    return Certificate(
        id=one.id,
        skill=one.skill,
        number=one.span.number,
        valid_from=one.span.valid_from,
        valid_to=one.span.valid_to,
        version=one.version,
    )
