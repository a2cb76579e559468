"""Whatever happens, in whatever order: the promises of `dispatch.incidents.lifecycle`."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from dispatch.assignments import events as j
from dispatch.assignments import lifecycle as jobs
from dispatch.assignments.model import ACTIVE, Assignment, AssignmentStateError, JobState
from dispatch.ids import AssignmentId, IncidentId
from dispatch.incidents import events as e
from dispatch.incidents.escalation import DEFAULT
from dispatch.incidents.lifecycle import transition
from dispatch.incidents.model import (
    OWNED,
    PASSING,
    Alarm,
    AlarmKind,
    Announcement,
    Category,
    Disposition,
    EndJob,
    IncidentAlreadyClaimedError,
    IncidentStateError,
    State,
    Tell,
)
from dispatch.incidents.opening import opened
from people.ids import AccountId
from tests.unit.dispatch.incident_examples import HOME, NOW, ZHOU

KINDS = {
    AlarmKind.SOS: (Category.EMERGENCY, 1),
    AlarmKind.NO_MOTION: (Category.EMERGENCY, 2),
    AlarmKind.FAULT: (Category.TECHNICAL, 2),
    AlarmKind.LOW_BATTERY: (Category.TECHNICAL, 3),
    AlarmKind.WENT_SILENT: (Category.TECHNICAL, 3),
}
alarms = st.builds(
    lambda kind, terminal, test: Alarm(
        kind=kind,
        category=Category.TECHNICAL if test else KINDS[kind][0],
        priority=3 if test else KINDS[kind][1],
        terminal_id=terminal,
        test=test,
    ),
    st.sampled_from(list(KINDS)),
    st.sampled_from(["T-1", "T-2"]),
    st.booleans(),
)
people = st.sampled_from([AccountId(UUID(int=n)) for n in (1, 2)])
pauses = st.integers(0, 4000).map(lambda s: timedelta(seconds=s))
of_person = st.sampled_from([e.Claimed, e.Released, e.Escalated, e.FamilySaw, e.FamilyGoing])
of_job = st.sampled_from([j.Accepted, j.Declined, j.SetOut, j.Arrived, j.Finished, j.Withdrawn])


class AnIncident(RuleBasedStateMachine):
    """One incident and its jobs, as devices, desk, phones and the clock use them."""

    @initialize(alarm=alarms)
    def alarm_arrives(self, alarm: Alarm) -> None:
        self.now: datetime = NOW
        self.alarms = [alarm]
        self.job: Assignment | None = None
        self.person_acted = False
        outcome = opened(IncidentId(UUID(int=7)), HOME, alarm, NOW, DEFAULT)
        self.incident, self.effects = outcome.incident, outcome.effects
        assert self.effects == (Tell(Announcement.OPENED),)

    def happens(self, event: e.Event) -> bool:
        """Apply `event` as the shell does; False when it is refused, which changes nothing."""
        before = self.incident
        try:
            outcome = transition(before, event)
            job = self.job
            if isinstance(event, j.OfJob) and job is not None:
                job = jobs.transition(job, event)
        except (IncidentStateError, IncidentAlreadyClaimedError, AssignmentStateError):
            return False
        self.incident, self.effects, self.job = outcome.incident, outcome.effects, job
        for effect in outcome.effects:
            if isinstance(effect, EndJob):
                assert job is not None
                self.job = replace(job, state=JobState.WITHDRAWN, due_at=None)
        assert before.state is not State.CLOSED or self.incident == before
        return True

    @rule(pause=pauses)
    def time_passes_and_the_engine_looks(self, pause: timedelta) -> None:
        self.now += pause
        due = self.incident.step_due_at
        if due is not None and due <= self.now:
            owned = self.incident.state in OWNED
            assert self.happens(e.StepDue(id=uuid4(), at=self.now))
            # a claim nobody acts on, and a responder who does not come, ring in the queue again
            assert self.incident.state is State.OPEN
            assert Tell(Announcement.RELEASED if owned else Announcement.ESCALATED) in self.effects
            assert self.incident.level >= 1
        job = self.job
        if job is not None and job.due_at is not None and job.due_at <= self.now:
            assert self.happens(j.OfferExpired(id=uuid4(), at=self.now, assignment_id=job.id))
            assert self.incident.state is State.OPEN

    @rule(alarm=alarms)
    def another_alarm(self, alarm: Alarm) -> None:
        before = self.incident
        if not self.happens(e.Signalled(id=uuid4(), at=self.now, alarm=alarm)):
            assert before.state is State.CLOSED
            return
        self.alarms.append(alarm)
        if alarm.category is Category.EMERGENCY:
            assert self.incident.category is Category.EMERGENCY
            assert self.incident.priority <= alarm.priority
            assert self.effects == (Tell(Announcement.SIGNALLED),)
            if before.category is Category.TECHNICAL:
                assert self.incident.state is State.OPEN

    @rule(kind=st.sampled_from(sorted(PASSING)), terminal=st.sampled_from(["T-1", "T-2"]))
    def a_condition_passes(self, kind: AlarmKind, terminal: str) -> None:
        self.happens(e.Ended(id=uuid4(), at=self.now, terminal_id=terminal, kind=kind))

    @rule(kind=of_person, by=people)
    def a_person_acts(self, kind: type[Any], by: AccountId) -> None:
        done = self.happens(kind(id=uuid4(), at=self.now, by=by))
        self.person_acted |= done and kind is not e.FamilySaw

    @rule(by=people)
    def somebody_notes(self, by: AccountId) -> None:
        closed = self.incident.state is State.CLOSED
        assert self.happens(e.Noted(id=uuid4(), at=self.now, by=by, text="note"))
        self.person_acted |= not closed

    @rule(by=people)
    def the_owner_dispatches(self, by: AccountId) -> None:
        event = e.Dispatched(
            id=uuid4(),
            at=self.now,
            by=by,
            assignment_id=AssignmentId(uuid4()),
            caregiver_id=ZHOU,
        )
        if self.happens(event):
            assert self.job is None or self.job.state not in ACTIVE
            self.job = Assignment(
                id=event.assignment_id,
                incident_id=self.incident.id,
                caregiver_id=ZHOU,
                state=JobState.OFFERED,
                offered_at=self.now,
                offered_by=by,
                due_at=self.now + DEFAULT.offer_within,
            )

    @precondition(lambda self: self.job is not None)
    @rule(kind=of_job, by=people)
    def the_phone_or_the_desk_moves_the_job(self, kind: type[Any], by: AccountId) -> None:
        assert self.job is not None
        before = self.incident.state
        done = self.happens(kind(id=uuid4(), at=self.now, by=by, assignment_id=self.job.id))
        if done and kind is j.Declined:
            assert self.incident.state is State.OPEN
        if done and kind is j.Finished and before is State.ON_SCENE:
            assert self.incident.state is State.CLAIMED
        if self.job.state not in ACTIVE and not done:
            assert self.incident.state is before

    @rule(by=people, disposition=st.sampled_from(list(Disposition)))
    def the_owner_closes(self, by: AccountId, disposition: Disposition) -> None:
        owned = self.incident.state in OWNED
        event = e.Closed(
            id=uuid4(), at=self.now, by=by, disposition=disposition, note="tried twice"
        )
        assert self.happens(event) == owned

    @invariant()
    def an_unowned_incident_rings(self) -> None:
        unowned = self.incident.state is State.OPEN
        assert (self.incident.waiting_since is not None) == unowned
        assert (self.incident.claimed_by is None) or not unowned

    @invariant()
    def whatever_waits_for_a_person_has_a_deadline(self) -> None:
        closed = self.incident.state is State.CLOSED
        assert (self.incident.step_due_at is None) == closed
        if self.job is not None:
            assert (self.job.due_at is not None) == (self.job.state is JobState.OFFERED)

    @invariant()
    def no_call_for_help_is_closed_by_itself(self) -> None:
        if self.incident.state is State.CLOSED and self.incident.closed_by is None:
            assert all(one.kind in PASSING and not one.test for one in self.alarms)
            assert not self.person_acted
            assert not self.incident.standing

    @invariant()
    def the_incident_knows_its_responder(self) -> None:
        active = self.job is not None and self.job.state in ACTIVE
        assert (self.incident.assignment_id is not None) == active
        if self.incident.state in (State.ASSIGNED, State.ON_SCENE):
            assert active
        if self.incident.state is State.CLAIMED:
            assert not active

    @invariant()
    def presses_are_never_more_than_alarms(self) -> None:
        assert 1 <= self.incident.presses <= len(self.alarms)


TestAnIncident = AnIncident.TestCase
TestAnIncident.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
