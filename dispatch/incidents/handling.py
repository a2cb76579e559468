"""One event, one transaction.

Locks are taken in one order: the incident, its job, the outbox. Whatever an event leads to (the
job's change, words to the terminal, facts) is committed with it or not at all.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from devices.events import TerminalId
from devices.registry.commands import sending as commands
from dispatch.assignments import eta
from dispatch.assignments import events as j
from dispatch.assignments import lifecycle as jobs
from dispatch.assignments import store as job_store
from dispatch.assignments.model import Assignment, JobState
from dispatch.ids import IncidentId
from dispatch.incidents import events as e
from dispatch.incidents import facts, store
from dispatch.incidents.lifecycle import transition
from dispatch.incidents.model import (
    AlarmKind,
    EndJob,
    Incident,
    Outcome,
    State,
    Tell,
    TellTerminals,
)
from kernel import outbox
from kernel.db import Connection, Pool
from kernel.errors import InvalidError
from kernel.geo import Position, distance_m
from kernel.ids import new_id
from kernel.metrics import RING_TO_CLAIM
from kernel.outbox import Fact
from people.ids import CaregiverId

#: Alarms that the platform raised about a terminal: it knows nothing of them.
_NOT_FROM_TERMINALS = frozenset(
    {AlarmKind.WENT_SILENT, AlarmKind.AREA_SILENT, AlarmKind.UNDECODABLE, AlarmKind.CAREGIVER_SOS}
)


async def apply(pool: Pool, incident_id: IncidentId, event: e.Event) -> Incident:
    """Apply `event` exactly once and return the incident as it now stands.

    Raises:
        NotFoundError: there is no such incident.
        IncidentAlreadyClaimedError | IncidentStateError | AssignmentStateError |
        CaregiverBusyError | InvalidError: refused; nothing has changed.
    """
    async with pool.acquire() as conn, conn.transaction():
        before = await store.lock(conn, incident_id)
        if not await store.append(conn, incident_id, event):
            return before  # a retry
        after, told = await act(conn, before, event)
        await outbox.put(conn, event.at, told)
    if isinstance(event, e.Claimed) and before.waiting_since is not None:
        RING_TO_CLAIM.observe((event.at - before.waiting_since).total_seconds())
    return after


async def apply_to_job(pool: Pool, event: j.OfJob) -> Assignment:
    """Apply `event` exactly once to its job and incident; return the job as it now stands.

    Raises:
        NotFoundError: there is no such job.
        AssignmentStateError | IncidentStateError: refused; nothing has changed.
    """
    async with pool.acquire() as conn:
        job = await job_store.find(conn, event.assignment_id)
    await apply(pool, job.incident_id, event)
    async with pool.acquire() as conn:
        return await job_store.find(conn, event.assignment_id)


async def act(conn: Connection, before: Incident, event: e.Event) -> tuple[Incident, list[Fact]]:
    """Carry out `event`, new and in the timeline, on a locked incident; return facts to put."""
    outcome = transition(before, event)
    told = await _move_job(conn, outcome.incident, event)
    after = outcome.incident
    if after != before:
        after = (await store.save(conn, [after]))[0]
    told += await _carry_out(conn, Outcome(after, outcome.effects), event)
    return after, told


async def _move_job(conn: Connection, incident: Incident, event: e.Event) -> list[Fact]:
    match event:
        case e.Dispatched():
            job = await _offered(conn, incident, event)
            await job_store.insert(conn, job)
        case (
            j.Withdrawn()
            | j.Accepted()
            | j.Declined()
            | j.OfferExpired()
            | j.SetOut()
            | j.Arrived()
            | j.Finished()
        ):
            job = await job_store.lock(conn, event.assignment_id)
            if isinstance(event, j.Accepted | j.SetOut) and event.eta_at is None:
                event = replace(
                    event, eta_at=await _eta(conn, incident, job.caregiver_id, event.at)
                )
            job = jobs.transition(job, event)
            await job_store.save(conn, job)
        case _:
            return []
    return [facts.of_assignment(job, incident, event.at)]


async def _carry_out(conn: Connection, outcome: Outcome, event: e.Event) -> list[Fact]:
    incident, told = outcome.incident, list[Fact]()
    for effect in outcome.effects:
        match effect:
            case Tell(what):
                told.append(facts.of_incident(incident, what, e.by_of(event)))
            case TellTerminals(state):
                await _tell_terminals(conn, incident, state, event.at)
            case EndJob(assignment_id):
                job = _ended(await job_store.lock(conn, assignment_id), event.at)
                await job_store.save(conn, job)
                told.append(facts.of_assignment(job, incident, event.at))
            case _:
                assert_never(effect)
    return told


async def _offered(conn: Connection, incident: Incident, event: e.Dispatched) -> Assignment:
    if await job_store.whereabouts(conn, event.caregiver_id) is None:
        raise InvalidError("There is no such caregiver at work.", field="caregiver_id")
    eta_at = event.eta_at or await _eta(conn, incident, event.caregiver_id, event.at)
    return Assignment(
        id=event.assignment_id,
        incident_id=incident.id,
        caregiver_id=event.caregiver_id,
        state=JobState.OFFERED,
        offered_at=event.at,
        offered_by=event.by,
        due_at=event.at + incident.policy.offer_within,
        eta_at=eta_at,
    )


async def _eta(
    conn: Connection, incident: Incident, caregiver_id: CaregiverId, at: datetime
) -> datetime | None:
    where = await job_store.whereabouts(conn, caregiver_id)
    if where is None or incident.lat is None or incident.lon is None:
        return None
    lat, lon, mode = where
    metres = distance_m(Position(lat, lon), Position(incident.lat, incident.lon))
    return eta.arrival(at, metres, mode)


def _ended(job: Assignment, at: datetime) -> Assignment:
    """Return the job that ends because its incident was closed: done if the responder was there."""
    state = JobState.DONE if job.state is JobState.ON_SCENE else JobState.WITHDRAWN
    return replace(job, state=state, due_at=None, ended_at=at)


async def _tell_terminals(conn: Connection, incident: Incident, state: str, at: datetime) -> None:
    for terminal, signal in await store.terminals(conn, incident.id, _NOT_FROM_TERMINALS):
        body = {"alarm": signal, "state": state}
        await commands.enqueue(conn, TerminalId(terminal), "alarm_state", body, at)


async def expire(conn: Connection, incident: Incident, at: datetime) -> list[Fact]:
    """Let the deadlines of a locked incident and of its offer pass; return facts to put.

    Each is looked at again under the lock, so calling it too often changes nothing.
    """
    told: list[Fact] = []
    for event in await _passed(conn, incident, at):
        await store.append(conn, incident.id, event)
        incident, more = await act(conn, incident, event)
        told += more
    return told


async def _passed(conn: Connection, incident: Incident, at: datetime) -> Sequence[e.Event]:
    if incident.state is State.CLOSED:
        return []
    passed: list[e.Event] = []
    if incident.step_due_at is not None and incident.step_due_at <= at:
        passed.append(e.StepDue(id=new_id(), at=at))
    if incident.assignment_id is not None:
        job = await job_store.lock(conn, incident.assignment_id)
        if job.due_at is not None and job.due_at <= at:
            passed.append(j.OfferExpired(id=new_id(), at=at, assignment_id=job.id))
    return passed
