"""A caregiver at work calls for help: an emergency of their own, known at the job they are on."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid5

from dispatch.ids import AccountId, CaregiverId, IncidentId
from dispatch.incidents import events as e
from dispatch.incidents import facts, handling, store
from dispatch.incidents.escalation import DEFAULT, from_json
from dispatch.incidents.lifecycle import Subject, opened
from dispatch.incidents.model import Alarm, AlarmKind, Category, Incident, Told
from dispatch.people.caregivers import store as caregivers
from kernel import outbox
from kernel.db import Connection, Pool
from kernel.geo import Position
from kernel.ids import new_id
from kernel.outbox import Fact

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
    subject = f"caregiver:{call.caregiver_id}"
    event = e.Signalled(id=call.id, at=call.at, alarm=_ALARM)
    async with pool.acquire() as conn, conn.transaction():
        await store.reserve(conn, [subject])
        known = await store.known_events(conn, [call.id])
        if call.id in known:
            return await store.lock(conn, known[call.id])
        standing = (await store.lock_open(conn, [subject])).get(subject)
        if standing is not None:
            await store.append(conn, standing.id, event)
            incident, told = await handling.act(conn, standing, event)
        else:
            incident, told = await _open(conn, subject, call, event)
        await store.add_alarms(conn, [_alarm_row(incident, call)])
        told += await _tell_the_job(conn, call)
        await outbox.put(conn, call.at, told)
        return incident


async def _open(
    conn: Connection, subject: str, call: Call, event: e.Signalled
) -> tuple[Incident, list[Fact]]:
    caregiver = await caregivers.find(conn, call.caregiver_id)
    place = (await store.places(conn, [(subject, None, caregiver.area)]))[subject]
    lat, lon = (call.where.lat, call.where.lon) if call.where else (caregiver.lat, caregiver.lon)
    about = Subject(key=subject, area=place.area, caregiver_id=call.caregiver_id, lat=lat, lon=lon)
    policy = from_json(place.policy) if place.policy else DEFAULT
    incident = opened(IncidentId(new_id()), about, _ALARM, call.at, policy).incident
    numbers = await store.insert(conn, [incident])
    incident = replace(incident, number=numbers[incident.id])
    await store.append(conn, incident.id, event)
    return incident, [facts.of_incident(incident, Told.OPENED, call.by)]


async def _tell_the_job(conn: Connection, call: Call) -> list[Fact]:
    job = await caregivers.incident_of(conn, call.caregiver_id)
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
    await store.append(conn, incident.id, event)
    _, told = await handling.act(conn, incident, event)
    return told


def _alarm_row(incident: Incident, call: Call) -> store.AlarmRow:
    where = None if call.where is None else {"lat": call.where.lat, "lon": call.where.lon}
    return store.AlarmRow(
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
