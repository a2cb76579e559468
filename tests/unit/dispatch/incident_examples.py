"""An incident in each state, and an event of each type, for the tests beside this file."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from dispatch.assignments import events as j
from dispatch.ids import AssignmentId, IncidentId
from dispatch.incidents import events as e
from dispatch.incidents.escalation import DEFAULT
from dispatch.incidents.lifecycle import transition
from dispatch.incidents.model import (
    Alarm,
    AlarmKind,
    Category,
    Disposition,
    Incident,
    State,
)
from dispatch.incidents.opening import Subject, opened
from people.ids import AccountId, CaregiverId, ContactId, HomeId

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LI, SUN = AccountId(UUID(int=1)), AccountId(UUID(int=2))
JOB = AssignmentId(UUID(int=3))
ZHOU = CaregiverId(UUID(int=4))
SOS = Alarm(kind=AlarmKind.SOS, category=Category.EMERGENCY, priority=1, terminal_id="T-1")
SILENCE = Alarm(
    kind=AlarmKind.WENT_SILENT, category=Category.TECHNICAL, priority=3, terminal_id="T-1"
)
FAULT = replace(SILENCE, kind=AlarmKind.FAULT, priority=2)
HOME = Subject(key=f"home:{UUID(int=9)}", area="north", home_id=HomeId(UUID(int=9)))


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def raised(alarm: Alarm = SOS) -> Incident:
    return opened(IncidentId(UUID(int=7)), HOME, alarm, NOW, DEFAULT).incident


def become(incident: Incident, *events: e.Event) -> Incident:
    for event in events:
        incident = transition(incident, event).incident
    return incident


def claim(at: datetime = NOW) -> e.Claimed:
    return e.Claimed(id=uuid4(), at=at, by=LI)


def signal(alarm: Alarm, at: datetime = NOW) -> e.Signalled:
    return e.Signalled(id=uuid4(), at=at, alarm=alarm)


def dispatch(at: datetime = NOW) -> e.Dispatched:
    return e.Dispatched(id=uuid4(), at=at, by=LI, assignment_id=JOB, caregiver_id=ZHOU)


def close(at: datetime = NOW, disposition: Disposition = Disposition.REAL) -> e.Closed:
    return e.Closed(id=uuid4(), at=at, by=LI, disposition=disposition)


def in_state(state: State, alarm: Alarm = SOS) -> Incident:
    """Return an incident that got into `state` the usual way."""
    way: dict[State, list[e.Event]] = {
        State.OPEN: [],
        State.CLAIMED: [claim()],
        State.ASSIGNED: [claim(), dispatch()],
        State.ON_SCENE: [claim(), dispatch(), *(each(t) for t in (j.Accepted, j.Arrived))],
        State.CLOSED: [claim(), close()],
    }
    return become(raised(alarm), *way[state])


def each(kind: type[e.Event], at: datetime = NOW) -> e.Event:
    """Return an event of type `kind`."""
    person = {"id": uuid4(), "at": at, "by": LI}
    job = {"id": uuid4(), "at": at, "assignment_id": JOB}
    more: dict[type[e.Event], dict[str, object]] = {
        e.Signalled: {"id": uuid4(), "at": at, "alarm": SOS},
        e.Ended: {
            "id": uuid4(),
            "at": at,
            "terminal_id": "T-1",
            "kind": AlarmKind.WENT_SILENT,
        },
        e.DeviceRemarked: {
            "id": uuid4(),
            "at": at,
            "terminal_id": "T-1",
            "kind": "cancelled",
            "data": {},
        },
        e.Noted: {**person, "text": "a note"},
        e.ContactCalled: {**person, "contact_id": ContactId(UUID(int=5)), "outcome": "answered"},
        e.Dispatched: {**person, "assignment_id": JOB, "caregiver_id": ZHOU},
        e.Closed: {**person, "disposition": Disposition.REAL},
        e.ResponderCalledForHelp: {**person, "caregiver_id": ZHOU},
        j.OfferExpired: job,
        e.StepDue: {"id": uuid4(), "at": at},
    }
    of_job = (j.Withdrawn, j.Accepted, j.Declined, j.SetOut, j.Arrived, j.Finished)
    given = more.get(kind, {**job, "by": LI} if kind in of_job else person)
    return kind(**given)  # type: ignore[arg-type]
