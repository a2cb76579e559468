"""Incidents: the queue, the screen pop, and what an operator does to one."""

import datetime as dt
from typing import Annotated, Literal, TypedDict
from uuid import UUID, uuid5

from fastapi import APIRouter, Query

from dispatch.assignments import events as j
from dispatch.ids import AssignmentId
from dispatch.incidents import events as e
from dispatch.incidents import handling
from dispatch.incidents.model import Disposition, IncidentAlreadyClaimedError
from dispatch.incidents.views import reading as views
from kernel.db import Connection, Pool
from kernel.errors import InvalidError, NotFoundError
from people.ids import AccountId, CaregiverId, ContactId, HomeId
from people.residents import store as residents
from people.staff import caregivers
from scheduler.reading import home as home_reading
from web.deps import AtConsole, AtDesk, Caller, Conn, TheClock, ThePool
from web.errors import ClaimedByOtherError
from web.reading.responders import responders_of
from web.showing import detail_shown, incident_shown
from web.wire.base import Write
from web.wire.incident import (
    Candidates,
    Close,
    ContactCalled,
    Dispatch,
    Incident,
    IncidentDetail,
    IncidentPage,
    Note,
    Plain,
    Withdraw,
)

router = APIRouter(prefix="/incidents", tags=["incidents"])


