"""What an incident becomes when something happens to it."""

from dataclasses import replace
from itertools import product
from typing import Any, get_args
from uuid import UUID, uuid4

import pytest

from dispatch.assignments import events as j
from dispatch.ids import AssignmentId
from dispatch.incidents import events as e
from dispatch.incidents.escalation import DEFAULT
from dispatch.incidents.lifecycle import ALLOWED, transition
from dispatch.incidents.model import (
    AlarmKind,
    Announcement,
    Category,
    Disposition,
    EndJob,
    IncidentAlreadyClaimedError,
    IncidentStateError,
    State,
    Tell,
    TellTerminals,
)
from kernel.errors import InvalidError
from tests.unit.dispatch.incident_examples import (
    FAULT,
    JOB,
    LI,
    NOW,
    SILENCE,
    SOS,
    SUN,
    after,
    become,
    claim,
    close,
    dispatch,
    each,
    in_state,
    raised,
    signal,
)

EVENTS: list[type[e.Event]] = list(ALLOWED)


def test_every_event_has_its_states_and_its_name() -> None:
    assert set(ALLOWED) == set(e.TYPES)
    unions = (e.ByDevice, e.ByDesk, j.OfJob, e.ByOthers)
    assert {kind for union in unions for kind in get_args(union)} | {e.StepDue} == set(ALLOWED)
    assert len(set(e.TYPES.values())) == len(e.TYPES)


@pytest.mark.parametrize(("state", "kind"), list(product(State, EVENTS)))
def test_every_state_takes_every_event_or_refuses_it(state: State, kind: type[e.Event]) -> None:
    """Total: nothing but the refusals that `transition` names, and never a broken incident."""
    before = in_state(state)
    event = each(kind, after(30))
    # In the usual way of getting there an open incident has no job yet.
    jobless = kind in get_args(j.OfJob) and before.assignment_id is None
    if state not in ALLOWED[kind] or jobless:
        with pytest.raises((IncidentStateError, IncidentAlreadyClaimedError)):
            transition(before, event)
        return
    incident = transition(before, event).incident
    assert (incident.step_due_at is None) == (incident.state is State.CLOSED)
    assert (incident.waiting_since is not None) == (incident.state is State.OPEN)
    if incident.state is State.OPEN:
        assert incident.claimed_by is None


@pytest.mark.parametrize("kind", EVENTS)
def test_a_closed_incident_never_changes(kind: type[e.Event]) -> None:
    closed = in_state(State.CLOSED)
    try:
        assert transition(closed, each(kind, after(30))).incident == closed
    except (IncidentStateError, IncidentAlreadyClaimedError):
        assert State.CLOSED not in ALLOWED[kind]


def test_a_new_incident_rings_and_has_a_deadline() -> None:
    incident = raised()
    assert (incident.state, incident.level, incident.step_due_at) == (State.OPEN, 0, after(20))


def test_whoever_comes_second_learns_who_was_first_and_when() -> None:
    with pytest.raises(IncidentAlreadyClaimedError) as refusal:
        transition(in_state(State.CLAIMED), e.Claimed(id=UUID(int=1), at=after(3), by=SUN))
    assert refusal.value.data == {"claimed_by": LI, "claimed_at": NOW}


def test_claiming_silences_it_and_tells_the_one_who_pressed() -> None:
    outcome = transition(become(raised(), each(e.StepDue, after(20))), claim(after(25)))
    assert outcome.incident.level == 0
    assert outcome.incident.answered_at == after(25)
    assert outcome.effects == (Tell(Announcement.CLAIMED), TellTerminals("answered"))


def test_a_note_gives_its_owner_time_anew_and_others_none() -> None:
    claimed = in_state(State.CLAIMED)
    assert become(claimed, each(e.Noted, after(60))).step_due_at == after(60 + 180)
    waiting = raised()
    assert become(waiting, each(e.Noted, after(5))).step_due_at == waiting.step_due_at


def test_a_repeated_press_neither_gives_nor_takes_the_owners_time() -> None:
    claimed = in_state(State.CLAIMED)
    pressed = become(claimed, signal(SOS, after(30)))
    assert (pressed.presses, pressed.step_due_at) == (2, claimed.step_due_at)


def test_a_more_urgent_alarm_shortens_the_wait() -> None:
    waiting = raised(replace(SOS, kind=AlarmKind.NO_MOTION, priority=2))
    assert waiting.step_due_at == after(60)
    urgent = become(waiting, signal(SOS, after(10)))
    assert (urgent.kind, urgent.priority, urgent.step_due_at) == (AlarmKind.SOS, 1, after(30))


def test_a_less_urgent_alarm_is_a_press_of_the_same_case() -> None:
    again = become(raised(), signal(replace(SOS, kind=AlarmKind.NO_MOTION, priority=2), after(1)))
    assert (again.kind, again.priority, again.presses) == (AlarmKind.SOS, 1, 2)


