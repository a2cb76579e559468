"""A caregiver at work calls for help: an emergency of their own, known at the job they are on."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid5

from dispatch.assignments import store as jobs
from dispatch.ids import IncidentId
from dispatch.incidents import events as e
from dispatch.incidents import facts, handling, store
from dispatch.incidents.lifecycle import transition
from dispatch.incidents.model import Alarm, AlarmKind, Category, Incident, Outcome, State, Tell
from dispatch.incidents.opening import Subject, opened
from dispatch.intake import store as intake
from dispatch.intake.model import AlarmRow, Asked, Place
from kernel import outbox
from kernel.db import Connection, Pool
from kernel.geo import Position
from kernel.ids import new_id
from kernel.outbox import Fact
from people.ids import AccountId, CaregiverId
from people.staff import caregivers
from people.staff.caregivers import Caregiver

_ALARM = Alarm(
    kind=AlarmKind.CAREGIVER_SOS, category=Category.EMERGENCY, priority=1, terminal_id=None
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A caregiver's call for help.

    Attributes:
        id: of the press, made by the phone; a repeat changes nothing.
        where: the fix at the press; None: the last one known.
    """

    id: UUID
    at: datetime
    by: AccountId
    caregiver_id: CaregiverId
    where: Position | None = None


async def call_for_help(pool: Pool, call: Call) -> Incident:
    """Open the caregiver's own emergency, or count another press on it.

    The incident they are at, if any, gets a line in its timeline.

    Raises:
        NotFoundError: there is no such caregiver.
    """
    event = e.Signalled(id=call.id, at=call.at, alarm=_ALARM)
    async with pool.acquire() as conn, conn.transaction():
        caregiver = await caregivers.find(conn, call.caregiver_id)
        subject = f"caregiver:{caregiver.id}"
        asked = Asked(subject=subject, home_id=None, area=caregiver.area)
        loaded = await intake.load(conn, [asked], [call.id])
        known = await store.incident_of_event(conn, call.id) if loaded.known else None
        if known is not None:
            return await store.lock(conn, known)
        before = loaded.open.get(subject)
        outcome = (
            _opened(caregiver, loaded.places[subject], call)
            if before is None
            else transition(before, event)
        )
        incident = outcome.incident
        if before is not None:
            incident = (await store.save(conn, [incident]))[0]
        new = [incident] if before is None else []
        numbers = await intake.record(
            conn, new, [(incident.id, event)], [_alarm_row(incident, call)]
        )
        incident = replace(incident, number=numbers.get(incident.id, incident.number))
        told = [
            facts.of_incident(incident, effect.what, call.by)
            for effect in outcome.effects
            if isinstance(effect, Tell)
        ]
        await outbox.put(conn, call.at, [*told, *await _tell_the_job(conn, call)])
        return incident


def _opened(caregiver: Caregiver, place: Place, call: Call) -> Outcome:
    lat, lon = (call.where.lat, call.where.lon) if call.where else (caregiver.lat, caregiver.lon)
    about = Subject(
        key=f"caregiver:{caregiver.id}",
        area=place.area,
        caregiver_id=caregiver.id,
        lat=lat,
        lon=lon,
    )
    return opened(IncidentId(new_id()), about, _ALARM, call.at, place.policy)


async def _tell_the_job(conn: Connection, call: Call) -> list[Fact]:
    job = await jobs.incident_of(conn, call.caregiver_id)
    if job is None:
        return []
    event = e.ResponderCalledForHelp(
        id=uuid5(call.id, "job"),
        at=call.at,
        by=call.by,
        caregiver_id=call.caregiver_id,
        where=call.where,
    )
    incident = await store.lock(conn, job)
    if incident.state is State.CLOSED:  # closed since we looked; the caregiver's own case rings
        return []
    await store.append(conn, incident.id, event)
    _, told = await handling.act(conn, incident, event)
    return told


def _alarm_row(incident: Incident, call: Call) -> AlarmRow:
    where = None if call.where is None else {"lat": call.where.lat, "lon": call.where.lon}
    return AlarmRow(
        id=call.id,
        incident_id=incident.id,
        alarm=_ALARM,
        home_id=None,
        signal_id=str(call.id),
        received_at=call.at,
        device_at=None,
        clock_suspect=False,
        battery=None,
        rssi=None,
        location=where,
        data={},
    )
