"""What an incident becomes when something happens to it (pure).

Promises, each kept by a test:

- An unowned incident rings, and rings further at every step.
- Whatever waits for a person has a deadline. When it passes, the queue hears of it again.
- A call for help is closed by a person only. A passing condition (`model.PASSING`) that nobody
  has touched closes itself once it is over; one that somebody has touched is only marked cleared.
- A closed incident does not change; notes still go to its timeline.

Repeated alarms of the incident's category count as presses. An emergency on a technical incident
makes it an emergency that waits for an owner anew, whoever looked after the technical matter; a
responder who is on the way goes on. A technical alarm on an emergency is a line in the timeline.

Only claiming is exclusive. Whoever may see an incident may note, dispatch or close it once it has
an owner, as colleagues do; the timeline says who did what.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, assert_never

from dispatch.assignments import events as j
from dispatch.incidents import events as e
from dispatch.incidents.escalation import LOUDER, SUPERVISOR, level_of
from dispatch.incidents.model import (
    OWNED,
    Alarm,
    Announcement,
    Category,
    Disposition,
    EndJob,
    Incident,
    IncidentAlreadyClaimedError,
    IncidentStateError,
    Outcome,
    State,
    Tell,
    TellTerminals,
    condition,
)
from kernel.errors import InvalidError
from people.ids import AccountId

_ALL: Final = frozenset(State)
_RUNNING: Final = _ALL - {State.CLOSED}
#: A job may go on while nobody at the desk owns the incident: `OPEN` is in its states too.
_WITH_JOB: Final = frozenset({State.OPEN, State.ASSIGNED, State.ON_SCENE})

ALLOWED: Final[Mapping[type[e.Event], frozenset[State]]] = {
    e.Signalled: _RUNNING,
    e.Ended: _RUNNING,
    e.DeviceRemarked: _RUNNING,
    e.Claimed: frozenset({State.OPEN}),
    e.Released: OWNED,
    e.Escalated: _RUNNING,
    e.Noted: _ALL,
    e.ContactCalled: _RUNNING,
    e.Dispatched: frozenset({State.CLAIMED}),
    e.Closed: OWNED,
    j.Withdrawn: _WITH_JOB,
    j.Accepted: _WITH_JOB,
    j.Declined: _WITH_JOB,
    j.OfferExpired: _WITH_JOB,
    j.SetOut: _WITH_JOB,
    j.Arrived: _WITH_JOB,
    j.Finished: _WITH_JOB,
    e.FamilySaw: _ALL,
    e.FamilyGoing: _RUNNING,
    e.ResponderCalledForHelp: _RUNNING,
    e.StepDue: _RUNNING,
}

_NOTED: Final = (Tell(Announcement.NOTED),)


def transition(incident: Incident, event: e.Event) -> Outcome:
    """Apply one event.

    Raises:
        IncidentAlreadyClaimedError: a claim that came second.
        IncidentStateError: `ALLOWED` does not list the incident's state for this event, or the
            event is about a job that is not the incident's present one.
        InvalidError: the event breaks a rule by itself.
    """
    if incident.state not in ALLOWED[type(event)]:
        if isinstance(event, e.Claimed) and incident.state in OWNED:
            raise _lost(incident)
        raise _refusal(incident, event)
    match event:
        case e.Signalled() | e.Ended() | e.DeviceRemarked():
            return _by_device(incident, event)
        case e.StepDue(at=at):
            return _step_due(incident, at)
        case (
            j.Withdrawn()
            | j.Accepted()
            | j.Declined()
            | j.OfferExpired()
            | j.SetOut()
            | j.Arrived()
            | j.Finished()
        ):
            if event.assignment_id != incident.assignment_id:
                raise _refusal(incident, event)
            return _of_job(incident, event)
        case e.FamilySaw():
            return Outcome(incident, _NOTED)
        case e.FamilyGoing() | e.ResponderCalledForHelp():
            return Outcome(replace(incident, touched=True), _NOTED)
        case _:
            return _by_desk(incident, event)


def _by_device(incident: Incident, event: e.ByDevice) -> Outcome:
    match event:
        case e.Signalled(alarm=alarm, at=at):
            return _signalled(incident, alarm, at)
        case e.Ended(terminal_id=terminal, kind=kind, at=at):
            return _ended(incident, condition(kind, terminal), at)
        case e.DeviceRemarked():
            return Outcome(incident, _NOTED)
        case _:
            assert_never(event)


def _by_desk(incident: Incident, event: e.ByDesk) -> Outcome:
    touched = incident if incident.state is State.CLOSED else replace(incident, touched=True)
    match event:
        case e.Claimed(by=operator, at=at):
            return _claimed(touched, operator, at)
        case e.Released(at=at):
            return Outcome(_queued(touched, at, step=0), (Tell(Announcement.RELEASED),))
        case e.Escalated(at=at):
            return _escalated(touched, at)
        case e.Noted(at=at) | e.ContactCalled(at=at):
            return Outcome(_still_acting(touched, at), _NOTED)
        case e.Dispatched(at=at, assignment_id=job):
            due = at + incident.policy.arrive_within
            after = replace(
                touched,
                state=State.ASSIGNED,
                assignment_id=job,
                help_coming_at=None,
                arrived_at=None,
                step_due_at=due,
            )
            return Outcome(after, (Tell(Announcement.ASSIGNED),))
        case e.Closed():
            return _closed(touched, event)
        case _:
            assert_never(event)


def _of_job(incident: Incident, event: j.OfJob) -> Outcome:
    at = event.at
    match event:
        case j.Accepted():
            after = replace(incident, help_coming_at=at, touched=True)
            return Outcome(after, (TellTerminals("help_coming"),))
        case j.SetOut():
            return Outcome(incident, ())
        case j.Arrived():
            after = replace(incident, arrived_at=at, help_coming_at=incident.help_coming_at or at)
            if incident.state is State.ASSIGNED:
                due = at + incident.policy.scene_within
                after = replace(after, state=State.ON_SCENE, step_due_at=due)
            return Outcome(after, (Tell(Announcement.ON_SCENE),))
        case j.Finished():
            return Outcome(_without_job(incident, at), _NOTED)
        case j.Withdrawn():
            after = _without_job(incident, at)
            return Outcome(replace(after, help_coming_at=None, arrived_at=None), _NOTED)
        case j.Declined() | j.OfferExpired():
            after = replace(incident, assignment_id=None, help_coming_at=None, arrived_at=None)
            if incident.state is not State.OPEN:  # an open one rings already
                after = _queued(after, at, step=LOUDER)
            return Outcome(after, (Tell(Announcement.RELEASED),))
        case _:
            assert_never(event)


def _signalled(incident: Incident, alarm: Alarm, at: datetime) -> Outcome:
    if alarm.where is not None and alarm.category is Category.EMERGENCY:
        incident = replace(incident, lat=alarm.where.lat, lon=alarm.where.lon)
    if incident.category is Category.EMERGENCY and alarm.category is Category.TECHNICAL:
        return Outcome(replace(incident, standing=incident.standing | alarm.conditions), _NOTED)
    if incident.category is Category.TECHNICAL and alarm.category is Category.EMERGENCY:
        after = replace(
            incident,
            category=alarm.category,
            kind=alarm.kind,
            priority=alarm.priority,
            terminal_id=alarm.terminal_id or incident.terminal_id,
            test=False,
            presses=1,
            last_signal_at=at,
            passing=False,
            cleared=False,
            answered_at=None,
        )
        return Outcome(_queued(after, at, step=0), (Tell(Announcement.SIGNALLED),))
    after = replace(
        incident,
        presses=incident.presses + 1,
        last_signal_at=at,
        test=incident.test and alarm.test,
        standing=incident.standing | alarm.conditions,
        passing=incident.passing and alarm.passing,
        cleared=False,
    )
    if incident.test and not alarm.test:
        after = replace(after, kind=alarm.kind)
    if alarm.priority < incident.priority:
        after = replace(after, kind=alarm.kind, priority=alarm.priority)
        if incident.state is State.OPEN:  # it may now wait less long
            sooner = at + incident.policy.gap(alarm.priority, incident.step)
            after = replace(after, step_due_at=min(sooner, incident.step_due_at or sooner))
    return Outcome(after, (Tell(Announcement.SIGNALLED),))


def _ended(incident: Incident, over: str, at: datetime) -> Outcome:
    if over not in incident.standing:
        return Outcome(incident, ())
    after = replace(incident, standing=incident.standing - {over})
    if after.standing or not incident.passing:
        return Outcome(after, _NOTED)
    after = replace(after, cleared=True)
    if incident.touched:
        return Outcome(after, (Tell(Announcement.CLEARED),))
    return Outcome(_over(after, at, Disposition.DEVICE_FAULT), (Tell(Announcement.CLOSED),))


def _step_due(incident: Incident, at: datetime) -> Outcome:
    if incident.state is not State.OPEN:
        return Outcome(_queued(incident, at, step=LOUDER), (Tell(Announcement.RELEASED),))
    step, due = incident.policy.advance(
        incident.priority, incident.step, incident.step_due_at or at, at
    )
    after = replace(incident, step=step, level=level_of(step), step_due_at=due)
    return Outcome(after, (Tell(Announcement.ESCALATED),))


def _claimed(incident: Incident, operator: AccountId, at: datetime) -> Outcome:
    after = replace(
        incident,
        claimed_by=operator,
        claimed_at=at,
        answered_at=incident.answered_at or at,
        waiting_since=None,
        step=0,
        level=0,
    )
    return Outcome(_owned(after, at), (Tell(Announcement.CLAIMED), TellTerminals("answered")))


def _escalated(incident: Incident, at: datetime) -> Outcome:
    after = replace(incident, level=SUPERVISOR)
    if incident.state is State.OPEN:
        step = max(incident.step, SUPERVISOR)
        due = at + incident.policy.gap(incident.priority, step)
        after = replace(after, step=step, step_due_at=due)
    return Outcome(_still_acting(after, at), (Tell(Announcement.ESCALATED),))


def _closed(incident: Incident, event: e.Closed) -> Outcome:
    if event.disposition is Disposition.NO_ANSWER and not event.note.strip():
        raise InvalidError("Say in a note what was tried when nobody answered.", field="note")
    after = replace(
        _over(incident, event.at, event.disposition), note=event.note, closed_by=event.by
    )
    ended = (EndJob(incident.assignment_id),) if incident.assignment_id else ()
    return Outcome(after, (*ended, Tell(Announcement.CLOSED), TellTerminals("closed")))


def _queued(incident: Incident, at: datetime, *, step: int) -> Incident:
    """Return it unowned and ringing from `step` on; a job under way goes on."""
    return replace(
        incident,
        state=State.OPEN,
        claimed_by=None,
        claimed_at=None,
        waiting_since=at,
        step=step,
        level=level_of(step),
        step_due_at=at + incident.policy.gap(incident.priority, step),
    )


def _owned(incident: Incident, at: datetime) -> Incident:
    """Return it in the state its job says, with the time its owner has from `at`."""
    policy = incident.policy
    state, within = State.CLAIMED, policy.act_within
    if incident.assignment_id is not None:
        arrived = incident.arrived_at is not None
        state = State.ON_SCENE if arrived else State.ASSIGNED
        within = policy.scene_within if arrived else policy.arrive_within
    return replace(incident, state=state, step_due_at=at + within)


def _without_job(incident: Incident, at: datetime) -> Incident:
    after = replace(incident, assignment_id=None)
    return after if incident.state is State.OPEN else _owned(after, at)


def _still_acting(incident: Incident, at: datetime) -> Incident:
    """Return it with its owner's time begun anew; other deadlines stay."""
    if incident.state is not State.CLAIMED:
        return incident
    within: timedelta = incident.policy.act_within
    return replace(incident, step_due_at=at + within)


def _over(incident: Incident, at: datetime, disposition: Disposition) -> Incident:
    return replace(
        incident,
        state=State.CLOSED,
        disposition=disposition,
        closed_at=at,
        step_due_at=None,
        waiting_since=None,
        assignment_id=None,
        level=0,
    )


def _lost(incident: Incident) -> IncidentAlreadyClaimedError:
    if incident.claimed_by is None or incident.claimed_at is None:
        raise AssertionError("an owned incident has an owner")
    return IncidentAlreadyClaimedError(incident.claimed_by, incident.claimed_at)


def _refusal(incident: Incident, event: e.Event) -> IncidentStateError:
    return IncidentStateError(
        f"An incident that is {incident.state} takes no '{e.TYPES[type(event)]}' now.",
        state=incident.state,
        event=e.TYPES[type(event)],
    )