@pytest.mark.parametrize("state", [State.CLAIMED, State.ASSIGNED, State.ON_SCENE])
def test_an_emergency_takes_a_technical_case_from_whoever_has_it(state: State) -> None:
    outcome = transition(in_state(state, FAULT), signal(SOS, after(30)))
    now = outcome.incident
    assert (now.state, now.claimed_by, now.category) == (State.OPEN, None, Category.EMERGENCY)
    assert (now.presses, now.step_due_at, now.answered_at) == (1, after(50), None)
    assert outcome.effects == (Tell(Announcement.SIGNALLED),)


def test_an_open_case_with_somebody_at_the_door_goes_back_there_once_claimed() -> None:
    rings = become(in_state(State.ON_SCENE, FAULT), signal(SOS, after(30)))
    assert become(rings, claim(after(40))).state is State.ON_SCENE
    gone = become(rings, each(j.Finished, after(35)))
    assert (gone.state, become(gone, claim(after(40))).state) == (State.OPEN, State.CLAIMED)


def test_a_responder_may_give_up_while_nobody_at_the_desk_owns_the_case() -> None:
    rings = become(in_state(State.ASSIGNED, FAULT), signal(SOS, after(30)))
    given_up = become(rings, each(j.Declined, after(35)))
    assert (given_up.state, given_up.assignment_id) == (State.OPEN, None)
    assert given_up.step_due_at == rings.step_due_at


def test_a_job_that_is_not_the_present_one_changes_nothing() -> None:
    other = j.Accepted(id=uuid4(), at=NOW, by=LI, assignment_id=AssignmentId(UUID(int=99)))
    with pytest.raises(IncidentStateError):
        transition(in_state(State.ASSIGNED), other)


def test_only_a_claimed_case_without_a_responder_takes_one() -> None:
    assert ALLOWED[e.Dispatched] == {State.CLAIMED}
    assigned = become(raised(), claim(), dispatch())
    assert (assigned.assignment_id, assigned.step_due_at) == (JOB, after(2700))


def test_closing_over_a_running_job_ends_it() -> None:
    outcome = transition(in_state(State.ASSIGNED), close(after(60)))
    assert outcome.effects == (EndJob(JOB), Tell(Announcement.CLOSED), TellTerminals("closed"))


def test_closing_without_an_answer_needs_to_say_what_was_tried() -> None:
    with pytest.raises(InvalidError):
        transition(in_state(State.CLAIMED), close(disposition=Disposition.NO_ANSWER))


def silence_of(*terminals: str) -> Any:
    return become(
        raised(replace(SILENCE, terminal_id=terminals[0])),
        *(signal(replace(SILENCE, terminal_id=terminal)) for terminal in terminals[1:]),
    )


def back(terminal: str, kind: AlarmKind = AlarmKind.WENT_SILENT) -> e.Ended:
    return e.Ended(id=uuid4(), at=after(600), terminal_id=terminal, kind=kind)


def test_silence_is_over_when_the_last_of_the_homes_terminals_is_heard() -> None:
    both = silence_of("T-1", "T-2")
    one = become(both, back("T-1"))
    assert (one.state, one.cleared) == (State.OPEN, False)
    none = become(one, back("T-2"))
    assert (none.state, none.disposition) == (State.CLOSED, Disposition.DEVICE_FAULT)
    assert none.closed_by is None


def test_a_terminal_that_is_heard_again_does_not_make_its_battery_new() -> None:
    weak = replace(SILENCE, kind=AlarmKind.LOW_BATTERY)
    heard = become(raised(weak), signal(SILENCE), back("T-1"))
    assert heard.state is State.OPEN
    assert become(heard, back("T-1", AlarmKind.LOW_BATTERY)).state is State.CLOSED


def test_silence_with_anything_else_in_it_is_left_to_a_person() -> None:
    assert become(raised(SILENCE), signal(FAULT), back("T-1")).state is State.OPEN


def test_a_trial_is_never_taken_for_a_passing_condition() -> None:
    trial = replace(SILENCE, kind=AlarmKind.LOW_BATTERY, test=True)
    assert not raised(trial).passing


@pytest.mark.parametrize("kind", [e.Noted, e.ContactCalled, e.Escalated, e.FamilyGoing])
def test_silence_that_somebody_has_touched_is_left_to_them(kind: type[e.Event]) -> None:
    outcome = transition(become(raised(SILENCE), each(kind)), back("T-1"))
    assert (outcome.incident.state, outcome.incident.cleared) == (State.OPEN, True)
    assert outcome.effects == (Tell(Announcement.CLEARED),)


def test_an_incident_keeps_its_own_patience() -> None:
    patient = replace(raised(), policy=replace(DEFAULT, act_within_s=7))
    assert become(patient, claim(after(5))).step_due_at == after(12)