@router.get("")
async def incidents(
    caller: AtConsole,
    conn: Conn,
    tab: Literal["waiting", "mine", "open", "closed"] = "waiting",
    before: Annotated[str | None, Query(pattern=r"^\d{1,18}$", description="`next`")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> IncidentPage:
    """A page of the queue: the most urgent first, then the longest waiting."""
    found = await views.listed(
        conn,
        views.Tab(tab),
        caller.areas,
        caller.account_id,
        before=int(before) if before else None,
        limit=limit + 1,
    )
    page = found[:limit]
    more = len(found) > limit
    return IncidentPage(
        items=[incident_shown(one) for one in page], next=str(page[-1].number) if more else None
    )


@router.get("/{incident_id}")
async def incident(caller: AtConsole, incident_id: UUID, pool: ThePool) -> IncidentDetail:
    """The screen pop: who it is, how to get in, whom to call, what happened lately."""
    async with pool.acquire() as conn:
        found = await views.detail(conn, incident_id, caller.areas)
    last_visit = last_meal = None
    if found.incident.home_id is not None:
        home = found.incident.home_id
        last_visit = await home_reading.last_visit(pool, caller.areas, home)
        last_meal = await home_reading.last_meal(pool, caller.areas, home)
    return detail_shown(found, last_visit, last_meal, caller.account.locale)


@router.get("/{incident_id}/responders")
async def responders(
    caller: AtDesk, incident_id: UUID, pool: ThePool, clock: TheClock
) -> Candidates:
    """The three nearest able caregivers, and what each one's leaving would delay."""
    return await responders_of(pool, incident_id, caller.areas, clock.now(), caller.account.locale)


@router.post("/{incident_id}/claim")
async def claim(
    caller: AtDesk, incident_id: UUID, body: Plain, pool: ThePool, clock: TheClock
) -> Incident:
    """Take it. Who comes second is told who was first, and when."""
    event = e.Claimed(**_by(caller, body, clock.now()))
    try:
        return await _apply(caller, pool, incident_id, event)
    except IncidentAlreadyClaimedError:
        async with pool.acquire() as conn:
            shown = await _shown(conn, incident_id)
        if shown.claimed_by is None:  # given back meanwhile
            raise
        raise ClaimedByOtherError(
            f"{shown.claimed_by.name} has taken it already.",
            claimed_by=shown.claimed_by,
            claimed_at=shown.claimed_at,
        ) from None


@router.post("/{incident_id}/release")
async def release(
    caller: AtDesk, incident_id: UUID, body: Plain, pool: ThePool, clock: TheClock
) -> Incident:
    """Give it back to the queue; it rings again."""
    event = e.Released(**_by(caller, body, clock.now()))
    return await _apply(caller, pool, incident_id, event)


@router.post("/{incident_id}/escalate")
async def escalate(
    caller: AtDesk, incident_id: UUID, body: Plain, pool: ThePool, clock: TheClock
) -> Incident:
    """Call the supervisor in."""
    event = e.Escalated(**_by(caller, body, clock.now()))
    return await _apply(caller, pool, incident_id, event)


@router.post("/{incident_id}/note")
async def note(
    caller: AtDesk, incident_id: UUID, body: Note, pool: ThePool, clock: TheClock
) -> Incident:
    """Write something down, also after the end."""
    event = e.Noted(**_by(caller, body, clock.now()), text=body.text)
    return await _apply(caller, pool, incident_id, event)


@router.post("/{incident_id}/close")
async def close(
    caller: AtDesk, incident_id: UUID, body: Close, pool: ThePool, clock: TheClock
) -> Incident:
    """Say what it was, and end it."""
    if body.disposition == "no_answer" and not body.note:
        raise InvalidError("Say what was tried when nobody answered.", field="note")
    event = e.Closed(
        **_by(caller, body, clock.now()),
        disposition=Disposition(body.disposition),
        note=body.note,
    )
    return await _apply(caller, pool, incident_id, event)


@router.post("/{incident_id}/dispatch")
async def dispatch(
    caller: AtDesk, incident_id: UUID, body: Dispatch, pool: ThePool, clock: TheClock
) -> Incident:
    """Offer the job to a caregiver."""
    caregiver_id = CaregiverId(body.caregiver_id)
    async with pool.acquire() as conn:
        caller.must_see((await caregivers.find(conn, caregiver_id)).area, "caregiver")
    event = e.Dispatched(
        **_by(caller, body, clock.now()),
        assignment_id=AssignmentId(uuid5(body.event_id, "job")),
        caregiver_id=caregiver_id,
    )
    return await _apply(caller, pool, incident_id, event)


@router.post("/{incident_id}/withdraw")
async def withdraw(
    caller: AtDesk, incident_id: UUID, body: Withdraw, pool: ThePool, clock: TheClock
) -> Incident:
    """Take the job back from the caregiver."""
    event = j.Withdrawn(
        **_by(caller, body, clock.now()),
        assignment_id=AssignmentId(body.assignment_id),
        reason=body.reason,
    )
    return await _apply(caller, pool, incident_id, event)


@router.post("/{incident_id}/contact-called")
async def contact_called(
    caller: AtDesk, incident_id: UUID, body: ContactCalled, pool: ThePool, clock: TheClock
) -> Incident:
    """Write down that a contact was called, and what came of it."""
    async with pool.acquire() as conn:
        await _must_be_contact(conn, caller, incident_id, body.contact_id)
    event = e.ContactCalled(
        **_by(caller, body, clock.now()),
        contact_id=ContactId(body.contact_id),
        outcome=body.outcome,
    )
    return await _apply(caller, pool, incident_id, event)


class _By(TypedDict):
    id: UUID
    at: dt.datetime
    by: AccountId


def _by(caller: Caller, body: Write, now: dt.datetime) -> _By:
    return {"id": body.event_id, "at": now, "by": caller.account_id}


async def _apply(caller: Caller, pool: Pool, incident_id: UUID, event: e.Event) -> Incident:
    async with pool.acquire() as conn:
        known = await views.require(conn, incident_id, caller.areas)
    await handling.apply(pool, known, event)
    async with pool.acquire() as conn:
        return await _shown(conn, incident_id)


async def _shown(conn: Connection, incident_id: UUID) -> Incident:
    (view,) = await views.incidents(conn, [incident_id])
    return incident_shown(view)


async def _must_be_contact(
    conn: Connection, caller: Caller, incident_id: UUID, contact_id: UUID
) -> None:
    await views.require(conn, incident_id, caller.areas)
    shown = await _shown(conn, incident_id)
    known = await residents.contacts(conn, [HomeId(shown.home_id)]) if shown.home_id else []
    if contact_id not in {one.id for one in known}:
        raise NotFoundError("There is no such contact at this home.")
